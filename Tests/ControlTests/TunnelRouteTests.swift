import Foundation
import GateModel
import NIOHTTP1
import NIOPosix
import Testing
import TunnelSupervisor

@testable import Control

/// The paths about tunnels over a real Unix socket, asked by the client of the verbs.
@Suite(.timeLimit(.minutes(1)))
struct TunnelRouteTests {
    private func withServer(
        _ fixture: OwnerFixture = OwnerFixture(), _ body: (ControlClient, String) async throws -> Void
    ) async throws {
        try await withTemporaryDirectory { directory in
            let path = "\(directory)/control.sock"
            let server = try await ControlServer.bind(
                .path(path), actions: fixture.actions, metrics: MetricsRegistry(),
                brand: OwnerPageBrand(name: "Runegate", color: "#3d4fb8"),
                group: MultiThreadedEventLoopGroup.singleton)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await server.run() }
                try await body(ControlClient(sockets: [path], limit: .seconds(20)), path)
                group.cancelAll()
            }
        }
    }

    @Test func `the report comes back as it was`() async throws {
        try await withServer { client, _ in
            let (report, why) = (try await client.tunnels(), try await client.whyTunnels())
            #expect(report == TunnelFixture.well && why.lines == ["It is so.", "Next: nothing."])
            let history = try await client.tunnelHistory()
            #expect(history.conclusion == "No path has failed in this time.")
        }
    }

    @Test func `keys are stable`() async throws {
        try await withServer { _, socket in
            let answer = try await UnixHTTPRequest(method: .GET, path: "/v1/tunnels")
                .send(to: socket, within: .seconds(20))
            let json = try #require(
                try JSONSerialization.jsonObject(with: Data(answer.body)) as? [String: Any])
            #expect(
                json.keys.sorted() == [
                    "is_quiet", "live", "paths", "preference", "problems", "rule", "summary", "switches",
                    "verdict",
                ])
            let first = try #require((json["paths"] as? [[String: Any]])?.first)
            #expect(
                first.keys.sorted() == [
                    "departures_last_day", "evidence", "interface_traffic", "is_active", "is_proven",
                    "is_simulated", "name",
                    "requests", "round_trip_p50_milliseconds", "round_trip_p95_milliseconds", "since_seconds",
                    "state",
                    "target", "traffic",
                ])
        }
    }

    @Test func `prefer answers with what follows, and a refusal says why`() async throws {
        let fixture = OwnerFixture()
        try await withServer(fixture) { client, socket in
            let report = try await client.prefer(.wireGuard)
            #expect(report == TunnelFixture.well)
            await #expect(throws: ControlFailure.refused(error: "rathole is not", remedy: "Set it.")) {
                try await client.prefer(.rathole)
            }
            #expect(fixture.log == ["prefer wireguard", "prefer rathole"])
            let wrong = try await UnixHTTPRequest(
                method: .POST, path: "/v1/tunnels/prefer",
                body: Array(#"{"preference": "carrier-pigeon"}"#.utf8)
            ).send(to: socket, within: .seconds(20))
            #expect(wrong.status == 400)
            #expect(String(decoding: wrong.body, as: UTF8.self).contains(#"\"auto\", \"wireguard\""#))
        }
    }

    @Test func `a refused drill is exit status 1`() async throws {
        try await withServer { client, _ in
            let failure = await #expect(throws: ControlFailure.self) { try await client.drill() }
            #expect(failure?.exitStatus == 1)
            #expect(failure?.description.hasPrefix("Rathole has not answered its last probes.") == true)
        }
    }

    @Test func `without tunnels there is a report, and nothing to move`() async throws {
        let actions = TunnelActions.withoutTunnels { TunnelFixture.well }
        #expect(await actions.why() == ["Serving over wireguard since 2d 4h (fallback ready)."])
        await #expect(throws: TunnelActions.noTunnels) { try await actions.drill() }
        await #expect(throws: TunnelActions.noTunnels) { try await actions.prefer(.rathole) }
        await #expect(throws: TunnelActions.noTunnels) { try await actions.history() }
    }
}
