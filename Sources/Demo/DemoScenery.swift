package import GateModel

/// What the demo plays with: an app, two simulated paths to it, and ways to break each of them.
package actor DemoScenery {
    /// Something that can be broken.
    package enum Part: String, CaseIterable, Sendable {
        case wireGuard = "wireguard"
        case rathole
        case app
    }

    package nonisolated let wireGuard: SimulatedPath
    package nonisolated let rathole: SimulatedPath
    /// Where the app listens; it does so again after every stop.
    package nonisolated let appAddress: ListenAddress
    private var app: DemoApp?

    private init(app: DemoApp, wireGuard: SimulatedPath, rathole: SimulatedPath) {
        self.app = app
        self.appAddress = app.address
        self.wireGuard = wireGuard
        self.rathole = rathole
    }

    /// Starts all of it on free ports of 127.0.0.1.
    package static func start() async throws(Fault) -> DemoScenery {
        let app = try await DemoApp.start(on: .ip(IPAddress(bytes: [127, 0, 0, 1]), port: 0))
        guard let endpoint = app.endpoint else {
            preconditionFailure("the demo's app listens on a port")
        }
        return DemoScenery(
            app: app, wireGuard: try await SimulatedPath.start(name: "wireguard", to: endpoint),
            rathole: try await SimulatedPath.start(name: "rathole", to: endpoint))
    }

    package func stop() async {
        await wireGuard.stop()
        await rathole.stop()
        await app?.stop()
    }

    /// Whether it is broken now.
    package func isCut(_ part: Part) -> Bool {
        switch part {
        case .wireGuard: wireGuard.isCut
        case .rathole: rathole.isCut
        case .app: app == nil
        }
    }

    /// Breaks a part; nothing happens when it is broken already.
    ///
    /// - Returns: How it is now, as a sentence.
    package func cut(_ part: Part) async -> String {
        switch part {
        case .wireGuard: wireGuard.cut()
        case .rathole: rathole.cut()
        case .app:
            let running = app
            app = nil
            await running?.stop()
            return "The app is stopped: nobody listens on \(appAddress) any more."
        }
        return "\(part.rawValue) is cut: it accepts and stays silent, as a dead tunnel does."
    }

    /// Makes a part whole again.
    ///
    /// - Returns: How it is now, as a sentence.
    package func mend(_ part: Part) async throws(Fault) -> String {
        switch part {
        case .wireGuard: wireGuard.mend()
        case .rathole: rathole.mend()
        case .app:
            if app == nil { app = try await DemoApp.start(on: appAddress) }
            return "The app runs again on \(appAddress)."
        }
        return "\(part.rawValue) is mended: bytes pass again."
    }
}
