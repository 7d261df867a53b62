import Glibc
import GateModel

/// Takes one small request a connection, one after the other, and ends when nobody has come for a while.
///
/// systemd listens in the meantime and starts the unit anew.
package struct EnrollServer {
    private let listener: Int32
    private let desk: EnrollDesk
    /// How long it waits for the next connection.
    private let idle: Duration
    /// How long a connection may take to send its request, and to take its answer.
    private let patience: Duration

    /// Takes over a listening descriptor.
    package init(
        listener: Int32, desk: EnrollDesk, idle: Duration = .seconds(30), patience: Duration = .seconds(5)
    ) {
        self.listener = listener
        self.desk = desk
        self.idle = idle
        self.patience = patience
    }

    /// Serves until it was idle for long enough.
    package func run() {
        while true {
            // New keys that are being tried go back when their time is over, so this process stays until then.
            let due = desk.tidy()
            let wait = due.map { $0 + .seconds(1) } ?? idle
            if Self.wait(for: listener, POLLIN, atMost: wait) {
                let connection = accept(listener, nil, nil)
                guard connection >= 0 else { continue }
                _ = fcntl(connection, F_SETFL, O_NONBLOCK)
                _ = fcntl(connection, F_SETFD, FD_CLOEXEC)
                serve(connection)
                close(connection)
            } else if due == nil {
                return
            }
        }
    }

    private func serve(_ connection: Int32) {
        guard let octets = receive(from: connection) else { return }
        send(desk.answer(to: octets), to: connection)
    }

    /// Everything up to the sender's end; nil when it is too much or takes too long.
    private func receive(from connection: Int32) -> [UInt8]? {
        let deadline = ContinuousClock.now + patience
        var octets: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: ReceivedRequest.maximumBytes + 1)
        while octets.count <= ReceivedRequest.maximumBytes {
            guard Self.wait(for: connection, POLLIN, atMost: deadline - .now) else { return nil }
            let count = recv(connection, &chunk, chunk.count, 0)
            if count == 0 { return octets }
            if count < 0 {
                guard errno == EAGAIN || errno == EINTR else { return nil }
                continue
            }
            octets += chunk[..<count]
        }
        return nil
    }

    private func send(_ octets: [UInt8], to connection: Int32) {
        let deadline = ContinuousClock.now + patience
        var rest = octets[...]
        while !rest.isEmpty, Self.wait(for: connection, POLLOUT, atMost: deadline - .now) {
            let count = rest.withUnsafeBytes {
                Glibc.send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if count < 0 {
                guard errno == EAGAIN || errno == EINTR else { return }
                continue
            }
            rest = rest.dropFirst(count)
        }
    }

    /// False when the time is over.
    private static func wait(for descriptor: Int32, _ events: Int32, atMost time: Duration) -> Bool {
        var entry = pollfd(fd: descriptor, events: Int16(events), revents: 0)
        let milliseconds = max(0, time.components.seconds * 1000 + time.components.attoseconds / 1_000_000_000_000_000)
        return poll(&entry, 1, Int32(clamping: milliseconds)) > 0
    }
}
