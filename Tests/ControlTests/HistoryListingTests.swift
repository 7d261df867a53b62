import Control
import Store
import Testing
import TunnelSupervisor

// A month on one screen.

@Suite struct HistoryListingTests {
    private static let now: Int64 = 1_790_000_000
    private static let hour: Int64 = 3600

    private func sample(
        _ hoursAgo: Int64, _ path: String, p50: Int64?, lost: Int = 0, active: Int64 = 0
    ) -> TunnelSampleRecord {
        TunnelSampleRecord(
            unixSeconds: Self.now - hoursAgo * Self.hour, path: path, seconds: 300, activeSeconds: active,
            probes: 1000, lost: lost, roundTripP50Microseconds: p50, roundTripP95Microseconds: p50,
            handshakeAgeSeconds: nil)
    }

    private func history(_ records: TunnelHistoryRecords) -> TunnelHistory {
        TunnelHistory(
            records, first: "wireguard", sinceUnixSeconds: Self.now - 30 * 86_400, untilUnixSeconds: Self.now,
            minuteOfDay: { Int($0 / 60 % 1440) })
    }

    @Test func `round trips are bars, silence is a cross, and time on the fallback is added up`() {
        var samples = (0..<8).map { sample(60 - $0, "wireguard", p50: 1000 * ($0 + 1), active: 300) }
        samples.append(sample(52, "wireguard", p50: nil, lost: 1000))
        samples.append(sample(52, "rathole", p50: 25_000, active: 300))
        let lines = HistoryListing(
            history(TunnelHistoryRecords(samples: samples)), hasColor: false
        ).lines
        #expect(
            lines[0] == "The last 2d 12h; a column is 1h, its height the round trip, × no answer.")
        #expect(
            lines[3]
                == "wireguard  ▁▂▃▄▅▆▇█×\(String(repeating: " ", count: 51))  5.0ms  8.0ms    11.1 % of 9000  40m"
        )
        #expect(lines[4].hasPrefix("rathole            █"))
        #expect(lines.suffix(2) == ["On the fallback: 5m (0.1 %).", "No path has failed in this time."])
    }

    @Test func `the conclusion says at what time paths fail`() {
        // 2026-09-21 14:13:20 UTC; four in the morning is ten hours and thirteen minutes before.
        let four = Self.now - 10 * Self.hour - 13 * 60
        func record(_ unixSeconds: Int64, _ cause: SwitchCause) -> TunnelSwitchRecord {
            TunnelSwitchRecord(
                unixSeconds: unixSeconds, from: "wireguard", to: "rathole", cause: cause.rawValue,
                gapMilliseconds: 700, streamsKept: 0, streamsEnded: 2)
        }
        var switches = (0..<3).map { record(four - $0 * 86_400 + 240, .probesLost) }
        switches += [record(four - 3 * Self.hour, .refused), record(four, .recovered), record(four, .drill)]
        let found = history(TunnelHistoryRecords(switches: switches))
        #expect(found.conclusion == "4 switches away from a failing path this week, 3 of them around 04:00.")
        #expect(found.switchCount == 6)
        let old = [record(Self.now - 20 * 86_400, .silent)]
        #expect(
            history(TunnelHistoryRecords(switches: old)).conclusion
                == "No path has failed this week; before that once.")
    }

    @Test func `history of relays inside the program is marked`() {
        let switched = TunnelSwitchRecord(
            unixSeconds: Self.now - 60, from: "wireguard", to: "rathole", cause: "drill", gapMilliseconds: 0,
            streamsKept: nil, streamsEnded: nil)
        let found = TunnelHistory(
            TunnelHistoryRecords(switches: [switched]), first: "wireguard", sinceUnixSeconds: 0,
            untilUnixSeconds: Self.now, isSimulated: true, minuteOfDay: { _ in 0 })
        let lines = HistoryListing(found, hasColor: false).lines
        #expect(lines[3].hasPrefix("wireguard (simulated)  "))
        #expect(lines.contains { $0.contains("wireguard → rathole (simulated)  drill") })
    }

    @Test func `nothing known is said plainly`() {
        let lines = HistoryListing(history(TunnelHistoryRecords()), hasColor: false).lines
        #expect(lines[3] == "wireguard              -    -        -     0s")
        #expect(lines.suffix(2) == ["On the fallback: never.", "No path has failed in this time."])
    }
}
