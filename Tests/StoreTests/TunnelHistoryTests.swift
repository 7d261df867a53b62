import TestSupport
import Testing

@testable import Store

// A month of the tunnels, with a clock in hand.

private func sample(_ unixSeconds: Int64, _ path: String = "wireguard") -> TunnelSampleRecord {
    TunnelSampleRecord(
        unixSeconds: unixSeconds, path: path, seconds: 300, activeSeconds: 300, probes: 3000, lost: 2,
        roundTripP50Microseconds: 18_400, roundTripP95Microseconds: nil, handshakeAgeSeconds: 41)
}

private func record(_ unixSeconds: Int64, gap: Int64 = 700) -> TunnelSwitchRecord {
    TunnelSwitchRecord(
        unixSeconds: unixSeconds, from: "wireguard", to: "rathole", cause: "probes-lost",
        gapMilliseconds: gap,
        streamsKept: nil, streamsEnded: 3)
}

@Suite struct TunnelHistoryTests {
    private let fixture = StoreFixture()

    @Test func `what is written is read again, also by the next process`() async throws {
        let store = fixture.open()
        let now = fixture.now.unixSeconds
        let records = TunnelHistoryRecords(
            samples: [sample(now - 300, "rathole"), sample(now - 300)], switches: [record(now - 10)])
        try await store.append(records)
        await store.close()
        #expect(try await fixture.open().tunnelHistory(sinceUnixSeconds: 0) == records)
        #expect(try await store.tunnelHistory(sinceUnixSeconds: now - 5).isEmpty)
    }

    @Test func `a month is kept, and a quiet year does not grow`() async throws {
        let store = fixture.open()
        for _ in 0..<40 {
            let now = fixture.now.unixSeconds
            try await store.append(
                TunnelHistoryRecords(samples: [sample(now)], switches: [record(now)]))
            fixture.time.advance(by: .seconds(86_400))
        }
        let kept = try await store.tunnelHistory(sinceUnixSeconds: 0)
        // Written a day before the last was the oldest that may stay.
        #expect(kept.samples.count == 31)
        #expect(kept.switches.count == 31)
    }

    @Test func `a flood of switches is bounded`() async throws {
        let store = fixture.open()
        let now = fixture.now.unixSeconds
        let flood = (0..<10_050).map { record(now, gap: $0) }
        try await store.append(TunnelHistoryRecords(switches: flood))
        let kept = try await store.tunnelHistory(sinceUnixSeconds: 0).switches
        #expect(kept.map(\.gapMilliseconds) == Array(50..<10_050))
    }

    @Test func `the latest switches are read without the samples, the oldest first`() async throws {
        let store = fixture.open()
        let now = fixture.now.unixSeconds
        try await store.append(
            TunnelHistoryRecords(
                samples: [sample(now)],
                switches: (0..<5).map { record(now - 5 + $0, gap: $0) } + [record(now + 60, gap: 99)]))
        #expect(try await store.latestTunnelSwitches(3).map(\.gapMilliseconds) == [2, 3, 4])
        #expect(try await store.latestTunnelSwitches(100).count == 5)
    }

    @Test func `a wall clock that is wrong for a while loses nothing`() async throws {
        let store = fixture.open()
        let now = fixture.now.unixSeconds
        try await store.append(TunnelHistoryRecords(samples: [sample(now)], switches: [record(now)]))
        fixture.time.stepWallClock(by: -10 * 86_400)
        try await store.append(TunnelHistoryRecords(samples: [sample(now - 10 * 86_400)]))
        let meanwhile = try await store.tunnelHistory(sinceUnixSeconds: 0)
        #expect(meanwhile.samples.map(\.unixSeconds) == [now - 10 * 86_400] && meanwhile.switches.isEmpty)
        fixture.time.stepWallClock(by: 10 * 86_400)
        // The same second once more: the later span counts.
        try await store.append(TunnelHistoryRecords(samples: [sample(now)]))
        let after = try await store.tunnelHistory(sinceUnixSeconds: 0)
        #expect(after.samples.map(\.unixSeconds) == [now - 10 * 86_400, now] && after.switches.count == 1)
    }

    @Test func `samples are bounded whatever the clock says`() async throws {
        let store = fixture.open()
        let first = fixture.now.unixSeconds - 45_000
        try await store.append(
            TunnelHistoryRecords(samples: (0..<45_000).map { sample(first + Int64($0)) }))
        #expect(try await store.tunnelHistory(sinceUnixSeconds: 0).samples.count == 40_000)
    }

    @Test func `a preference outlives the process`() async throws {
        let store = fixture.open()
        #expect(try await store.tunnelPreference() == nil)
        try await store.saveTunnelPreference("rathole")
        try await store.saveTunnelPreference("auto")
        await store.close()
        #expect(try await fixture.open().tunnelPreference() == "auto")
    }
}
