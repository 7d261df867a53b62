package import Logging

/// Installs our handler under swift-log, once a process.
package enum LogSystem {
    /// How log lines are written.
    package enum Format: String, Sendable, CaseIterable {
        case console, json, journald
    }

    /// After this every `Logger(label:)` writes through `format`.
    ///
    /// - Parameters:
    ///   - format: The shape of a line.
    ///   - level: The level of all modules that have none of their own.
    ///   - moduleLevels: Levels by module, in lower case.
    ///   - noColor: Whether `NO_COLOR` is set (https://no-color.org).
    /// - Returns: The levels, to change them at a reload.
    @discardableResult
    package static func bootstrap(
        format: Format, level: Logger.Level, moduleLevels: [String: Logger.Level] = [:], noColor: Bool
    ) -> LogLevels {
        let levels = LogLevels(everywhere: level, modules: moduleLevels)
        let output: LogOutput =
            switch format {
            case .console: .console(noColor: noColor)
            case .json: .json()
            case .journald: .journal
            }
        LoggingSystem.bootstrap { label in EntryHandler(label: label, output: output, levels: levels) }
        return levels
    }
}
