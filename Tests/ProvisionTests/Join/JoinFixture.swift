import Cryptography
import GateModel
import WireGuardKernel

@testable import Provision

// A VPS's state, a box that knows its code, and a clock that both look at.

let bootID = "boot"
let noon = Moment(sinceBoot: .seconds(1000), unixSeconds: 1_790_000_000)

func later(_ seconds: Int64) -> Moment {
    Moment(sinceBoot: noon.sinceBoot + .seconds(seconds), unixSeconds: noon.unixSeconds + seconds)
}

/// A VPS that has offered a code.
final class OfferingServer {
    var state = EnrollState()
    var code: JoinCode

    init(replaces: Bool = false) throws {
        code = JoinCode(
            domain: try DomainName("app.example.com"), endpoint: try PublicHost("203.0.113.9"),
            keys: state.keys)
        _ = state.offerCode(secret: code.secret, replaces: replaces, at: noon, bootID: bootID)
    }

    /// Another code, and the state that has it.
    func offerAgain(replaces: Bool) -> Bool {
        code.secret = JoinCode.makeSecret()
        code.keys = state.keys
        return state.offerCode(secret: code.secret, replaces: replaces, at: noon, bootID: bootID)
    }

    func take(_ octets: [UInt8], at now: Moment = noon) -> EnrollStep {
        state.take(octets, at: now, bootID: bootID)
    }
}

extension EnrollStep {
    /// What is sent when the tunnels could be changed; a proof finds the app well.
    var octets: [UInt8] {
        switch self {
        case .ignore: []
        case .refuse(let reason): reason.octets
        case .answer(let sealer, let plaintext, _): sealer.seal(plaintext)
        case .prove(let sealer):
            sealer.seal(
                ChannelAnswer.proof(wireGuard: .answered(status: 200), rathole: .answered(status: 200)).octets
            )
        }
    }
}

/// Seals anything with a code, as somebody can who has it.
func sealed(_ plaintext: [UInt8], with code: JoinCode) -> SealedRequest? {
    SealedRequest(
        plaintext, kind: .join, pair: PairKey(codeSecret: code.secret, server: code.keys.enrolment),
        server: code.keys.enrolment, agreed: code.keys.agreed)
}

/// What a box with new keys sends.
func joinRequest(with code: JoinCode, unixSeconds: Int64 = noon.unixSeconds) -> SealedRequest? {
    let keys = BoxKeys(
        wireGuard: TunnelKey.makePrivateKey().publicKey, rathole: TunnelKey.makePrivateKey().publicKey)
    return sealed(JoinAsk(keys: keys, unixSeconds: unixSeconds).octets, with: code)
}

extension SealedRequest {
    func joinAnswer(_ octets: [UInt8]) -> JoinAnswer? {
        guard case .sealed(let reply) = EnrollReply(octets: octets) else { return nil }
        return open(reply).flatMap(JoinAnswer.init(octets:))
    }

    func channelAnswer(_ octets: [UInt8]) -> ChannelAnswer? {
        guard case .sealed(let reply) = EnrollReply(octets: octets) else { return nil }
        return open(reply).flatMap(ChannelAnswer.init(octets:))
    }
}

/// A box that has joined, and asks over its channel.
final class JoinedBoxFixture {
    let pair: PairKey
    let server: PublicKey
    var number: UInt64 = 0

    struct NoKey: Error {}

    init(_ request: SealedRequest) throws {
        guard let pair = request.channelKey else { throw NoKey() }
        self.pair = pair
        self.server = request.server
    }

    func ask(
        _ question: ChannelQuestion, of server: OfferingServer, at now: Moment = noon
    ) -> ChannelAnswer? {
        number += 1
        let request = SealedRequest(
            ChannelAsk(number: number, question: question).octets, kind: .channel, pair: pair,
            server: self.server)
        return request.flatMap { $0.channelAnswer(server.take($0.octets, at: now).octets) }
    }
}
