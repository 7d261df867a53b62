internal import GateModel
import Glibc

/// What the thread of a source does: wait for link events and for the next second, and read.
final class SampleLoop {
    /// How often a sample is taken when nothing happens.
    static let interval: Duration = .seconds(1)

    private let interface: InterfaceName
    private let stop: WakeSignal
    private let devices = DeviceReader()
    private var watch: LinkWatch?

    init(interface: InterfaceName, stop: WakeSignal) {
        self.interface = interface
        self.stop = stop
    }

    /// Reads until the stop signal is raised.
    ///
    /// - Parameters:
    ///   - door: Another descriptor to wait for; -1 for none.
    ///   - knocked: Called when `door` is readable.
    ///   - deliver: Takes each reading.
    func run(door: Int32 = -1, knocked: () -> Void = {}, deliver: (WireGuardReading) -> Void) {
        var due = ContinuousClock.now
        while true {
            let ready = wait(until: due, door: door)
            if ready.isStopped { return }
            if ready.isKnocked { knocked() }
            let hasChanged = ready.hasLinkEvent && takeLinkEvents()
            let now = ContinuousClock.now
            guard hasChanged || now >= due else { continue }
            deliver(reading())
            // Seconds that were slept through (a suspended machine) are not made up for.
            if now >= due { due = max(due + Self.interval, now) }
        }
    }

    private func wait(
        until due: ContinuousClock.Instant, door: Int32
    ) -> (isStopped: Bool, isKnocked: Bool, hasLinkEvent: Bool) {
        let wanted = Int16(POLLIN)
        // poll(2) passes over negative descriptors.
        var entries = [stop.descriptor, door, watch?.descriptor ?? -1].map {
            pollfd(fd: $0, events: wanted, revents: 0)
        }
        let left = ContinuousClock.now.duration(to: due)
        let milliseconds =
            left.components.seconds * 1000 + left.components.attoseconds / 1_000_000_000_000_000
        // One more than is left: a wait that ends early would be followed by many of 0 ms.
        poll(&entries, nfds_t(entries.count), left > .zero ? Int32(clamping: milliseconds + 1) : 0)
        return (entries[0].revents != 0, entries[1].revents != 0, entries[2].revents != 0)
    }

    /// Whether the link changed, or its events can no longer be followed.
    private func takeLinkEvents() -> Bool {
        guard let watch else { return false }
        do throws(NetlinkFailure) {
            return try watch.takeEvents()
        } catch {
            // Made anew with the next reading.
            self.watch = nil
            return true
        }
    }

    private func opened() throws(NetlinkFailure) -> LinkWatch {
        if let watch { return watch }
        let opened = try LinkWatch(interface)
        watch = opened
        return opened
    }

    private func reading() -> WireGuardReading {
        do throws(NetlinkFailure) {
            let watch = try opened()
            let device = Result { () throws(WireGuardProblem) in try devices.device(interface) }
            return .sample(WireGuardSample(link: watch.link, device: device))
        } catch {
            return .unknown(WireGuardProblem(error, of: interface).fault)
        }
    }
}
