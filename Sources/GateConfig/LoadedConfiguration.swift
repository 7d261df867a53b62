package import GateModel

/// What loading gave: settings or every problem, and in both cases warnings and where each value came from.
package struct LoadedConfiguration: Sendable {
    /// The settings, or all that is wrong, in the order of the sources.
    package var settings: Result<Settings, ConfigProblems>
    package var warnings: [ConfigWarning]
    /// One for each key of the table, in its order.
    package var effective: [EffectiveSetting]
}

extension LoadedConfiguration {
    /// Whether nobody has set it.
    package func isDefault(_ name: String) -> Bool {
        effective.contains { $0.name == name && $0.origin == .builtIn }
    }

    /// The names of settings that have another value than at `start` and count only after a restart, in the order of
    /// the reference.
    ///
    /// A changed secret is not among them: its value is not told.
    package func waitingForRestart(since start: [EffectiveSetting]) -> [String] {
        let before = Dictionary(start.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
        let restart = Set(Keys.all.filter { $0.reload == .restart }.map(\.name))
        return effective.filter { restart.contains($0.name) && before[$0.name] != $0.value }.map(\.name)
    }
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
