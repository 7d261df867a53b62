/// One wrong setting: where it stands, what was found there, and what is allowed.
///
/// Printed as `runegate.toml:14:18: RUNEGATE_WORKERS is "many"; expected 1 to 64`.
package struct ConfigError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Where a setting was read from.
    package enum Place: Hashable, Sendable, CustomStringConvertible {
        /// A variable of the process environment.
        case environment
        /// A file; line and column count from 1, line 0 means the whole file, column 0 the whole line.
        case file(path: String, line: Int, column: Int)
        /// A systemd credential, by its name.
        case credential(String)
        /// A flag of the command line, such as `--listen`.
        case flag(String)
        /// Nothing was set where something must be.
        case nowhere

        package var description: String {
            switch self {
            case .environment: "environment"
            case .file(let path, 0, _): path
            case .file(let path, let line, 0): "\(path):\(line)"
            case .file(let path, let line, let column): "\(path):\(line):\(column)"
            case .credential(let name): "credential \(name)"
            case .flag(let name): name
            case .nowhere: "configuration"
            }
        }
    }

    /// What stood there; a secret is never shown.
    package enum Found: Hashable, Sendable, CustomStringConvertible {
        case text(String)
        case hidden
        case nothing

        package var description: String {
            switch self {
            case .text(let text): "is \"\(text)\""
            case .hidden: "is (hidden)"
            case .nothing: "is not set"
            }
        }
    }

    package let place: Place
    /// The variable's name, or the key in the file.
    package let key: String
    package let found: Found
    /// What is allowed, and if that is not obvious, what to do.
    package let expected: String

    package init(place: Place, key: String, found: Found, expected: String) {
        self.place = place
        self.key = key
        self.found = found
        self.expected = expected
    }

    package var description: String { "\(place): \(key) \(found); expected \(expected)" }
}
