import Control
import GateConfig
import GateModel
import Gateway
import Identity
import Logging
import ServiceLifecycle
import Store
import Systemd
import UpstreamSelection

/// Lets visitors in until the end is announced, then drains.
final class GatewayLife: Service {
    private let listeners: [GatewayListener]
    private let identity: IdentityServices
    private let reader: SelectionReader
    private let ownersDoor: OwnersDoor
    private let enrollSocket: String
    private let isReady: @Sendable ([ListenAddress]) -> Void
    private let logger = Logger(label: "serve")
    private let running: RunningGateway
    private let status: StatusLife

    /// `passed` is a listening socket from systemd, which wins over the configured address; `isReady` is
    /// called once, when visitors can come; `enrollSocket` is where the enrolment unit listens.
    init(
        passed: Int32?, identity: IdentityServices, reader: SelectionReader,
        ownersDoor: OwnersDoor, running: RunningGateway, status: StatusLife, enrollSocket: String,
        isReady: @escaping @Sendable ([ListenAddress]) -> Void
    ) {
        self.listeners = [passed.map { .passed(descriptor: $0) } ?? .address(running.settings.listen)]
        self.identity = identity
        self.reader = reader
        self.ownersDoor = ownersDoor
        self.running = running
        self.status = status
        self.enrollSocket = enrollSocket
        self.isReady = isReady
    }

    func run() async throws {
        let settings = running.settings
        let server = try await GatewayServer.start(
            doors: try doors(settings), listeners: listeners, sessions: identity.sessions, reader: reader)
        running.begin(server)
        for address in server.addresses {
            logger.notice(
                "listening", metadata: ["address": "\(address)", "base_url": "\(settings.baseURL)"])
        }
        isReady(server.addresses)
        await storeIsOpen()
        // READY is said when it is true: the listener is bound, the keys are loaded, the store is open.
        if !Task.isShuttingDownGracefully { status.say(.ready) }
        try? await gracefulShutdown()
        running.end()
        let limit = running.settings.drain
        Notify.send(.stopping, .status(PassingStatus.stopping(within: limit).line))
        logger.notice("draining", metadata: ["limit": "\(limit)"])
        let began = ContinuousClock.now
        await server.drain(within: limit)
        logger.notice("drained", metadata: ["took": "\(ContinuousClock.now - began)"])
    }

    /// Waits until the database can be used, or a stop is asked for; visitors are answered meanwhile.
    private func storeIsOpen() async {
        await cancelWhenGracefulShutdown { [store = identity.store, status] in
            while await store.currentFault() != nil {
                status.sayWhatIsNew()
                guard (try? await Task.sleep(for: .seconds(1))) != nil else { return }
            }
        }
    }

    /// Takes new settings for requests that begin from now on.
    func apply(_ settings: Settings) throws(Fault) {
        let doors = try doors(settings)
        running.server?.apply(doors, sessions: identity.sessions)
        running.take(settings)
    }

    private func doors(_ settings: Settings) throws(Fault) -> GatewayDoors {
        let site = try Site(
            settings: settings, signIn: identity.signIn, sessions: identity.sessions, version: Version.text,
            recovery: RecoveryUseCases(identity.recoveryMails) { [reader] in reader.current.outage != nil },
            enrollRelay: EnrollRelay(path: enrollSocket))
        guard let own = settings.atOwnersDoor else { return GatewayDoors(settings: settings, site: site) }
        let ownerSite = try Site(
            settings: own, signIn: identity.signInAtOwnersDoor(IdentitySettings(own)),
            sessions: identity.sessions, version: Version.text, ownerPage: ownersDoor.answer)
        return GatewayDoors(
            settings: settings, site: site, owner: GatewayDoors.Owner(settings: own, site: ownerSite))
    }
}
