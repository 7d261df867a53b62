import GateModel
import Glibc

/// Takes one small request a connection, one after the other, and ends when nobody has come for a while.
///
/// systemd listens in the meantime and starts the unit anew. On the socket request and answer stand behind their length
/// in two bytes, in network order; an answer of no octets says that nobody is expected.
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
        let deadline = ContinuousClock.now + patience
        guard let length = receive(2, from: connection, until: deadline) else { return }
        let count = Int(length[0]) << 8 | Int(length[1])
        guard count <= ReceivedRequest.maximumBytes,
            let octets = receive(count, from: connection, until: deadline)
        else { return }
        let answer = desk.answer(to: octets)
        send(UInt16(answer.count).octets + answer, to: connection)
        // The gateway closes first, so that the answer's last bytes and the end never come together.
        _ = receive(1, from: connection, until: .now + patience)
    }

    /// Exactly so many bytes; nil when they do not come.
    private func receive(
        _ count: Int, from connection: Int32, until deadline: ContinuousClock.Instant
    ) -> [UInt8]? {
        var octets: [UInt8] = []
        while octets.count < count {
            guard Self.wait(for: connection, POLLIN, atMost: deadline - .now) else { return nil }
            var chunk = [UInt8](repeating: 0, count: count - octets.count)
            let received = recv(connection, &chunk, chunk.count, 0)
            if received < 0, errno == EAGAIN || errno == EINTR { continue }
            guard received > 0 else { return nil }
            octets += chunk[..<received]
        }
        return octets
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
        return poll(&entry, 1, Int32(clamping: max(0, time.milliseconds))) > 0
    }
}
