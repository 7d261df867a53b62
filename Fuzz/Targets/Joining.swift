import GateModel

@testable import Provision

// What strangers can send to a root unit, and what people paste.

private let enrolled = EnrolledMachine()

/// A VPS with a code pending.
private struct EnrolledMachine {
    let state: EnrollState
    let code: JoinCode
    let now = Moment(sinceBoot: .seconds(1000), unixSeconds: 1_790_000_000)

    init() {
        var state = EnrollState()
        guard let domain = try? DomainName("app.example.com") else { fatalError("a domain is refused") }
        code = JoinCode(domain: domain, endpoint: PublicHost(domain), keys: state.keys)
        _ = state.offerCode(secret: code.secret, replaces: false, at: now, bootID: "boot")
        self.state = state
    }
}

func fuzzJoinCode(_ bytes: UnsafeRawBufferPointer) {
    if let code = try? JoinCode(String(decoding: bytes, as: UTF8.self)) {
        precondition((try? JoinCode(code.text)) == code, "a code does not come back from its text")
    }
    if let code = JoinCode(octets: Array(bytes)) {
        precondition(code.octets == Array(bytes), "two spellings of one code")
        precondition((try? JoinCode(code.text)) == code, "a code does not come back from its text")
    }
}

func fuzzEnrollRequest(_ bytes: UnsafeRawBufferPointer) {
    var state = enrolled.state
    switch state.take(Array(bytes), at: enrolled.now, bootID: "boot") {
    case .refuse: precondition(state == enrolled.state, "a refused request changed something")
    case .ignore, .answer, .prove: fatalError("a guess was opened")
    }
    _ = JoinAsk(octets: Array(bytes)).map { precondition($0.octets == Array(bytes), "two spellings") }
    _ = ChannelAsk(octets: Array(bytes)).map { precondition($0.octets == Array(bytes), "two spellings") }
}

func fuzzEnrollReply(_ bytes: UnsafeRawBufferPointer) {
    _ = EnrollReply(octets: Array(bytes))
    _ = JoinAnswer(octets: Array(bytes)).map { precondition($0.octets == Array(bytes), "two spellings") }
    _ = ChannelAnswer(octets: Array(bytes)).map { precondition($0.octets == Array(bytes), "two spellings") }
    _ = EnrollHTTPAnswer(Array(bytes))
    _ = ConnectionTable.holdsConnection(
        String(decoding: bytes, as: UTF8.self), to: [IPAddress(bytes: [192, 0, 2, 1])], port: 2333)
}
