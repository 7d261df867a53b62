import Control
import GateModel
import TunnelSupervisor
import UpstreamSelection

/// Tunnels that answer with fixed reports, made by the machine itself from events with a clock in hand.
enum TunnelFixture {
    static let unixSeconds: Int64 = 1_790_000_000

    /// All is well, for two days.
    static var well: TunnelReport { report(machine(), at: .seconds(2 * 86_400 + 4 * 3600)) }

    /// WireGuard was lost a moment ago; Rathole carries traffic.
    static var lost: TunnelReport {
        var machine = machine()
        let at: Duration = .seconds(2 * 86_400)
        _ = machine.take(
            .light(.wireGuard, .answered(after: .milliseconds(18)), sentAt: at - .milliseconds(18)),
            at: moment(at))
        for index in 1...10 {
            let now = at + .milliseconds(100 * index)
            _ = machine.take(.light(.wireGuard, .lost, sentAt: now - .milliseconds(90)), at: moment(now))
        }
        let end = at + .seconds(3)
        return report(machine, at: end)
    }

    /// The same over relays inside the program, after a switch to Rathole on command.
    static var simulated: TunnelReport {
        var machine = machine(isSimulated: true)
        let answer = FullOutcome.answered(status: 200, after: .milliseconds(22))
        for name in [UpstreamPath.Name.wireGuard, .rathole] {
            _ = machine.take(.full(name, answer, sentAt: .zero), at: moment(.zero))
        }
        _ = machine.take(.prefer(.rathole), at: moment(.seconds(1)))
        return machine.report(at: moment(.seconds(2)))
    }

    private static func machine(isSimulated: Bool = false) -> FailoverMachine {
        var machine = FailoverMachine(
            paths: [
                UpstreamPath(
                    name: .wireGuard, endpoint: Endpoint(scheme: .http, host: "10.0.0.2", port: 7860),
                    interface: isSimulated ? nil : "wg0", isSimulated: isSimulated),
                UpstreamPath(
                    name: .rathole, endpoint: Endpoint(scheme: .http, host: "127.0.0.1", port: 5202),
                    isSimulated: isSimulated),
            ], failback: Failback(base: .seconds(30), longest: .seconds(600)), at: moment(.zero))
        _ = machine.take(
            .light(.wireGuard, .answered(after: .milliseconds(18)), sentAt: .zero), at: moment(.zero))
        return machine
    }

    /// The report with fresh full probes and WireGuard data.
    private static func report(_ machine: FailoverMachine, at now: Duration) -> TunnelReport {
        var machine = machine
        let answer = FullOutcome.answered(status: 200, after: .milliseconds(22))
        let names = machine.paths[0].state == .down ? [UpstreamPath.Name.rathole] : [.wireGuard, .rathole]
        for name in names { _ = machine.take(.full(name, answer, sentAt: now), at: moment(now)) }
        let details = WireGuardDetails(receivedBytes: 2_000_000_000, sentBytes: 400_000)
        _ = machine.take(.handshake(.age(.seconds(41)), details), at: moment(now))
        var report = machine.report(at: moment(now))
        report.live = LiveUse(users: 3, streams: 1)
        report.paths[0].requests = 4711
        report.paths[0].traffic = PathTraffic(receivedBytes: 1_288_490_189, sentBytes: 340_000)
        return report
    }

    private static func moment(_ sinceBoot: Duration) -> Moment {
        Moment(sinceBoot: sinceBoot, unixSeconds: unixSeconds + sinceBoot.components.seconds)
    }
}
