import GateModel
import Glibc
import Testing
import WireGuardKernel

@testable import Provision

// The aibox's timer, its report, and the search for the largest packet: decisions with facts and a clock in hand.

struct TendingTests {
    private let first = IPAddress(bytes: [203, 0, 113, 9])
    private let second = IPAddress(bytes: [203, 0, 113, 10])
    private let peer = TunnelKey.makePrivateKey().publicKey

    private func facts(
        age: Int64?, endpoint: IPAddress?, addresses: [IPAddress], rathole: TendFacts.RatholeFacts? = nil
    ) -> TendFacts {
        TendFacts(
            wireGuard: TendFacts.WireGuardFacts(
                peer: peer, endpoint: endpoint.map { PeerEndpoint(address: $0, port: 51820) },
                handshakeAge: age.map { .seconds($0) }),
            addresses: addresses, wireGuardPort: 51820, rathole: rathole)
    }

    private func decide(_ facts: TendFacts) -> [TendAction] {
        var memory = TendMemory(bootID: bootID)
        return Tending.decide(facts, &memory, at: noon)
    }

    @Test func `a tunnel that lives is left alone`() {
        #expect(decide(facts(age: 135, endpoint: first, addresses: [second])).isEmpty)
    }

    @Test(arguments: [136, nil] as [Int64?])
    func `a silent tunnel gets the address that the name has now`(age: Int64?) {
        let moved = TendAction.setEndpoint(peer: peer, PeerEndpoint(address: second, port: 51820))
        #expect(decide(facts(age: age, endpoint: first, addresses: [second])) == [moved])
        #expect(decide(facts(age: age, endpoint: nil, addresses: [second])) == [moved])
    }

    @Test func `of several addresses the next is tried, round and round`() {
        let both = [first, second]
        #expect(
            decide(facts(age: 200, endpoint: first, addresses: both))
                == [.setEndpoint(peer: peer, PeerEndpoint(address: second, port: 51820))])
        #expect(
            decide(facts(age: 200, endpoint: second, addresses: both))
                == [.setEndpoint(peer: peer, PeerEndpoint(address: first, port: 51820))])
        #expect(decide(facts(age: 200, endpoint: first, addresses: [first])).isEmpty)
        #expect(decide(facts(age: 200, endpoint: first, addresses: [])).isEmpty)
    }

    @Test func `a stuck Rathole is restarted after a minute, and not again for five`() {
        var memory = TendMemory(bootID: bootID)
        var restarts: [Int64] = []
        let stuck = TendFacts(
            wireGuard: nil, addresses: [], wireGuardPort: 51820,
            rathole: TendFacts.RatholeFacts(isConnected: false, isServerThere: true))
        for second in stride(from: Int64(0), through: 900, by: 30)
        where Tending.decide(stuck, &memory, at: later(second)) == [.restartRathole] {
            restarts.append(second)
        }
        #expect(restarts == [60, 360, 660])
    }

    @Test func `a Rathole that is connected, or cannot be, is not restarted`() {
        for rathole in [
            TendFacts.RatholeFacts(isConnected: true, isServerThere: true),
            TendFacts.RatholeFacts(isConnected: false, isServerThere: false),
        ] {
            var memory = TendMemory(bootID: bootID)
            let facts = TendFacts(wireGuard: nil, addresses: [], wireGuardPort: 1, rathole: rathole)
            for second in stride(from: Int64(0), through: 600, by: 30) {
                #expect(Tending.decide(facts, &memory, at: later(second)).isEmpty)
            }
        }
    }

    @Test func `an interface that was taken away is brought back, one that was stopped is not`() {
        var memory = TendMemory(bootID: bootID)
        var facts = TendFacts(wireGuard: nil, addresses: [first], wireGuardPort: 1, rathole: nil)
        #expect(Tending.decide(facts, &memory, at: later(0)).isEmpty)
        facts.isInterfaceLost = true
        #expect(Tending.decide(facts, &memory, at: later(30)) == [.restartInterface])
        #expect(Tending.decide(facts, &memory, at: later(60)).isEmpty)
        #expect(Tending.decide(facts, &memory, at: later(330)) == [.restartInterface])
    }

    @Test func `the kernel's table tells whether a connection stands`() {
        let head = "  sl  local_address rem_address   st tx_queue rx_queue\n"
        // 203.0.113.9:2333, established; 203.0.113.10:2333, connecting.
        let table =
            head + "   0: 0F02000A:C350 097100CB:091D 01 00000000:00000000\n"
            + "   1: 0F02000A:C351 0A7100CB:091D 02 00000000:00000000\n"
        #expect(ConnectionTable.holdsConnection(table, to: [first], port: 2333))
        #expect(!ConnectionTable.holdsConnection(table, to: [first], port: 2334))
        #expect(!ConnectionTable.holdsConnection(table, to: [second], port: 2333))
        #expect(!ConnectionTable.holdsConnection("", to: [first], port: 2333))
        #expect(!ConnectionTable.holdsConnection(head + "garbage\n", to: [first], port: 2333))
    }

    @Test func `a datagram goes by the interface that it is for, and by no other`() throws {
        let listener = socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
        try #require(listener >= 0)
        defer { close(listener) }
        let here = IPAddress(bytes: [127, 0, 0, 1])
        try #require(SocketAddress.with(here, port: 0) { bind(listener, $0, $1) } == 0)
        var bound = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &bound) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(listener, $0, &length) }
        }
        try #require(result == 0)
        let port = UInt16(bigEndian: bound.sin_port)
        var octets = [UInt8](repeating: 1, count: 16)
        #expect(TunnelNudge.send(to: here, port: port, over: try InterfaceName("lo")))
        #expect(recv(listener, &octets, octets.count, 0) == 1)
        #expect(!TunnelNudge.send(to: here, port: port, over: try InterfaceName("rgnosuch0")))
        #expect(recv(listener, &octets, octets.count, Int32(MSG_DONTWAIT)) == -1)
    }

    @Test func `the largest size that passes is found, whichever it is`() {
        for largest in [1280, 1281, 1351, 1380, 1419, 1492, 1499, 1500] {
            var search = MTUSearch(1280...1500)
            var tries = 0
            while let size = search.next {
                search.take(size, hasPassed: size <= largest)
                tries += 1
            }
            #expect(search.result == largest)
            #expect(tries <= 10)
        }
        var nothing = MTUSearch(1280...1500)
        while let size = nothing.next { nothing.take(size, hasPassed: false) }
        #expect(nothing.result == nil)
        var full = MTUSearch(1280...1500)
        full.take(1280, hasPassed: true)
        #expect(full.next == 1500)
    }

    @Test func `an echo request is what RFC 792 says`() {
        let packet = UnbrokenEcho.request(isIPv4: true, bytes: 60, identifier: 0x1234, sequence: 1)
        #expect(packet.count == 60)
        #expect(packet.prefix(2) == [8, 0])
        // Over a packet with its checksum the sum is zero (RFC 1071).
        #expect(UnbrokenEcho.checksum(packet) == 0)
        #expect(UnbrokenEcho.request(isIPv4: false, bytes: 8, identifier: 0, sequence: 0)[0] == 128)
    }

    @Test func `the report says what works and what to do`() throws {
        let app = BoxReport.App(address: "127.0.0.1:7860", .answered(status: 200))
        let fresh = BoxReport.WireGuard(isUp: true, endpoint: "203.0.113.9:51820", handshakeSeconds: 30)
        let stale = BoxReport.WireGuard(isUp: true, endpoint: "203.0.113.9:51820", handshakeSeconds: 181)
        let connected = BoxReport.Rathole(server: "203.0.113.9:2333", isConnected: true)
        let lost = BoxReport.Rathole(server: "203.0.113.9:2333", isConnected: false)
        let absent = BoxReport.App(address: "127.0.0.1:7860", .appDown)
        #expect(BoxReport(wireGuard: fresh, rathole: connected, app: app).verdict == .ok)
        #expect(BoxReport(wireGuard: fresh, rathole: connected, app: app).advice.isEmpty)
        #expect(BoxReport(wireGuard: fresh, rathole: nil, app: app).verdict == .ok)
        let mute = BoxReport.WireGuard(isUp: true, endpoint: nil, handshakeSeconds: 30, isEchoing: false)
        #expect(BoxReport(wireGuard: mute, rathole: nil, app: app).verdict == .down)
        #expect(BoxReport(wireGuard: stale, rathole: connected, app: app).verdict == .degraded)
        #expect(BoxReport(wireGuard: fresh, rathole: lost, app: app).verdict == .degraded)
        #expect(BoxReport(wireGuard: stale, rathole: lost, app: app).verdict == .down)
        #expect(BoxReport(wireGuard: fresh, rathole: connected, app: absent).verdict == .appDown)
        #expect(BoxReport(wireGuard: stale, rathole: lost, app: absent).advice.count == 3)
        #expect(BoxReport(wireGuard: fresh, rathole: connected, app: app).lines[0].hasPrefix("OK - "))
        #expect(
            BoxReport(wireGuard: fresh, rathole: nil, app: app).lines.contains(
                "rathole    not installed: there is no fallback path"))
    }

    @Test(arguments: [
        (PathProof.answered(status: 404), BoxReport.App.State.answers), (.appDown, .refuses),
        (.ended, .hangsUp),
        (.silent, .silent),
    ])
    func `an app that answers anything is there, and others are told apart`(
        answer: PathProof, state: BoxReport.App.State
    ) {
        let app = BoxReport.App(address: "127.0.0.1:7860", answer)
        #expect(app.state == state)
        #expect((app.trouble == nil) == (state == .answers))
    }
}
