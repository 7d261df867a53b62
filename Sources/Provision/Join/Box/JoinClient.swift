package import GateModel
import WireGuardKernel

/// A join that was begun: kept until there is an answer, so that the same request can be sent again.
package struct PendingJoin: Codable, Equatable, Sendable {
    let wireGuardPrivateKey: TunnelKey
    let ratholePrivateKey: TunnelKey
    let request: SealedRequest

    /// Makes this machine's keys, and the request that offers them.
    ///
    /// - Throws: When the code names no key that can be used.
    package init(code: JoinCode, at now: Moment) throws(Fault) {
        wireGuardPrivateKey = .makePrivateKey()
        ratholePrivateKey = .makePrivateKey()
        let ask = JoinAsk(
            keys: BoxKeys(
                wireGuard: wireGuardPrivateKey.publicKey, rathole: ratholePrivateKey.publicKey),
            unixSeconds: now.unixSeconds)
        guard
            let request = SealedRequest(
                ask.octets, kind: .join, pair: code.pair,
                server: code.keys.enrolment, agreed: code.keys.agreed)
        else { throw JoinCodeProblem.unreadable.fault }
        self.request = request
    }

    /// Whether it was made from this code.
    package func belongs(to code: JoinCode) -> Bool {
        request.pair == code.pair
    }

    /// What this machine knows once it was welcome; nil when the answer is no welcome.
    func state(_ answer: JoinAnswer, code: JoinCode) -> BoxState? {
        guard case .welcome(let presharedKey, let token, _) = answer else { return nil }
        return state(code, presharedKey: presharedKey, ratholeToken: token)
    }

    private func state(_ code: JoinCode, presharedKey: TunnelKey, ratholeToken: Secret) -> BoxState? {
        guard let channel = request.channelKey else { return nil }
        return BoxState(
            place: ServerPlace(code), own: BoxAnswers(appPort: code.appPort.number),
            enrolmentKey: code.keys.enrolment, channel: channel, joinedBy: code.pair.name,
            tunnels: BoxTunnels(
                wireGuardPrivateKey: wireGuardPrivateKey, ratholePrivateKey: ratholePrivateKey,
                serverKeys: TunnelEnds(wireGuard: code.keys.wireGuard, rathole: code.keys.rathole),
                presharedKey: presharedKey, ratholeToken: StoredSecret(ratholeToken)))
    }

    /// What a join with `code` would give, with keys that nobody else will ever have: for a look at the files before
    /// the code is used up.
    ///
    /// - Throws: When the code names no key that can be used.
    package static func preview(of code: JoinCode, at now: Moment) throws(Fault) -> BoxState {
        let pending = try PendingJoin(code: code, at: now)
        guard
            let state = pending.state(
                code, presharedKey: .makeRandom(), ratholeToken: JoinAnswer.makeToken())
        else { throw JoinCodeProblem.unreadable.fault }
        return state
    }
}

extension JoinCode {
    /// The key that the VPS keeps in the code's place.
    var pair: PairKey { PairKey(codeSecret: secret, server: keys.enrolment) }
}

/// The aibox's side of a join and of everything it asks later.
package struct JoinClient: Sendable {
    private let transport: any EnrollTransport
    private let files: any BoxRecords
    private let time: any TimeSource

    package init(transport: any EnrollTransport, files: any BoxRecords, time: any TimeSource = SystemTime()) {
        self.transport = transport
        self.files = files
        self.time = time
    }

    /// Joins the VPS that made `code`.
    ///
    /// Interrupted at any point it can be called again with the same code: it sends the same request, and the VPS gives
    /// the same answer.
    ///
    /// - Returns: What both machines agreed on, durable.
    /// - Throws: Why not, and what to do; the VPS is as before unless it says otherwise.
    package func join(_ code: JoinCode) async throws(Fault) -> BoxState {
        var pending = try files.pendingJoin()
        let isRepeated = pending?.belongs(to: code) == true
        if !isRepeated { pending = nil }
        var answer = try await send(pending, code)
        // An old request that nobody took has an old time in it.
        if case .clock = answer.answer, isRepeated { answer = try await send(nil, code) }
        guard let state = answer.pending.state(answer.answer, code: code) else {
            throw EnrollFault.joinRefused(answer.answer, at: time.now())
        }
        try files.store(state)
        try files.removePendingJoin()
        // The VPS forgets the code a day later without this, too.
        _ = try? await ask(.arrived)
        return try files.state() ?? state
    }

    private func send(
        _ kept: PendingJoin?, _ code: JoinCode
    ) async throws(Fault) -> (pending: PendingJoin, answer: JoinAnswer) {
        let pending: PendingJoin
        if let kept {
            pending = kept
        } else {
            pending = try PendingJoin(code: code, at: time.now())
            try files.store(pending)
        }
        let plaintext = try await open(pending.request, .join)
        guard let answer = JoinAnswer(octets: plaintext) else { throw EnrollFault.unreadable }
        return (pending, answer)
    }

    /// Asks the VPS over the channel of the join.
    ///
    /// - Throws: When there is no answer, or this machine has not joined.
    package func ask(_ question: ChannelQuestion) async throws(Fault) -> ChannelAnswer {
        for _ in 0..<2 {
            guard var state = try files.state() else { throw Self.notJoined }
            guard let request = state.seal(question, at: time.now()) else { throw EnrollFault.unreadable }
            try files.store(state)
            guard let answer = ChannelAnswer(octets: try await open(request, .channel)) else {
                throw EnrollFault.unreadable
            }
            guard case .stale(let number) = answer else { return answer }
            state.catchUp(with: number)
            try files.store(state)
        }
        throw EnrollFault.unreadable
    }

    private func open(_ request: SealedRequest, _ kind: RequestKind) async throws(Fault) -> [UInt8] {
        guard let reply = EnrollReply(octets: try await transport.exchange(request.octets)) else {
            throw EnrollFault.unreadable
        }
        switch reply {
        case .refused(let reason): throw EnrollFault.refused(reason, kind)
        case .sealed(let sealed):
            guard let plaintext = request.open(sealed) else { throw EnrollFault.unreadable }
            return plaintext
        }
    }

    package static let notJoined = Fault(
        code: "not-joined", problem: "This machine has joined no VPS",
        remedy: "Run `sudo runegate provision aibox` and give it the join code.")
}

/// Where the aibox keeps what it knows; each call is durable when it returns.
package protocol BoxRecords: Sendable {
    func state() throws(Fault) -> BoxState?
    func store(_ state: BoxState) throws(Fault)
    func pendingJoin() throws(Fault) -> PendingJoin?
    func store(_ pending: PendingJoin) throws(Fault)
    func removePendingJoin() throws(Fault)
}
