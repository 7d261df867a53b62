import ArgumentParser
import Control
import GateConfig
import GateModel
import Glibc
import Logging
import Logs

/// What every long-running verb does first: settings or all that is wrong with them, then logs.
enum StartUp {
    /// The settings; their problems go to standard error and end the program with `EX_CONFIG`.
    static func settings(from loaded: LoadedConfiguration) throws -> (Settings, LogLevels) {
        switch loaded.settings {
        case .failure(let problems):
            for error in problems.errors { Terminal.diagnostics.write(line: "runegate: \(error)") }
            let count = problems.errors.count
            Terminal.diagnostics.write(
                line: "runegate: \(count) problem\(count == 1 ? "" : "s") in the configuration; not started. "
                    + "See: runegate check")
            throw ExitCode(EX_CONFIG)
        case .success(let settings):
            let levels = LogSystem.bootstrap(settings.log)
            let logger = Logger(label: "config")
            for warning in loaded.warnings {
                logger.warning("configuration", metadata: ["warning": "\(warning)"])
            }
            return (settings, levels)
        }
    }

    /// A passed socket may listen where the configured address would have been refused.
    static func check(_ descriptor: Int32?, for settings: Settings) throws(Fault) {
        guard let descriptor, settings.environment == .development else { return }
        guard PassedSocket.isLoopback(descriptor) else {
            throw Fault(
                code: "development-in-public",
                problem: "The passed socket can be reached from other machines, and this is development mode",
                remedy: "Set RUNEGATE_ENV=production, or let ListenStream= name a loopback address.")
        }
    }
}

extension LogSystem {
    /// Installs the back end that the settings ask for.
    static func bootstrap(_ settings: LogSettings) -> LogLevels {
        bootstrap(
            format: Format(rawValue: settings.format.rawValue) ?? .console,
            level: Logger.Level(rawValue: settings.level) ?? .info,
            moduleLevels: settings.moduleLevels.compactMapValues(Logger.Level.init(rawValue:)),
            noColor: getenv("NO_COLOR").map { $0.pointee != 0 } ?? false)
    }
}
