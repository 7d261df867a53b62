internal import CMNL
internal import GateModel
import Glibc

/// The allowed IPs of a peer in a `WG_CMD_GET_DEVICE` dump.
enum AllowedIPReply {
    /// Reads `WGPEER_A_ALLOWEDIPS`, or the part of it that this message holds.
    static func list(_ bytes: WireBytes) throws(NetlinkFailure) -> [IPNetwork] {
        var networks: [IPNetwork] = []
        var elements = NetlinkAttributes(bytes)
        while let element = try elements.next() { networks.append(try network(element.payload)) }
        return networks
    }

    private static func network(_ bytes: WireBytes) throws(NetlinkFailure) -> IPNetwork {
        var family: UInt16?
        var address: [UInt8]?
        var length: UInt8?
        var attributes = NetlinkAttributes(bytes)
        while let attribute = try attributes.next() {
            switch attribute.type {
            case WGALLOWEDIP_A_FAMILY.rawValue: family = try attribute.integer()
            case WGALLOWEDIP_A_IPADDR.rawValue: address = attribute.payload.array
            case WGALLOWEDIP_A_CIDR_MASK.rawValue: length = try attribute.integer()
            default: break
            }
        }
        guard let family, let address, let length else { throw .garbled("an allowed IP that lacks a part") }
        let width = Int32(family) == AF_INET ? 4 : Int32(family) == AF_INET6 ? 16 : 0
        guard width == address.count, width > 0, Int(length) <= width * 8 else {
            throw .garbled("an allowed IP of family \(family)")
        }
        // An IPv4-mapped block becomes the IPv4 block that it covers; wider ones have no such form.
        let base = IPAddress(bytes: address)
        let narrowed = Int(length) - (address.count - base.bytes.count) * 8
        return IPNetwork(base: base, prefixLength: max(0, narrowed))
    }
}
