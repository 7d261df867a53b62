package import GateModel
package import WireGuardKernel

/// What the aibox keeps of its join, for rotations and for its timer; a file of root's, 0600.
package struct BoxState: Codable, Equatable, Sendable {
    /// Where the VPS is, as the join code said.
    package let place: ServerPlace
    /// What this machine's owner said about it.
    package var own: BoxAnswers
    /// What they are sealed for.
    package let enrolmentKey: PublicKey
    let channel: PairKey
    /// The one-way name of the join code's key, by which the code is known again.
    let joinedBy: [UInt8]
    /// The greatest number of a question so far.
    var number: UInt64 = 0
    /// What both tunnels run with once nothing is under way.
    package internal(set) var tunnels: BoxTunnels
    package internal(set) var rotation: BoxRotation?

    /// What the tunnels shall run with now.
    package var wantedTunnels: BoxTunnels { rotation?.wanted ?? tunnels }

    /// Whether this machine joined with that very code.
    package func wasJoined(by code: JoinCode) -> Bool { joinedBy == code.pair.name }

    /// What the plan of this machine is made from.
    ///
    /// - Throws: When the file was changed by somebody else.
    package func answers() throws(Malformed) -> AiboxAnswers {
        var answers = try place.answers()
        answers.askedPort = answers.appPort
        answers.appPort = try Port("\(own.appPort)")
        answers.mtu = try MTU("\(own.mtu)")
        if let program = own.ratholeProgram { answers.ratholeProgram = try ProgramPath(program) }
        return answers
    }

    /// The words to compare on both machines.
    package var fingerprint: Fingerprint {
        Fingerprint(
            server: ServerKeys(
                wireGuard: tunnels.serverKeys.wireGuard, rathole: tunnels.serverKeys.rathole,
                enrolment: enrolmentKey),
            box: tunnels.keys)
    }

    /// The next question, sealed; the state must be durable before it is sent.
    ///
    /// - Parameters:
    ///   - question: What is asked.
    ///   - now: Its milliseconds count, too: a state file that was put back from a copy still asks with new numbers.
    /// - Returns: Nil when the VPS's key is none.
    package mutating func seal(_ question: ChannelQuestion, at now: Moment) -> SealedRequest? {
        number = max(number + 1, UInt64(clamping: now.unixSeconds) * 1000)
        return SealedRequest(
            ChannelAsk(number: number, question: question).octets, kind: .channel, pair: channel,
            server: enrolmentKey)
    }

    /// Learns from a question that was refused as old.
    mutating func catchUp(with number: UInt64) { self.number = max(self.number, number) }
}

/// What only the aibox's owner can say.
package struct BoxAnswers: Codable, Hashable, Sendable {
    package var appPort: UInt16
    package var mtu: Int
    /// Absolute; nil: there is none, and no fallback path.
    package var ratholeProgram: String?

    package init(
        appPort: UInt16, mtu: Int = MTU.standard.bytes, ratholeProgram: String? = nil
    ) {
        self.appPort = appPort
        self.mtu = mtu
        self.ratholeProgram = ratholeProgram
    }
}

/// Where a VPS is, and what both machines agreed on about the tunnels: a join code without keys and secret.
package struct ServerPlace: Codable, Hashable, Sendable {
    package let domain: String
    package let endpoint: String
    package let wireGuardPort: UInt16
    package let ratholePort: UInt16
    package let tunnelNetwork: String
    package let appPort: UInt16

    package init(_ code: JoinCode) {
        domain = code.domain.ascii
        endpoint = code.endpoint.text
        wireGuardPort = code.ports.wireGuard.number
        ratholePort = code.ports.rathole.number
        tunnelNetwork = code.tunnel.description
        appPort = code.appPort.number
    }

    /// The VPS at its end of the tunnel; nil when the record is damaged.
    var vpsInTunnel: IPAddress? { (try? TunnelNetwork(tunnelNetwork))?.vps }

    /// What the plan of the aibox is made from, as far as the VPS knows it.
    ///
    /// - Throws: When the file was changed by somebody else.
    package func answers() throws(Malformed) -> AiboxAnswers {
        var answers = AiboxAnswers(domain: try DomainName(domain), endpoint: try PublicHost(endpoint))
        answers.ports = TunnelPorts(
            wireGuard: try Port("\(wireGuardPort)"), rathole: try Port("\(ratholePort)"))
        answers.tunnel = try TunnelNetwork(tunnelNetwork)
        answers.appPort = try Port("\(appPort)")
        return answers
    }
}

/// What the aibox's ends of both tunnels run with.
package struct BoxTunnels: Codable, Hashable, Sendable {
    package var wireGuardPrivateKey: TunnelKey
    package var ratholePrivateKey: TunnelKey
    /// The public keys of the other ends.
    package var serverKeys: TunnelEnds
    package var presharedKey: TunnelKey
    package var ratholeToken: StoredSecret

    /// This machine's public keys.
    package var keys: BoxKeys {
        BoxKeys(wireGuard: wireGuardPrivateKey.publicKey, rathole: ratholePrivateKey.publicKey)
    }

    /// As the plan wants it.
    package var secrets: AiboxSecrets {
        AiboxSecrets(
            wireGuardPrivateKey: wireGuardPrivateKey, ratholePrivateKey: ratholePrivateKey,
            vps: JoinedVPS(
                wireGuardKey: serverKeys.wireGuard, ratholeKey: serverKeys.rathole,
                presharedKey: presharedKey, ratholeToken: ratholeToken.secret))
    }
}
