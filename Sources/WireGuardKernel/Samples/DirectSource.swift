/// Samples read by this process itself; it needs CAP_NET_ADMIN for more than the state of the link.
package struct DirectSource: SampleSource {
    private let interface: InterfaceName

    package init(interface: InterfaceName) {
        self.interface = interface
    }

    package func readings() -> AsyncStream<WireGuardReading> {
        stream { [interface] stop, continuation in
            SampleLoop(interface: interface, stop: stop).run { continuation.yield($0) }
        }
    }
}
