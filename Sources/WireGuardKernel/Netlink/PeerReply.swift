internal import CMNL
internal import GateModel

/// The attributes of one peer in a `WG_CMD_GET_DEVICE` dump.
enum PeerReply {
    /// Reads one element of `WGDEVICE_A_PEERS`; a continuation has a public key and allowed IPs only.
    static func peer(_ bytes: WireBytes) throws(NetlinkFailure) -> WireGuardPeer {
        var publicKey: PublicKey?
        var allowedIPs: [IPNetwork] = []
        var fields = NetlinkAttributes(bytes)
        var rest: [NetlinkAttribute] = []
        while let attribute = try fields.next() {
            switch attribute.type {
            case WGPEER_A_PUBLIC_KEY.rawValue: publicKey = try key(attribute)
            case WGPEER_A_ALLOWEDIPS.rawValue: allowedIPs += try AllowedIPReply.list(attribute.payload)
            default: rest.append(attribute)
            }
        }
        guard let publicKey else { throw .garbled("a peer without public key") }
        var peer = WireGuardPeer(publicKey: publicKey, allowedIPs: allowedIPs)
        for attribute in rest { try take(attribute, into: &peer) }
        return peer
    }

    static func key(_ attribute: NetlinkAttribute) throws(NetlinkFailure) -> PublicKey {
        guard let key = PublicKey(bytes: attribute.payload.array) else {
            throw .garbled("a key of \(attribute.payload.count) bytes")
        }
        return key
    }

    private static func take(
        _ attribute: NetlinkAttribute, into peer: inout WireGuardPeer
    ) throws(NetlinkFailure) {
        switch attribute.type {
        case WGPEER_A_ENDPOINT.rawValue: peer.endpoint = try SocketAddressReply.endpoint(attribute.payload)
        case WGPEER_A_PERSISTENT_KEEPALIVE_INTERVAL.rawValue: peer.keepaliveSeconds = try attribute.integer()
        case WGPEER_A_LAST_HANDSHAKE_TIME.rawValue: peer.lastHandshake = try handshake(attribute.payload)
        case WGPEER_A_RX_BYTES.rawValue: peer.receivedBytes = try attribute.integer()
        case WGPEER_A_TX_BYTES.rawValue: peer.sentBytes = try attribute.integer()
        case WGPEER_A_PROTOCOL_VERSION.rawValue:
            peer.protocolVersion = try attribute.integer(UInt32.self)
        // The preshared key stays in the buffer, which is wiped.
        default: break
        }
    }

    /// A `struct __kernel_timespec`, with 64 bits for seconds and nanoseconds each.
    ///
    /// Old 32-bit kernels have 32 bits each. Zero means never.
    private static func handshake(_ bytes: WireBytes) throws(NetlinkFailure) -> UnixTime? {
        let (seconds, nanoseconds): (Int64?, Int64?) =
            switch bytes.count {
            case 16: (bytes.integer(at: 0), bytes.integer(at: 8))
            case 8:
                (
                    bytes.integer(at: 0, as: Int32.self).map(Int64.init),
                    bytes.integer(at: 4, as: Int32.self).map(Int64.init)
                )
            default: (nil, nil)
            }
        guard let seconds, let nanoseconds, let time = UnixTime(seconds: seconds, nanoseconds: nanoseconds)
        else { throw .garbled("the time of a handshake") }
        return time.seconds == 0 && time.nanoseconds == 0 ? nil : time
    }
}
