import Cryptography
import Foundation
import GateModel
import Testing
import WireGuardKernel

@testable import Provision

// Joining: what a request makes of the state, and what it must not.

struct JoiningTests {
    @Test func `a box with the code is welcome, and both compute the same words and key`() throws {
        let server = try OfferingServer()
        let request = try #require(joinRequest(with: server.code))
        let answer = request.joinAnswer(server.take(request.octets).octets)
        let joined = try #require(server.state.tunnels.joined)
        #expect(
            answer
                == .welcome(
                    presharedKey: joined.presharedKey,
                    ratholeToken: server.state.tunnels.ratholeToken.secret, unixSeconds: noon.unixSeconds))
        #expect(server.state.channel?.pair == request.channelKey)
        #expect(server.state.fingerprint == Fingerprint(server: server.code.keys, box: joined.keys))
        #expect(!server.state.isSettled)
        #expect(server.state.offer == nil)
    }

    @Test func `the same request is answered again, another one is not`() throws {
        let server = try OfferingServer()
        let request = try #require(joinRequest(with: server.code))
        let first = request.joinAnswer(server.take(request.octets).octets)
        let state = server.state
        #expect(request.joinAnswer(server.take(request.octets, at: later(0)).octets) == first)
        #expect(server.state == state)
        let other = try #require(joinRequest(with: server.code))
        #expect(server.take(other.octets) == .refuse(.used))
        #expect(server.state == state)
    }

    @Test func `once the answer has arrived the code is forgotten`() throws {
        let server = try OfferingServer()
        let request = try #require(joinRequest(with: server.code))
        _ = server.take(request.octets)
        let channel = try JoinedBoxFixture(request)
        #expect(channel.ask(.arrived, of: server) == .done)
        #expect(server.take(request.octets) == .refuse(.used))
    }

    @Test func `a code ends after a day, by the clock that counts`() throws {
        let server = try OfferingServer()
        let request = try #require(joinRequest(with: server.code, unixSeconds: noon.unixSeconds + 86_400))
        #expect(server.take(request.octets, at: later(86_400)) == .ignore)
        #expect(server.state.offer == nil)
        let stepped = try OfferingServer()
        let soon = try #require(joinRequest(with: stepped.code, unixSeconds: noon.unixSeconds + 900_000))
        // The wall clock was set, a minute has passed.
        let now = Moment(sinceBoot: noon.sinceBoot + .seconds(60), unixSeconds: noon.unixSeconds + 900_000)
        #expect(soon.joinAnswer(stepped.take(soon.octets, at: now).octets) != nil)
    }

    @Test func `an old code is told from an unknown one`() throws {
        let server = try OfferingServer()
        let old = try #require(joinRequest(with: server.code))
        #expect(server.offerAgain(replaces: false))
        #expect(server.take(old.octets) == .refuse(.replaced))
        var foreign = server.code
        foreign.secret = JoinCode.makeSecret()
        let guessed = try #require(joinRequest(with: foreign))
        #expect(server.take(guessed.octets) == .refuse(.unknown))
    }

    @Test func `five requests that open and are wrong void the code`() throws {
        let server = try OfferingServer()
        for count in 1...5 {
            let wrong = try #require(sealed([UInt8](repeating: 0, count: 72), with: server.code))
            #expect(wrong.joinAnswer(server.take(wrong.octets).octets) == .wrong)
            #expect((server.state.offer == nil) == (count == 5))
        }
        let right = try #require(joinRequest(with: server.code))
        #expect(server.take(right.octets) == .ignore)
    }

    @Test func `what does not open changes nothing, however often`() throws {
        let server = try OfferingServer()
        let state = server.state
        let right = try #require(joinRequest(with: server.code))
        for index in right.octets.indices {
            var altered = right.octets
            altered[index] ^= 1
            guard case .refuse = server.take(altered) else {
                Issue.record("octet \(index) is not covered")
                continue
            }
        }
        for count in 0..<right.octets.count {
            _ = server.take(Array(right.octets.prefix(count)))
        }
        #expect(server.state == state)
        #expect(right.joinAnswer(server.take(right.octets).octets) != nil)
    }

    @Test func `an altered reply opens nothing`() throws {
        let server = try OfferingServer()
        let request = try #require(joinRequest(with: server.code))
        let reply = server.take(request.octets).octets
        for index in reply.indices {
            var altered = reply
            altered[index] ^= 1
            #expect(request.joinAnswer(altered) == nil)
        }
        // Nor does the right reply to another request.
        let other = try #require(joinRequest(with: server.code))
        #expect(other.joinAnswer(reply) == nil)
    }

    @Test func `a code that names another machine's keys opens nothing`() throws {
        let server = try OfferingServer()
        var forged = server.code
        forged.keys.wireGuard = EnrollState().keys.wireGuard
        let request = try #require(joinRequest(with: forged))
        #expect(server.take(request.octets) == .refuse(.unknown))
        #expect(server.state.tunnels.joined == nil)
    }

    @Test(arguments: [-301, 301, Int64.max, Int64.min])
    func `a clock that is off is told so, and costs nothing`(offset: Int64) throws {
        let server = try OfferingServer()
        let state = server.state
        let request = try #require(
            joinRequest(with: server.code, unixSeconds: noon.unixSeconds &+ offset))
        #expect(
            request.joinAnswer(server.take(request.octets).octets)
                == .clock(unixSeconds: noon.unixSeconds))
        #expect(server.state == state)
    }

    @Test func `keys that are nobody's, equal, or the VPS's own are wrong`() throws {
        let server = try OfferingServer()
        let keys = server.code.keys
        let good = TunnelKey.makePrivateKey().publicKey
        let zero = try #require(PublicKey(bytes: [UInt8](repeating: 0, count: 32)))
        for pair in [
            (zero, good), (good, zero), (good, good), (keys.wireGuard, good), (good, keys.enrolment),
        ] {
            let ask = JoinAsk(
                keys: BoxKeys(wireGuard: pair.0, rathole: pair.1), unixSeconds: noon.unixSeconds)
            #expect(!ask.isUsable(with: keys))
        }
    }

    @Test func `a second box needs a code that replaces the first`() throws {
        let server = try OfferingServer()
        let first = try #require(joinRequest(with: server.code))
        _ = server.take(first.octets)
        let box = server.state.tunnels.joined
        #expect(!server.offerAgain(replaces: false))
        #expect(server.offerAgain(replaces: true))
        let second = try #require(joinRequest(with: server.code))
        guard case .welcome = second.joinAnswer(server.take(second.octets).octets) else {
            Issue.record("not welcome")
            return
        }
        #expect(server.state.tunnels.joined != box)
        // The first one has no channel any more.
        let old = try JoinedBoxFixture(first)
        #expect(old.ask(.prove, of: server) == nil)
    }

    @Test func `nobody is answered before a code is made`() {
        var state = EnrollState()
        #expect(state.take([1, 1], at: noon, bootID: bootID) == .ignore)
    }

    @Test func `the state holds no code's secret, and comes back from its file`() throws {
        let server = try OfferingServer()
        let secret = Base64URL.encode(server.code.secret.bytes)
        #expect(!String(decoding: JSONBytes.of(server.state), as: UTF8.self).contains(secret))
        let request = try #require(joinRequest(with: server.code))
        _ = server.take(request.octets)
        let text = JSONBytes.of(server.state)
        #expect(try JSONDecoder().decode(EnrollState.self, from: Data(text)) == server.state)
    }
}
