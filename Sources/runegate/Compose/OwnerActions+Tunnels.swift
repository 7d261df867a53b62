import Control
import GateConfig
import GateModel
import Gateway
import Identity
import NIOCore
import Store
import TunnelSupervisor
import UpstreamSelection

// What the owner may ask about tunnels, answered by the parts of the running gateway.

extension TunnelActions {
    /// Where tunnels are configured.
    init(_ tunnels: TunnelLife, identity: IdentityServices, gateway: RunningGateway) {
        let service = tunnels.service
        self.init(
            report: {
                var report = service.report
                await report.addUse(identity.sessions, gateway)
                return report
            },
            why: { service.why },
            prefer: { preference throws(Fault) in
                try service.prefer(preference)
                do throws(Fault) {
                    try await identity.store.saveTunnelPreference(preference.rawValue)
                } catch {
                    throw Fault(
                        code: error.code, problem: "It counts until the next restart only: \(error.problem)",
                        remedy: error.remedy)
                }
            },
            drill: { () throws(Fault) in
                try await Drilling(service: service, sessions: identity.sessions, gateway: gateway).run()
            },
            history: { () throws(Fault) in
                try await tunnels.history.history { LocalTime(unixSeconds: $0).minuteOfDay }
            })
    }
}

extension TunnelActions {
    /// Where none are.
    init(
        direct settings: TunnelSettings, loop: any EventLoop, sessions: SessionTable, gateway: RunningGateway
    ) {
        let direct = DirectReport(settings, loop: loop, addTLS: TunnelSettings.addTLS())
        self = .withoutTunnels {
            var report = await direct.make()
            await report.addUse(sessions, gateway)
            return report
        }
    }
}

extension TunnelReport {
    /// A visitor counts as live for so long after the last request.
    private static let recent: Duration = .seconds(60)

    /// Adds what visitors use now, and what every path has served of them.
    fileprivate mutating func addUse(_ sessions: SessionTable, _ gateway: RunningGateway) async {
        let traffic = await gateway.traffic()
        let users = sessions.list().filter { $0.idleFor < Self.recent }.map(\.email)
        live = LiveUse(
            users: Set(users).count, streams: traffic.paths.values.reduce(0) { $0 + $1.streams })
        for index in paths.indices {
            let served = UpstreamPath.Name(rawValue: paths[index].name).flatMap { traffic.served[$0] }
            paths[index].requests = served?.requests ?? 0
            paths[index].traffic = PathTraffic(
                receivedBytes: served?.bytesToVisitors ?? 0, sentBytes: served?.bytesToApp ?? 0)
        }
    }
}

/// A drill through the gateway's own listener.
private struct Drilling {
    /// Traffic goes back by then though nobody says so.
    private static let limit: Duration = .seconds(30)
    /// Longer than a drill lasts.
    private static let visitLife: Duration = .seconds(60)

    let service: TunnelService
    let sessions: SessionTable
    let gateway: RunningGateway

    func run() async throws(Fault) -> DrillResult {
        guard let address = gateway.server?.addresses.first else {
            throw Fault(
                code: "drill-refused", problem: "The gateway does not listen yet", remedy: "Wait a second.")
        }
        let settings = gateway.settings
        let visit = try sessions.beginOwnVisit(life: Self.visitLife)
        defer { sessions.end(visit) }
        let cookies = SiteCookies(settings: settings.cookies, isHTTPS: settings.baseURL.isHTTPS)
        let visitor = DrillVisitor(
            address: address, host: settings.baseURL.authority, target: settings.upstream.probePath,
            cookie: cookies.sent(session: visit.cookie))
        let traffic = DrillRun.Traffic(
            moveThere: { () throws(Fault) in
                let path = try service.beginDrill(atMost: Self.limit)
                return (path.from.rawValue, path.to.rawValue)
            },
            moveBack: { service.endDrill() }, current: { service.activePath.rawValue })
        var result = try await DrillRun(traffic) { await visitor.ask() }.run()
        result.isSimulated = service.report.paths.contains(where: \.isSimulated)
        return result
    }
}
