import ArgumentParser
import Control
import GateConfig
import GateModel
import Glibc
import Logging
import Logs
import Systemd

/// What every long-running verb does first: settings or all that is wrong with them, then logs.
enum StartUp {
    /// The settings; their problems go to standard error, or the journal, and end the program with `EX_CONFIG`.
    static func settings(from loaded: LoadedConfiguration) throws -> (Settings, LogLevels) {
        switch loaded.settings {
        case .failure(let problems):
            let status = PassingStatus.refusedToStart(problems: problems.errors.count).line
            Notify.send(.status(status))
            if Journal.hasStandardError {
                LogSystem.bootstrapWithoutSettings()
                let logger = Logger(label: "config")
                for error in problems.errors {
                    logger.critical("configuration refused; not started", metadata: ["problem": "\(error)"])
                }
            } else {
                for error in problems.errors { Terminal.diagnostics.write(line: "runegate: \(error)") }
            }
            Terminal.diagnostics.write(line: "runegate: \(status)")
            throw ExitCode(EX_CONFIG)
        case .success(var settings):
            if loaded.isDefault("RUNEGATE_LOG_FORMAT"), Journal.hasStandardError {
                settings.log.format = .journald
            }
            let levels = LogSystem.bootstrap(settings.log)
            let logger = Logger(label: "config")
            for warning in loaded.warnings {
                logger.warning("configuration", metadata: ["warning": "\(warning)"])
            }
            return (settings, levels)
        }
    }

    /// Runs what a unit runs; why it cannot go on reaches `systemctl status` and the journal as well.
    static func reporting(_ run: () async throws -> Void) async throws {
        do {
            try await run()
        } catch let fault as Fault where Journal.hasStandardError {
            Notify.send(.status(PassingStatus.failed(fault.problem).line))
            Logger(label: "serve").critical(
                "ended by a fault",
                metadata: [
                    "code": "\(fault.code)", "problem": "\(fault.problem)", "remedy": "\(fault.remedy)",
                ])
            throw ExitCode.failure
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
    /// For programs that read no configuration, or have none to read: fields where there is a journal, else lines.
    static func bootstrapWithoutSettings() {
        bootstrap(
            format: Journal.hasStandardError ? .journald : .console, level: .info,
            noColor: getenv("NO_COLOR").map { $0.pointee != 0 } ?? false)
    }

    /// Installs the back end that the settings ask for.
    static func bootstrap(_ settings: LogSettings) -> LogLevels {
        bootstrap(
            format: Format(rawValue: settings.format.rawValue) ?? .console,
            level: Logger.Level(rawValue: settings.level) ?? .info,
            moduleLevels: settings.moduleLevels.compactMapValues(Logger.Level.init(rawValue:)),
            noColor: getenv("NO_COLOR").map { $0.pointee != 0 } ?? false)
    }
}
