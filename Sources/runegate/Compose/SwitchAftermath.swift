import Gateway
import TunnelSupervisor
import UpstreamSelection

/// Finds out what every switch did to the streams on the old path.
struct SwitchAftermath: Sendable {
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
    ///
    /// A switch is published before it is heard of, and each event loop takes the publication before it answers:
    /// streams on a path that died have been ended by then, and nothing later is mixed in.
    func run(_ service: TunnelService) async {
        for await record in switches {
            let traffic = await gateway.traffic()
            service.noteStreams(
                SwitchedStreams(
                    kept: traffic.paths[record.from]?.streams ?? 0,
                    ended: traffic.endedByDeath[record.from] ?? 0),
                of: record)
        }
    }
}
