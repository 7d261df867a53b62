internal import FoundationEssentials
internal import GateModel

/// A reading as a line of JSON, which is what the reader process tells its clients.
struct SampleLine: Codable, Equatable {
    /// Above every line of ours; what is longer is none.
    static let maximumBytes = 8 * 1024

    var interface: String?
    var exists: Bool?
    var up: Bool?
    var peers: Peers?
    var fault: Problem?

    struct Peers: Codable, Equatable {
        var count: Int
        var endpoint: Bool
        var handshake: Int64?
        var rx: UInt64
        var tx: UInt64
    }

    struct Problem: Codable, Equatable {
        var code: String
        var problem: String
        var remedy: String
    }

    init(_ reading: WireGuardReading) {
        switch reading {
        case .unknown(let fault): self.fault = Problem(fault)
        case .sample(let sample):
            interface = sample.interface
            exists = sample.exists
            up = sample.isUp
            peers = sample.peers.map(Peers.init)
            fault = sample.fault.map(Problem.init)
        }
    }

    /// The line with its end; nil never happens for readings of ours.
    var encoded: [UInt8]? {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        guard let data = try? encoder.encode(self) else { return nil }
        return Array(data) + [UInt8(ascii: "\n")]
    }

    /// Reads a line without its end; nil when it is none of ours.
    static func reading(of line: [UInt8]) -> WireGuardReading? {
        guard line.count <= maximumBytes, let decoded = try? JSONDecoder().decode(Self.self, from: Data(line))
        else { return nil }
        let fault = decoded.fault.map { Fault(code: $0.code, problem: $0.problem, remedy: $0.remedy) }
        guard let interface = decoded.interface else { return fault.map(WireGuardReading.unknown) }
        guard let exists = decoded.exists, let isUp = decoded.up else { return nil }
        // Seconds since 1970 that a clock can show; ages are reckoned from it.
        if let handshake = decoded.peers?.handshake, !(0...253_402_300_799).contains(handshake) { return nil }
        return .sample(
            WireGuardSample(
                interface: interface, exists: exists, isUp: isUp,
                peers: decoded.peers.map(WireGuardPeerSummary.init), fault: fault))
    }
}

extension SampleLine.Problem {
    init(_ fault: Fault) {
        self.init(code: fault.code, problem: fault.problem, remedy: fault.remedy)
    }
}

extension SampleLine.Peers {
    init(_ peers: WireGuardPeerSummary) {
        self.init(
            count: peers.count, endpoint: peers.hasEndpoint, handshake: peers.lastHandshake,
            rx: peers.receivedBytes, tx: peers.sentBytes)
    }
}

extension WireGuardPeerSummary {
    init(_ line: SampleLine.Peers) {
        self.init(
            count: line.count, hasEndpoint: line.endpoint, lastHandshake: line.handshake,
            receivedBytes: line.rx, sentBytes: line.tx)
    }
}
