internal import CMNL
internal import GateModel

/// Joins the messages of a `WG_CMD_GET_DEVICE` dump to one device.
///
/// A device that does not fit one message comes in several: the first tells the device and as many peers as fit;
/// if a peer's allowed IPs did not, the next message repeats the peer's public key and goes on with them
/// (linux/wireguard.h). The order of attributes is not relied on.
struct DeviceAssembler {
    private var device: WireGuardDevice?

    /// Takes the next message of the dump.
    mutating func take(_ message: NetlinkMessage) throws(NetlinkFailure) {
        guard let command = message.payload.integer(at: 0, as: UInt8.self),
            let body = message.payload.slice(from: FamilyReply.genericHeaderBytes)
        else { throw .garbled("a generic message without header") }
        guard UInt32(command) == WG_CMD_GET_DEVICE.rawValue else { throw .garbled("the command \(command)") }
        var part = DevicePart()
        var attributes = NetlinkAttributes(body)
        while let attribute = try attributes.next() { try part.take(attribute) }
        try merge(part)
    }

    /// The device, after the last message.
    func assembled() throws(NetlinkFailure) -> WireGuardDevice {
        guard let device else { throw .garbled("a device without name") }
        return device
    }

    private mutating func merge(_ part: DevicePart) throws(NetlinkFailure) {
        guard let name = part.name ?? device?.name else { throw .garbled("a device without name") }
        guard device == nil || device?.name == name else { throw .garbled("two devices") }
        var merged = device ?? WireGuardDevice(name: name)
        // Repeated while the first peer is unfinished, absent afterwards.
        merged.publicKey = part.publicKey ?? merged.publicKey
        merged.listenPort = part.listenPort ?? merged.listenPort
        merged.firewallMark = part.firewallMark ?? merged.firewallMark
        for peer in part.peers {
            if let last = merged.peers.indices.last, merged.peers[last].publicKey == peer.publicKey {
                merged.peers[last].allowedIPs += peer.allowedIPs
            } else {
                merged.peers.append(peer)
            }
        }
        device = merged
    }
}

/// What one message says about the device.
private struct DevicePart {
    var name: InterfaceName?
    var publicKey: PublicKey?
    var listenPort: UInt16?
    var firewallMark: UInt32?
    var peers: [WireGuardPeer] = []

    mutating func take(_ attribute: NetlinkAttribute) throws(NetlinkFailure) {
        switch attribute.type {
        case WGDEVICE_A_IFNAME.rawValue:
            guard let name = try? InterfaceName(try attribute.text()) else {
                throw .garbled("a device's name")
            }
            self.name = name
        case WGDEVICE_A_PUBLIC_KEY.rawValue: publicKey = try PeerReply.key(attribute)
        case WGDEVICE_A_LISTEN_PORT.rawValue: listenPort = try attribute.integer()
        case WGDEVICE_A_FWMARK.rawValue: firewallMark = try attribute.integer()
        case WGDEVICE_A_PEERS.rawValue:
            var elements = NetlinkAttributes(attribute.payload)
            while let element = try elements.next() { peers.append(try PeerReply.peer(element.payload)) }
        // The private key stays in the buffer, which is wiped. What later kernels add is not for us.
        default: break
        }
    }
}
