import GateModel
import Testing
import TunnelSupervisor

@testable import Control

// What `systemctl status` shows in one line.

private let app = Endpoint(scheme: .http, host: "127.0.0.1", port: 7860)

/// The line of a gateway that is well but for what `change` does.
private func line(_ change: (inout ServiceStanding) -> Void = { _ in }) -> String {
    var standing = ServiceStanding(
        addresses: ["127.0.0.1:7870"], way: .tunnels(TunnelFixture.well), signedIn: 3)
    change(&standing)
    return standing.line
}

@Test func `all is well in one line`() {
    #expect(line() == "Serving on 127.0.0.1:7870; traffic over WireGuard, Rathole ready; 3 signed in")
}

@Test func `without tunnels the app is named, and nobody is somebody`() {
    let line = line {
        $0.way = .direct(app)
        $0.signedIn = 0
    }
    #expect(line == "Serving on 127.0.0.1:7870; traffic straight to http://127.0.0.1:7860; nobody signed in")
}

@Test func `the path that carries traffic comes first, the lost one with its cause`() {
    #expect(
        line { $0.way = .tunnels(TunnelFixture.lost) }
            == "Serving on 127.0.0.1:7870; traffic over Rathole, WireGuard down, its probes stay unanswered; 3 signed in"
    )
}

@Test func `what is wrong follows, a sentence each`() {
    let fault = Fault(
        code: "database-unwritable", problem: "cannot open /state: No space left", remedy: "Free some")
    let troubles: [((inout ServiceStanding) -> Void, String)] = [
        ({ $0.storeFault = fault }, "Nobody can sign in: cannot open /state: No space left"),
        ({ $0.mailTrouble = "account" }, "The last mail did not leave (account): runegate mail test ADDRESS"),
        (
            { $0.configuration.refusedProblems = 1 },
            "The last reload was refused for 1 problem, the old configuration stays: runegate check"
        ),
        (
            { $0.configuration.refusedProblems = 2 },
            "The last reload was refused for 2 problems, the old configuration stays: runegate check"
        ),
        (
            { $0.configuration.waitingForRestart = ["RUNEGATE_LISTEN", "RUNEGATE_WORKERS"] },
            "Changed, but waiting for a restart: RUNEGATE_LISTEN RUNEGATE_WORKERS"
        ),
        (
            { $0.hanging = ["the database"] },
            "Hanging, and restarted by systemd unless it moves: the database"
        ),
    ]
    for (change, sentence) in troubles { #expect(line(change) == line() + ". " + sentence) }
    #expect(
        line {
            $0.storeFault = fault
            $0.mailTrouble = "tls"
        }.hasSuffix("No space left. The last mail did not leave (tls): runegate mail test ADDRESS"))
}

@Test(arguments: [
    (
        PassingStatus.refusedToStart(problems: 1),
        "Not started: 1 problem in the configuration: runegate check"
    ),
    (.refusedToStart(problems: 3), "Not started: 3 problems in the configuration: runegate check"),
    (.failed("cannot listen on 127.0.0.1:7870"), "Not serving: cannot listen on 127.0.0.1:7870"),
    (
        .stopping(within: .seconds(10)),
        "Stopping: transfers have 10 s to finish; visitors are served meanwhile"
    ),
    (
        .stopping(within: .milliseconds(1500)),
        "Stopping: transfers have 1500 ms to finish; visitors are served meanwhile"
    ),
])
func `while it does not serve the line says why`(status: PassingStatus, line: String) {
    #expect(status.line == line)
}
