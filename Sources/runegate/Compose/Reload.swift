import Control
import GateConfig
import GateModel
import Identity
import Logging
import Logs
import ServiceLifecycle
import Systemd
import UnixSignals

/// How the configuration is read again while the program runs.
struct Reload: Sendable {
    let load: @Sendable () -> LoadedConfiguration
    /// What counted at the start: what cannot change live is compared with it, however many reloads later.
    let effective: [EffectiveSetting]
    let levels: LogLevels
}

/// Takes a new configuration at SIGHUP: a broken one is refused and the old stays.
struct ReloadLife: Service {
    let reload: Reload
    let settings: Settings
    let identity: IdentityServices
    let gateway: GatewayLife
    let running: RunningGateway
    let status: StatusLife
    let logger = Logger(label: "config")

    func run() async throws {
        let signals = await UnixSignalsSequence(trapping: .sighup)
        for await _ in signals.cancelOnGracefulShutdown() {
            Notify.send(.reloading)
            await take(reload.load())
            status.say(.ready)
        }
    }

    /// Applies what was read, or says why not.
    private func take(_ loaded: LoadedConfiguration) async {
        do {
            var new = try loaded.settings.get()
            // systemd reads credentials at start only; in development fresh ones would be random.
            new.tokens.keepSecrets(of: settings.tokens)
            try gateway.apply(new)
            await identity.apply(IdentitySettings(new))
            reload.levels.apply(new.log)
            report(waiting: loaded.waitingForRestart(since: reload.effective))
        } catch let problems as ConfigProblems {
            refuse(problems.errors.map(\.description))
        } catch {
            refuse(["\(error)"])
        }
    }

    private func refuse(_ problems: [String]) {
        for problem in problems {
            logger.error("configuration refused, the old one stays", metadata: ["problem": "\(problem)"])
        }
        var standing = running.configuration
        standing.refusedProblems = problems.count
        running.note(standing)
    }

    /// Says what counts from now on; `waiting` are the settings that were changed and cannot change live.
    private func report(waiting: [String]) {
        running.note(ConfigurationStanding(waitingForRestart: waiting))
        guard !waiting.isEmpty else {
            logger.notice("configuration taken")
            return
        }
        logger.warning(
            "configuration taken, some of it only after a restart",
            metadata: ["settings": "\(waiting.joined(separator: " "))"])
    }
}

extension TokenSettings {
    fileprivate mutating func keepSecrets(of old: TokenSettings) {
        jwtSecret = old.jwtSecret
        jwtSecretPrevious = old.jwtSecretPrevious
        sessionKey = old.sessionKey
        sessionKeyPrevious = old.sessionKeyPrevious
    }
}

extension LogLevels {
    fileprivate func apply(_ settings: LogSettings) {
        set(
            everywhere: Logger.Level(rawValue: settings.level) ?? .info,
            modules: settings.moduleLevels.compactMapValues(Logger.Level.init(rawValue:)))
    }
}
