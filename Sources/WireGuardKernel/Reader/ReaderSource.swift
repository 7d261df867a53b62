internal import GateModel
import Glibc

/// Samples that the reader process streams over its socket.
///
/// Losing the stream gives `unknown`, and it is connected again by itself.
package struct ReaderSource: SampleSource {
    /// Where systemd listens for the reader (`runegate-wireguard.socket`).
    package static let systemdSocket = "/run/runegate-wireguard/reader.sock"
    /// A reader that says nothing for so long is stuck: it speaks once a second.
    static let patienceMilliseconds: Int32 = 5000
    /// The pause before the next attempt to connect.
    static let pauseMilliseconds: Int32 = 1000

    private let interface: InterfaceName
    private let path: String

    package init(interface: InterfaceName, path: String = ReaderSource.systemdSocket) {
        self.interface = interface
        self.path = path
    }

    package func readings() -> AsyncStream<WireGuardReading> {
        stream { [self] stop, continuation in
            while true {
                let end = follow(until: stop) { continuation.yield($0) }
                guard let end else { return }
                continuation.yield(.unknown(end))
                if Self.wait(for: -1, or: stop, milliseconds: Self.pauseMilliseconds) == .stopped { return }
            }
        }
    }

    /// Hands on one connection's readings.
    ///
    /// - Returns: Why the connection ended; nil when the signal was raised.
    private func follow(until stop: WakeSignal, deliver: (WireGuardReading) -> Void) -> Fault? {
        let socket: UnixSocket
        do throws(UnixSocket.Failure) {
            socket = try UnixSocket(connectingTo: path)
        } catch {
            let reason = String(cString: strerror(error.errno))
            return fault("cannot be reached: \(reason)", error.errno == EACCES ? .join : .start)
        }
        var lines = LineSplitter(maximumBytes: SampleLine.maximumBytes)
        var chunk = [UInt8](repeating: 0, count: 4096)
        while true {
            switch Self.wait(for: socket.descriptor, or: stop, milliseconds: Self.patienceMilliseconds) {
            case .stopped: return nil
            case .silent: return fault("says nothing", .start)
            case .readable: break
            }
            let count = chunk.withUnsafeMutableBytes { socket.receive(into: $0) }
            if count < 0, errno == EAGAIN || errno == EINTR { continue }
            guard count > 0 else { return fault("ended the connection", .start) }
            guard let complete = lines.take(chunk[..<count]) else {
                return fault("sent a line without end", .update)
            }
            for line in complete {
                guard let reading = SampleLine.reading(of: line) else {
                    return fault("sent no sample", .update)
                }
                if case .sample(let sample) = reading, sample.interface != interface.text {
                    return fault("watches \(sample.interface), not \(interface)", .agree)
                }
                deliver(reading)
            }
        }
    }

    /// What helps against a reader that tells nothing.
    private enum Remedy {
        /// It does not run.
        case start
        /// This user may not ask it.
        case join
        /// It speaks otherwise than this program.
        case update
        /// It is about something else.
        case agree
    }

    private func fault(_ what: String, _ remedy: Remedy) -> Fault {
        Fault(
            code: "wireguard-reader-lost", problem: "The WireGuard reader at \(path) \(what)",
            remedy: words(of: remedy))
    }

    private func words(of remedy: Remedy) -> String {
        switch remedy {
        case .start:
            "Start it with `systemctl start runegate-wireguard.socket`, and see why it stopped with "
                + "`journalctl -u runegate-wireguard`."
        case .join:
            "Run `runegate serve` as the user runegate: only root and the group of that socket may ask it "
                + "(`ls -l \(path)`)."
        case .update:
            "It may be of another version: `systemctl restart runegate-wireguard.service`, and see that only one "
                + "program listens there (`ss -xlp src \(path)`)."
        case .agree:
            "Give both the same RUNEGATE_WIREGUARD_INTERFACE: with `systemctl edit runegate-wireguard.service` "
                + "(Environment=) for the reader, and restart both."
        }
    }

    private enum Waited {
        case readable, silent, stopped
    }

    private static func wait(for descriptor: Int32, or stop: WakeSignal, milliseconds: Int32) -> Waited {
        var entries = [
            pollfd(fd: stop.descriptor, events: Int16(POLLIN), revents: 0),
            pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
        ]
        let count = poll(&entries, 2, milliseconds)
        if entries[0].revents != 0 { return .stopped }
        // A signal that interrupts the wait is followed by a read that finds nothing.
        return count == 0 ? .silent : .readable
    }
}
