import Control
import GateModel
import Testing
import TunnelSupervisor

// What people read of tunnels, letter by letter.

@Suite struct TunnelListingTests {
    @Test func `all is well on one screen`() {
        #expect(
            TunnelListing(TunnelFixture.well, hasColor: false).lines.joined(separator: "\n") == """
                OK - serving over wireguard since 2d 4h (fallback ready)

                   PATH       ROLE     STATE  EVIDENCE                              SINCE  RTT p50/p95  REQUESTS  IN/OUT           SWITCHES 24h
                →  wireguard  active   up     handshake 41s ago, probe 200 in 22ms  2d 4h  18/18ms      4711      1.2 GiB/332 KiB  0
                   rathole    standby  up     probe 200 in 22ms                     0s     22/22ms      -         -                0

                Next: traffic moves to rathole when wireguard is silent for 650ms.

                Live: 3 users, 1 stream
                """)
    }

    @Test func `a lost path says since when, why, and what mends it`() throws {
        let lines = TunnelListing(TunnelFixture.lost, hasColor: false).lines
        #expect(
            lines[0] == "DEGRADED - serving over rathole: wireguard is down, its probes stay unanswered")
        #expect(lines[3].hasPrefix("   wireguard  standby  down"))
        #expect(lines[4].hasPrefix("→  rathole    active   up"))
        #expect(
            lines.contains(
                "Next: traffic returns to wireguard after 3 good probes (0/3) and 30s without trouble."))
        let one = try #require(TunnelFixture.lost.switches.first)
        let when = LocalTime(unixSeconds: one.unixSeconds).dayAndClock
        #expect(lines.contains("LAST SWITCHES    FROM → TO            CAUSE        GAP    STREAMS"))
        #expect(lines.contains("\(when)  wireguard → rathole  probes-lost  \(one.gapMilliseconds)ms  -"))
        #expect(lines.suffix(2).map { $0.prefix(4) } == ["# Pr", "#   "])
    }

    @Test func `colour marks the verdict and what is wrong, and only when it is welcome`() {
        let colored = TunnelListing(TunnelFixture.lost, hasColor: true).lines
        #expect(colored[0].hasPrefix("\u{1b}[1;33mDEGRADED"))
        #expect(colored[3].hasPrefix("\u{1b}[31m"))
        #expect(!TunnelListing(TunnelFixture.lost, hasColor: false).lines.joined().contains("\u{1b}"))
    }

    @Test func `changes are a line each, and nothing is said of figures`() throws {
        var changes = TunnelChanges()
        let at = TunnelFixture.unixSeconds
        let time = LocalTime(unixSeconds: at).clock
        #expect(
            changes.lines(TunnelFixture.well, at: at) == [
                "\(time) OK - serving over wireguard since 2d 4h (fallback ready) [wireguard up, rathole up]"
            ])
        var busier = TunnelFixture.well
        busier.live = LiveUse(users: 9, streams: 9)
        #expect(changes.lines(busier, at: at).isEmpty)
        let switchedAt = try #require(TunnelFixture.lost.switches.first).unixSeconds
        let lines = changes.lines(TunnelFixture.lost, at: at)
        #expect(lines.count == 2 && switchedAt != at)
        // When traffic moved, not when somebody saw it.
        #expect(
            lines[0].hasPrefix(
                "\(LocalTime(unixSeconds: switchedAt).clock) switched from wireguard to rathole: probes-lost, gap "
            ))
        #expect(lines[1].hasPrefix("\(time) DEGRADED - serving over rathole: "))
        #expect(lines[1].hasSuffix("[wireguard down, rathole up]"))
        #expect(changes.lines(TunnelFixture.lost, at: at).isEmpty)
    }

    @Test func `relays inside the program are marked in every output`() {
        let lines = TunnelListing(TunnelFixture.simulated, hasColor: false).lines
        #expect(lines[0].hasPrefix("DEGRADED - ") && lines[0].hasSuffix(" (simulated)"))
        let tables = lines.filter { $0.contains("wireguard") && !$0.hasPrefix("Next") && $0 != lines[0] }
        #expect(tables.count == 2 && tables.allSatisfy { $0.contains(" (simulated)  ") })
        #expect(
            PreferenceNotice.lines(.rathole, TunnelFixture.simulated)[0]
                == "Traffic is on rathole (simulated).")
        var changes = TunnelChanges()
        _ = changes.lines(TunnelFixture.well, at: 0)
        #expect(
            changes.lines(TunnelFixture.simulated, at: 0)[0]
                .hasSuffix("switched from wireguard to rathole (simulated): operator, gap none"))
    }

    @Test func `a preference says whether it could be followed`() {
        #expect(
            PreferenceNotice.lines(.rathole, TunnelFixture.well) == [
                "Traffic stays on wireguard until rathole works.",
                "This is kept across restarts. Undo it: runegate tunnels prefer auto",
            ])
        #expect(PreferenceNotice.lines(.auto, TunnelFixture.well)[0] == "Traffic is on wireguard.")
    }
}
