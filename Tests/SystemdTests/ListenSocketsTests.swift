import GateModel
import Glibc
import Systemd
import Testing

/// Puts listening sockets where the manager would: at descriptor 3 and up, with the variables that say so.
private func passSockets(named names: String, count: Int32) {
    for index in 0..<count {
        let made = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        if made != 3 + index { dup2(made, 3 + index) }
    }
    setenv("LISTEN_PID", "\(getpid())", 1)
    setenv("LISTEN_FDS", "\(count)", 1)
    setenv("LISTEN_FDNAMES", names, 1)
}

// Each runs in a process of its own: descriptors 3 and 4 and the environment are everybody's.

@Test func `passed sockets are taken by name, once`() async {
    await #expect(processExitsWith: .success) {
        passSockets(named: "gateway:control", count: 2)
        guard let sockets = try? ListenSockets.take(allowed: ["gateway", "control"]) else { exit(2) }
        guard sockets == ["gateway": 3, "control": 4] else { exit(3) }
        guard fcntl(3, F_GETFD) & FD_CLOEXEC != 0 else { exit(4) }
        guard getenv("LISTEN_FDS") == nil, getenv("LISTEN_FDNAMES") == nil else { exit(5) }
        guard let again = try? ListenSockets.take(allowed: ["gateway"]), again.isEmpty else { exit(6) }
        exit(EXIT_SUCCESS)
    }
}

@Test func `a socket that nobody serves is refused by its name`() async {
    await #expect(processExitsWith: .success) {
        passSockets(named: "gateway:mystery", count: 2)
        do throws(Fault) {
            _ = try ListenSockets.take(allowed: ["gateway"])
            exit(2)
        } catch {
            exit(
                error.code == "passed-socket-unknown" && error.problem.contains("mystery") ? EXIT_SUCCESS : 3)
        }
    }
}

@Test func `two sockets with one name are refused`() async {
    await #expect(processExitsWith: .success) {
        passSockets(named: "gateway:gateway", count: 2)
        do throws(Fault) {
            _ = try ListenSockets.take(allowed: ["gateway"])
            exit(2)
        } catch {
            exit(error.code == "passed-socket-twice" ? EXIT_SUCCESS : 3)
        }
    }
}

@Test func `nothing passed is nothing taken`() async {
    await #expect(processExitsWith: .success) {
        for name in ["LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES"] { unsetenv(name) }
        guard let none = try? ListenSockets.take(allowed: ["gateway"]), none.isEmpty else { exit(2) }
        setenv("LISTEN_FDS", "0", 1)
        setenv("LISTEN_PID", "\(getpid())", 1)
        guard let zero = try? ListenSockets.take(allowed: ["gateway"]), zero.isEmpty else { exit(3) }
        // Meant for another process: an intermediate shell's child must not take them.
        setenv("LISTEN_FDS", "1", 1)
        setenv("LISTEN_PID", "1", 1)
        guard let foreign = try? ListenSockets.take(allowed: ["gateway"]), foreign.isEmpty else { exit(4) }
        exit(EXIT_SUCCESS)
    }
}

@Test func `an unreadable count is an error with what to do`() async {
    await #expect(processExitsWith: .success) {
        setenv("LISTEN_FDS", "many", 1)
        setenv("LISTEN_PID", "\(getpid())", 1)
        do throws(Fault) {
            _ = try ListenSockets.take(allowed: ["gateway"])
            exit(2)
        } catch {
            exit(error.code == "passed-sockets-unreadable" ? EXIT_SUCCESS : 3)
        }
    }
}
