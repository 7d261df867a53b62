import Control
import GateModel
import Gateway
import Identity
import ServiceLifecycle
import Store
import Synchronization
import Systemd
import TunnelSupervisor

/// Says in one line how the gateway stands, and again whenever that has changed (`systemctl status`).
final class StatusLife: Service {
    /// How old what it says may be.
    private static let interval: Duration = .seconds(2)

    /// Asks memory only; nil while the gateway does not serve.
    private let standing: @Sendable () -> ServiceStanding?
    private let said = Mutex<String?>(nil)

    init(standing: @escaping @Sendable () -> ServiceStanding?) {
        self.standing = standing
    }

    func run() async throws {
        await cancelWhenGracefulShutdown { [self] in
            while (try? await Task.sleep(for: Self.interval)) != nil { sayWhatIsNew() }
        }
    }

    /// Says how things stand if that is not what was said last.
    func sayWhatIsNew() {
        guard let line = standing()?.line, line != said.withLock({ $0 }) else { return }
        say(line)
    }

    /// Says `state` together with how things stand now.
    func say(_ state: Notify.State) {
        guard let line = standing()?.line else {
            Notify.send(state)
            return
        }
        say(line, with: [state])
    }

    private func say(_ line: String, with states: [Notify.State] = []) {
        said.withLock { $0 = line }
        Notify.send(states + [.status(line)])
    }
}

extension ServiceStanding {
    /// How things stand now, from memory; nil while the gateway does not serve.
    init?(_ gateway: RunningGateway, identity: IdentityServices, tunnels: TunnelService?, app: Endpoint) {
        guard let server = gateway.server else { return nil }
        self.init(
            addresses: server.addresses.map(\.description),
            way: tunnels.map { .tunnels($0.report) } ?? .direct(app), signedIn: identity.sessions.userCount,
            storeFault: identity.store.lastFault, mailTrouble: identity.mailQueue.trouble,
            configuration: gateway.configuration, hanging: gateway.hanging)
    }
}
