import Foundation
import GateModel
import Testing
import WireGuardKernel

@testable import Provision

// New keys on both sides, with everything that can stop half-way: after any one failure both end with the same keys.

/// Two machines, what their files say, what their tunnels really run with, and a network between them that can be told
/// to fail once.
private final class World {
    /// What goes wrong, at the event with this number.
    enum Failure: CaseIterable {
        case requestLost, replyLost, boxStops, serverStopsBeforeItsTunnelsChange, boxTunnelsStay
    }

    var server: EnrollState
    var serverRuns: ServerTunnels
    var box: BoxState
    var boxRuns: BoxTunnels
    var now = noon
    var proof = PathProof.answered(status: 200)
    var event = 0
    var failsAt: (Int, Failure)?
    /// Set once the program on the box has stopped.
    var hasStopped = false

    init() throws {
        let offering = try OfferingServer()
        let wireGuard = TunnelKey.makePrivateKey()
        let rathole = TunnelKey.makePrivateKey()
        let ask = JoinAsk(
            keys: BoxKeys(wireGuard: wireGuard.publicKey, rathole: rathole.publicKey),
            unixSeconds: noon.unixSeconds)
        guard let request = sealed(ask.octets, with: offering.code),
            case .welcome(let presharedKey, let token, _) =
                request.joinAnswer(offering.take(request.octets).octets),
            let channel = request.channelKey
        else { throw NotJoined() }
        server = offering.state
        serverRuns = server.tunnels
        let tunnels = BoxTunnels(
            wireGuardPrivateKey: wireGuard, ratholePrivateKey: rathole,
            serverKeys: TunnelEnds(
                wireGuard: offering.code.keys.wireGuard, rathole: offering.code.keys.rathole),
            presharedKey: presharedKey, ratholeToken: StoredSecret(token))
        box = BoxState(
            place: ServerPlace(offering.code), own: BoxAnswers(appPort: 7860),
            enrolmentKey: offering.code.keys.enrolment, channel: channel, joinedBy: offering.code.pair.name,
            tunnels: tunnels)
        boxRuns = tunnels
    }

    struct NotJoined: Error {}

    /// Whether a failure is due now.
    private func fails(_ failure: Failure) -> Bool {
        guard let failsAt, failsAt.0 == event, failsAt.1 == failure else { return false }
        self.failsAt = nil
        return true
    }

    /// One question to the VPS and back; nil when there is no answer.
    func ask(_ question: ChannelQuestion) -> ChannelAnswer? {
        event += 1
        now = Moment(sinceBoot: now.sinceBoot + .seconds(1), unixSeconds: now.unixSeconds + 1)
        guard let request = box.seal(question, at: now), !fails(.requestLost) else { return nil }
        let step = server.take(request.octets, at: now, bootID: bootID)
        if !server.isSettled {
            if fails(.serverStopsBeforeItsTunnelsChange) { return nil }
            serverRuns = server.wantedTunnels
            server.isSettled = true
        }
        if fails(.replyLost) { return nil }
        if case .prove(let sealer) = step {
            let octets = ChannelAnswer.proof(
                wireGuard: agrees ? proof : .silent, rathole: agrees ? proof : .silent
            ).octets
            return request.channelAnswer(sealer.seal(octets))
        }
        return request.channelAnswer(step.octets)
    }

    /// Makes the box's tunnels as wanted; false when they could not be.
    func settle() -> Bool {
        event += 1
        if fails(.boxTunnelsStay) { return false }
        boxRuns = box.wantedTunnels
        return true
    }

    /// Goes on until the rotation is over or the program stops; how it ended.
    func go(on first: RotationProgress) -> Bool? {
        var progress = first
        var unanswered = 0
        while true {
            guard settle() else {
                progress = box.giveUpRotation()
                continue
            }
            guard case .ask(let question) = progress else {
                guard case .over(let isKept) = progress else { return nil }
                return isKept
            }
            event += 1
            if fails(.boxStops) {
                hasStopped = true
                return nil
            }
            if let answer = ask(question) {
                progress = box.take(answer)
            } else {
                unanswered += 1
                if unanswered > 20 { return nil }
                progress = unanswered % 2 == 0 ? box.giveUpRotation() : progress
            }
        }
    }

    func rotate(_ tunnel: RotatedTunnel) -> Bool? {
        box.beginRotation(tunnel).flatMap { go(on: .ask($0)) }
    }

    /// What the timer does as long as a rotation is not over.
    func tend() {
        for _ in 0..<5 where box.rotation != nil { _ = go(on: box.giveUpRotation()) }
    }

    /// Whether both really run with keys that fit.
    var agrees: Bool {
        serverRuns.joined?.keys == boxRuns.keys
            && serverRuns.joined?.presharedKey == boxRuns.presharedKey
            && serverRuns.ratholeToken == boxRuns.ratholeToken
            && serverRuns.wireGuardPrivateKey.publicKey == boxRuns.serverKeys.wireGuard
            && serverRuns.ratholePrivateKey.publicKey == boxRuns.serverKeys.rathole
    }
}

struct RotationTests {
    @Test(arguments: RotatedTunnel.allCases)
    func `both sides get new keys for one tunnel, and the other stays`(tunnel: RotatedTunnel) throws {
        let world = try World()
        let before = world.box
        #expect(world.rotate(tunnel) == true)
        #expect(world.agrees)
        #expect(world.server.rotation == nil && world.box.rotation == nil)
        let after = world.box
        let changesWireGuard = tunnel == .wireGuard
        #expect((after.tunnels.keys.wireGuard != before.tunnels.keys.wireGuard) == changesWireGuard)
        #expect(
            (after.tunnels.serverKeys.wireGuard != before.tunnels.serverKeys.wireGuard) == changesWireGuard)
        #expect((after.tunnels.presharedKey != before.tunnels.presharedKey) == changesWireGuard)
        #expect((after.tunnels.keys.rathole != before.tunnels.keys.rathole) == !changesWireGuard)
        #expect((after.tunnels.serverKeys.rathole != before.tunnels.serverKeys.rathole) == !changesWireGuard)
        #expect((after.tunnels.ratholeToken != before.tunnels.ratholeToken) == !changesWireGuard)
        #expect(world.server.fingerprint == after.fingerprint)
        #expect(after.fingerprint != before.fingerprint)
    }

    @Test(arguments: [PathProof.silent, .ended, .absent])
    func `keys that do not prove themselves are rolled back on both sides`(proof: PathProof) throws {
        let world = try World()
        world.proof = proof
        let before = world.box.tunnels
        #expect(world.rotate(.wireGuard) == false)
        #expect(world.agrees)
        #expect(world.boxRuns == before)
        #expect(world.server.rotation == nil)
    }

    @Test(arguments: RotatedTunnel.allCases)
    func `after any failure at any step both sides end with the same keys`(tunnel: RotatedTunnel) throws {
        let undisturbed = try World()
        #expect(undisturbed.rotate(tunnel) == true)
        for event in 1...undisturbed.event {
            for failure in World.Failure.allCases {
                for waits in [false, true] {
                    let world = try World()
                    world.failsAt = (event, failure)
                    _ = world.rotate(tunnel)
                    let label: Comment = "\(failure) at event \(event), \(waits ? "later" : "at once")"
                    // The VPS may have gone back by itself in the meantime, which it does when it is next awake.
                    if waits {
                        world.now = Moment(
                            sinceBoot: world.now.sinceBoot + .seconds(1000),
                            unixSeconds: world.now.unixSeconds + 1000)
                    }
                    world.tend()
                    _ = world.ask(.arrived)
                    #expect(world.box.rotation == nil, label)
                    #expect(world.server.rotation == nil, label)
                    #expect(world.server.isSettled, label)
                    #expect(world.boxRuns == world.box.tunnels, label)
                    #expect(world.serverRuns == world.server.tunnels, label)
                    #expect(world.agrees, label)
                }
            }
        }
    }

    @Test func `a recorded question is worth nothing`() throws {
        let world = try World()
        let sealed = world.box.seal(.prove, at: noon)
        let request = try #require(sealed)
        _ = world.server.take(request.octets, at: noon, bootID: bootID)
        let state = world.server
        let again = world.server.take(request.octets, at: noon, bootID: bootID)
        guard case .stale = request.channelAnswer(again.octets) else {
            Issue.record("answered twice")
            return
        }
        #expect(world.server == state)
    }

    @Test func `a box that was put back from a copy can still ask`() throws {
        let world = try World()
        let copy = world.box
        #expect(world.ask(.arrived) == .done)
        world.box = copy
        #expect(world.ask(.arrived) == .done)
    }

    @Test func `only one rotation at a time`() throws {
        let world = try World()
        let first = world.box.beginRotation(.wireGuard)
        let second = world.box.beginRotation(.rathole)
        #expect(first != nil && second == nil)
    }

    @Test func `the state comes back from its file in every phase`() throws {
        let world = try World()
        let first = world.box.beginRotation(.rathole)
        var question = try #require(first)
        while true {
            let text = JSONBytes.of(world.box)
            #expect(try JSONDecoder().decode(BoxState.self, from: Data(text)) == world.box)
            _ = world.settle()
            let answer = try #require(world.ask(question))
            guard case .ask(let next) = world.box.take(answer) else { break }
            question = next
        }
    }
}
