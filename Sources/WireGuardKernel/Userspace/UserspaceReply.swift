internal import GateModel
import Glibc

/// The answer of a userspace WireGuard to `get=1`: lines `key=value` up to an empty one
/// (wireguard.com/xplatform, "Configuration Protocol").
struct UserspaceReply {
    /// Handshake times below this are no dates (September 2001) but seconds that have passed since the handshake:
    /// boringtun tells it so.
    private static let earliestDate: Int64 = 1_000_000_000

    private let now: UnixTime
    private var device: WireGuardDevice
    private var peer: WireGuardPeer?
    private var handshake: (seconds: Int64, nanoseconds: Int64) = (0, 0)
    private var errorNumber: Int32?

    /// Reads a whole answer.
    ///
    /// - Parameters:
    ///   - name: The interface that was asked about.
    ///   - bytes: All that was received.
    ///   - now: The wall clock when it arrived.
    /// - Returns: The interface, without secret keys.
    /// - Throws: `garbled` for what is no whole answer, `system` for an error that the program tells.
    static func device(
        _ name: InterfaceName, from bytes: WireBytes, now: UnixTime
    ) throws(WireGuardProblem) -> WireGuardDevice {
        var reply = UserspaceReply(name, now: now)
        var offset = 0
        while let end = bytes.firstIndex(of: UInt8(ascii: "\n"), from: offset),
            let line = bytes.slice(from: offset, count: end - offset)
        {
            if line.isEmpty { return try reply.finished() }
            try reply.take(line)
            offset = end + 1
        }
        throw .garbled(name, part: "it ends in the middle")
    }

    /// Whether the answer is complete: it ends with an empty line.
    static func isComplete(_ bytes: WireBytes) -> Bool {
        bytes.slice(from: bytes.count - 2)?.equals("\n\n") ?? bytes.equals("\n")
    }

    private init(_ name: InterfaceName, now: UnixTime) {
        self.now = now
        self.device = WireGuardDevice(name: name)
    }

    private mutating func take(_ line: WireBytes) throws(WireGuardProblem) {
        guard let separator = line.firstIndex(of: UInt8(ascii: "=")),
            let key = line.slice(from: 0, count: separator), let value = line.slice(from: separator + 1)
        else { throw garbled("a line without =") }
        // Their values are never looked at; the buffer that holds them is wiped.
        if key.equals("private_key") || key.equals("preshared_key") { return }
        guard value.count <= Self.longestValue else { throw garbled("a value of \(value.count) bytes") }
        try take(key: key.text, value: value.text)
    }

    /// Above an IPv6 address with a zone and a port, and above a key.
    private static let longestValue = 128

    private mutating func take(key: String, value: String) throws(WireGuardProblem) {
        switch key {
        case "public_key":
            try finishPeer()
            guard let publicKey = PublicKey(hexadecimal: value) else { throw garbled(key) }
            peer = WireGuardPeer(publicKey: publicKey)
        case "own_public_key": device.publicKey = PublicKey(hexadecimal: value)
        case "listen_port": device.listenPort = try number(value, of: key)
        case "fwmark": device.firewallMark = try number(value, of: key)
        case "errno": errorNumber = try number(value, of: key)
        default: try takeOfPeer(key: key, value: value)
        }
    }

    private mutating func takeOfPeer(key: String, value: String) throws(WireGuardProblem) {
        guard var peer else { return }
        switch key {
        case "endpoint":
            guard let endpoint = PeerEndpoint(value) else { throw garbled(key) }
            peer.endpoint = endpoint
        case "allowed_ip":
            guard let network = try? IPNetwork(value) else { throw garbled(key) }
            peer.allowedIPs.append(network)
        case "last_handshake_time_sec": handshake.seconds = try number(value, of: key)
        case "last_handshake_time_nsec": handshake.nanoseconds = try number(value, of: key)
        case "rx_bytes": peer.receivedBytes = try number(value, of: key)
        case "tx_bytes": peer.sentBytes = try number(value, of: key)
        case "persistent_keepalive_interval": peer.keepaliveSeconds = try number(value, of: key)
        case "protocol_version": peer.protocolVersion = try number(value, of: key) as UInt32
        // What later versions add is not for us.
        default: return
        }
        self.peer = peer
    }

    private mutating func finished() throws(WireGuardProblem) -> WireGuardDevice {
        try finishPeer()
        guard let errorNumber else { throw garbled("it has no result") }
        guard errorNumber == 0 else {
            throw .system(
                device.name, operation: "get",
                errno: errorNumber.magnitude <= 4095 ? abs(errorNumber) : EINVAL)
        }
        return device
    }

    /// Completes the peer that the lines so far were about.
    private mutating func finishPeer() throws(WireGuardProblem) {
        guard var finished = peer else { return }
        if handshake != (0, 0) {
            guard let told = UnixTime(seconds: handshake.seconds, nanoseconds: handshake.nanoseconds) else {
                throw garbled("the time of a handshake")
            }
            finished.lastHandshake = told.seconds < Self.earliestDate ? now.before(told) : told
        }
        device.peers.append(finished)
        peer = nil
        handshake = (0, 0)
    }

    private func number<Value: FixedWidthInteger>(
        _ text: String, of key: String
    ) throws(WireGuardProblem) -> Value {
        guard let value = Value(text) else { throw garbled(key) }
        return value
    }

    private func garbled(_ part: String) -> WireGuardProblem { .garbled(device.name, part: part) }
}
