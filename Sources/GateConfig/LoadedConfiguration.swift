package import GateModel

/// What loading gave: settings or every problem, and in both cases warnings and where each value came from.
package struct LoadedConfiguration: Sendable {
    /// The settings, or all that is wrong, in the order of the sources.
    package var settings: Result<Settings, ConfigProblems>
    package var warnings: [ConfigWarning]
    /// One for each key of the table, in its order.
    package var effective: [EffectiveSetting]
}

/// All configuration errors at once, at least one.
package struct ConfigProblems: Error, Equatable, Sendable, CustomStringConvertible {
    package var errors: [ConfigError]

    package init(errors: [ConfigError]) {
        self.errors = errors
    }

    package var description: String { errors.map(\.description).joined(separator: "\n") }
}

/// Something that works, but probably not as it was meant.
package struct ConfigWarning: Hashable, Sendable, CustomStringConvertible {
    package var place: ConfigError.Place
    package var text: String

    package var description: String { "\(place): \(text)" }
}

/// One setting as it counts, for `runegate check`.
package struct EffectiveSetting: Equatable, Sendable {
    /// Where the value that counts was found.
    package enum Origin: Equatable, Sendable, CustomStringConvertible {
        case builtIn
        case place(ConfigError.Place)

        package var description: String {
            switch self {
            case .builtIn: "default"
            case .place(let place): place.description
            }
        }
    }

    package var name: String
    /// As it was written; secrets read `(hidden)`.
    package var value: String
    package var origin: Origin
}
