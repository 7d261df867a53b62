import GateModel
import Gateway
import TunnelSupervisor
import UpstreamSelection

/// Finds out what every switch did to the streams on the old path.
struct SwitchAftermath: Sendable {
    /// Streams on a dead path are ended at once; by then that is done on every event loop.
    private static let delay: Duration = .seconds(1)

    let gateway: RunningGateway
    private let switches: AsyncStream<SwitchRecord>
    private let sink: AsyncStream<SwitchRecord>.Continuation

    init(gateway: RunningGateway) {
        self.gateway = gateway
        (switches, sink) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(16))
    }

    /// Hears of what the supervisor does; may be called on any thread.
    func hear(_ action: TunnelAction) {
        if case .switched(let record) = action { sink.yield(record) }
    }

    /// Tells `service` of each switch that it heard of, until the task is cancelled.
    func run(_ service: TunnelService) async {
        var endedBefore: UInt64 = 0
        for await record in switches {
            let passed = SystemTime().now().sinceBoot - record.at.sinceBoot
            guard (try? await Task.sleep(for: max(.zero, Self.delay - passed))) != nil else { return }
            let traffic = await gateway.traffic()
            let ended = traffic.switching.streamsEnded
            service.noteStreams(
                SwitchedStreams(
                    kept: traffic.paths[record.from]?.streams ?? 0, ended: Int(clamping: ended - endedBefore)),
                of: record)
            endedBefore = ended
        }
    }
}
