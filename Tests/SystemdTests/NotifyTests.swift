import Glibc
import Testing

@testable import Systemd

/// The manager's end of the notification protocol: a datagram socket in the abstract namespace (unix(7)).
private struct NotifyReceiver {
    let descriptor: Int32
    /// What `NOTIFY_SOCKET` says; the kernel chose the name.
    let name: String

    init?() {
        let made = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        // Binding the family alone asks for a free abstract name.
        var length = socklen_t(MemoryLayout<sa_family_t>.size)
        let isBound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(made, $0, length) == 0 }
        }
        length = socklen_t(MemoryLayout<sockaddr_un>.size)
        let isNamed = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(made, $0, &length) == 0 }
        }
        guard isBound, isNamed else { return nil }
        let count = Int(length) - MemoryLayout<sa_family_t>.size - 1
        descriptor = made
        name = withUnsafeBytes(of: &address.sun_path) { "@" + String(decoding: $0[1...count], as: UTF8.self) }
    }

    /// The next datagram, which is already there.
    func receive() -> String? {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
        return count < 0 ? nil : String(decoding: buffer.prefix(count), as: UTF8.self)
    }
}

// The environment belongs to the whole process, so each of these runs in one of its own.

@Test func `readiness and status reach the manager in one datagram`() async {
    await #expect(processExitsWith: .success) {
        guard let receiver = NotifyReceiver() else { exit(2) }
        setenv("NOTIFY_SOCKET", receiver.name, 1)
        guard Notify.send(.ready, .status("serving\nnext line")) else { exit(3) }
        guard receiver.receive() == "READY=1\nSTATUS=serving next line" else { exit(4) }
        guard Notify.send(.stopping), receiver.receive() == "STOPPING=1" else { exit(5) }
        guard Notify.send(.watchdog), receiver.receive() == "WATCHDOG=1" else { exit(6) }
        exit(receiver.receive() == nil ? EXIT_SUCCESS : 7)
    }
}

@Test func `a reload tells the monotonic time that the manager waits for`() async {
    await #expect(processExitsWith: .success) {
        guard let receiver = NotifyReceiver() else { exit(2) }
        setenv("NOTIFY_SOCKET", receiver.name, 1)
        var before = timespec()
        clock_gettime(CLOCK_MONOTONIC, &before)
        guard Notify.send(.reloading), let text = receiver.receive() else { exit(3) }
        let lines = text.split(separator: "\n")
        guard lines.count == 2, lines[0] == "RELOADING=1", lines[1].hasPrefix("MONOTONIC_USEC="),
            let microseconds = Int(lines[1].dropFirst(15))
        else { exit(4) }
        let earliest = before.tv_sec * 1_000_000 + before.tv_nsec / 1000
        exit((earliest...earliest + 10_000_000).contains(microseconds) ? EXIT_SUCCESS : 5)
    }
}

@Test func `outside of systemd nothing is sent`() async {
    await #expect(processExitsWith: .success) {
        unsetenv("NOTIFY_SOCKET")
        unsetenv("WATCHDOG_USEC")
        exit(Notify.send(.ready) || Notify.watchdogInterval() != nil ? 2 : EXIT_SUCCESS)
    }
}

@Test func `the watchdog's interval is the manager's`() async {
    await #expect(processExitsWith: .success) {
        setenv("WATCHDOG_USEC", "20000000", 1)
        setenv("WATCHDOG_PID", "\(getpid())", 1)
        guard Notify.watchdogInterval() == .seconds(20) else { exit(2) }
        setenv("WATCHDOG_PID", "1", 1)
        exit(Notify.watchdogInterval() == nil ? EXIT_SUCCESS : 3)
    }
}
