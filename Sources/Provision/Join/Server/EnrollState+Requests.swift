package import GateModel
import WireGuardKernel

// What a request makes of the state: a pure decision. What does not open changes nothing.

extension EnrollState {
    /// Takes the octets of one request at `now`.
    package mutating func take(_ octets: [UInt8], at now: Moment, bootID: String) -> EnrollStep {
        expire(at: now, bootID: bootID)
        guard expectsSomebody else { return .ignore }
        let request: ReceivedRequest
        do {
            request = try ReceivedRequest(octets: octets)
        } catch {
            return .refuse(error == .otherVersion ? .otherVersion : .malformed)
        }
        switch request.header.kind {
        case .join: return join(request, at: now)
        case .channel: return converse(request, at: now, bootID: bootID)
        }
    }

    // MARK: Joining

    private mutating func join(_ request: ReceivedRequest, at now: Moment) -> EnrollStep {
        if let acceptance, acceptance.pair.name == request.header.name {
            return repeatWelcome(request, acceptance, at: now)
        }
        guard let offer, offer.pair.name == request.header.name else {
            return .refuse(retired.last { $0.name == request.header.name }?.reason ?? .unknown)
        }
        guard
            let opened = request.open(
                pair: offer.pair, enrolmentKey: enrolmentKey, agreed: keys.agreed)
        else { return .refuse(.unknown) }
        guard let ask = JoinAsk(octets: opened.plaintext), ask.isUsable(with: keys) else {
            countFailure()
            return tell(opened, .wrong)
        }
        guard JoinAnswer.agrees(ask.unixSeconds, with: now.unixSeconds) else {
            return tell(opened, .clock(unixSeconds: now.unixSeconds))
        }
        guard tunnels.joined == nil || offer.replaces else {
            countFailure()
            return tell(opened, .occupied)
        }
        admit(ask, offer, request, opened)
        return welcome(opened, at: now)
    }

    private mutating func admit(
        _ ask: JoinAsk, _ offer: Offer, _ request: ReceivedRequest, _ opened: OpenedRequest
    ) {
        // What a box before this one knew opens nothing any more.
        tunnels.ratholeToken = StoredSecret(JoinAnswer.makeToken())
        tunnels.joined = JoinedBox(
            wireGuardKey: ask.keys.wireGuard, ratholeKey: ask.keys.rathole, presharedKey: .makeRandom())
        acceptance = Acceptance(pair: offer.pair, request: request.digest, deadline: offer.deadline)
        channel = Channel(pair: opened.channelKey)
        rotation = nil
        lastRotation = nil
        voidOffer(.used)
        isSettled = false
    }

    /// The box that joined did not hear of it and sends the same again; anybody else comes too late.
    private func repeatWelcome(
        _ request: ReceivedRequest, _ acceptance: Acceptance, at now: Moment
    ) -> EnrollStep {
        guard request.digest == acceptance.request,
            let opened = request.open(
                pair: acceptance.pair, enrolmentKey: enrolmentKey, agreed: keys.agreed)
        else { return .refuse(.used) }
        return welcome(opened, at: now)
    }

    private func welcome(_ opened: OpenedRequest, at now: Moment) -> EnrollStep {
        guard let joined = tunnels.joined else { return tell(opened, .wrong) }
        return tell(
            opened,
            .welcome(
                presharedKey: joined.presharedKey, ratholeToken: tunnels.ratholeToken.secret,
                unixSeconds: now.unixSeconds))
    }

    private func tell(_ opened: OpenedRequest, _ answer: JoinAnswer) -> EnrollStep {
        .answer(opened.sealer, answer.octets, ifUnsettled: JoinAnswer.failed.octets)
    }

    // MARK: The channel of a joined box

    private mutating func converse(
        _ request: ReceivedRequest, at now: Moment, bootID: String
    ) -> EnrollStep {
        guard var channel, channel.pair.name == request.header.name,
            let opened = request.open(pair: channel.pair, enrolmentKey: enrolmentKey)
        else { return .refuse(.unknown) }
        guard let ask = ChannelAsk(octets: opened.plaintext) else { return answer(opened, .wrong) }
        guard ask.number > channel.number else { return answer(opened, .stale(channel.number)) }
        channel.number = ask.number
        self.channel = channel
        switch ask.question {
        case .arrived:
            acceptance = nil
            return answer(opened, .done)
        case .prove: return .prove(opened.sealer)
        case .prepare(let name, let tunnel, let key):
            let deadline = Deadline(after: Self.rotationLife, from: now, bootID: bootID)
            return answer(opened, prepare(name, tunnel, boxKey: key, until: deadline))
        case .use(let name): return answer(opened, use(name))
        case .keep(let name): return answer(opened, keep(name))
        case .undo(let name): return answer(opened, undo(name))
        }
    }

    private func answer(_ opened: OpenedRequest, _ answer: ChannelAnswer) -> EnrollStep {
        .answer(opened.sealer, answer.octets, ifUnsettled: ChannelAnswer.failed.octets)
    }
}

extension JoinAnswer {
    /// Whether two clocks are close enough.
    static func agrees(_ seconds: Int64, with other: Int64) -> Bool {
        let (difference, overflows) = seconds.subtractingReportingOverflow(other)
        return !overflows && difference.magnitude <= UInt64(clockTolerance)
    }
}

extension ServerKeys {
    /// What a join's request is bound to, so that a code with another machine's keys in it opens nothing.
    var agreed: [UInt8] { all.flatMap(\.bytes) }
}
