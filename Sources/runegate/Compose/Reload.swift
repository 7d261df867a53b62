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
    /// What counts since the start.
    let effective: [EffectiveSetting]
    let levels: LogLevels
}

/// Takes a new configuration at SIGHUP: a broken one is refused and the old stays.
struct ReloadLife: Service {
    let reload: Reload
    let settings: Settings
    let identity: IdentityServices
    let gateway: GatewayLife
    let logger = Logger(label: "config")

    func run() async throws {
        var current = reload.effective
        let signals = await UnixSignalsSequence(trapping: .sighup)
        for await _ in signals.cancelOnGracefulShutdown() {
            Notify.send(.reloading)
            current = await take(reload.load(), over: current)
            Notify.send(.ready)
        }
    }

    /// Applies what was read, or says why not.
    ///
    /// - Returns: The effective settings that count afterwards.
    private func take(_ loaded: LoadedConfiguration, over old: [EffectiveSetting]) async -> [EffectiveSetting]
    {
        do {
            var new = try loaded.settings.get()
            // systemd reads credentials at start only; in development fresh ones would be random.
            new.tokens.keepSecrets(of: settings.tokens)
            try gateway.apply(new)
            await identity.apply(IdentitySettings(new))
            reload.levels.apply(new.log)
            report(restartOnly: Set(loaded.effective.changedAndNeedingRestart(since: old)))
            return loaded.effective
        } catch let problems as ConfigProblems {
            for error in problems.errors { refuse("\(error)") }
        } catch {
            refuse("\(error)")
        }
        return old
    }

    private func refuse(_ problem: String) {
        logger.error("configuration refused, the old one stays", metadata: ["problem": "\(problem)"])
    }

    private func report(restartOnly names: Set<String>) {
        guard !names.isEmpty else {
            logger.notice("configuration taken")
            return
        }
        logger.warning(
            "configuration taken, some of it only after a restart",
            metadata: ["settings": "\(names.sorted().joined(separator: " "))"])
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

extension [EffectiveSetting] {
    /// The names of settings that have another value now and count only after a restart.
    fileprivate func changedAndNeedingRestart(since old: [EffectiveSetting]) -> [String] {
        let before = Dictionary(old.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
        let restart = Set(Keys.all.filter { $0.reload == .restart }.map(\.name))
        return filter { restart.contains($0.name) && before[$0.name] != $0.value }.map(\.name)
    }
}

extension LogLevels {
    fileprivate func apply(_ settings: LogSettings) {
        set(
            everywhere: Logger.Level(rawValue: settings.level) ?? .info,
            modules: settings.moduleLevels.compactMapValues(Logger.Level.init(rawValue:)))
    }
}
