internal import CMNL
import Glibc

/// What one rtnetlink message says about an interface (`RTM_NEWLINK`, `RTM_DELLINK`; rtnetlink(7)).
struct LinkMessage: Equatable {
    /// Whether the interface is there from now on, or gone.
    var exists: Bool
    var index: Int32
    /// Whether somebody switched it on (`IFF_UP`).
    ///
    /// A healthy WireGuard interface never says more: its operational state stays unknown.
    var isUp: Bool
    /// Nil when the message does not say it.
    var name: String?

    /// `struct ifinfomsg` before the attributes: family, padding, type, index, flags, change.
    private static let headerBytes = 16

    /// Nil for messages about something else.
    init?(_ message: NetlinkMessage) throws(NetlinkFailure) {
        switch Int(message.type) {
        case Int(RTM_NEWLINK): exists = true
        case Int(RTM_DELLINK): exists = false
        default: return nil
        }
        guard let family = message.payload.integer(at: 0, as: UInt8.self),
            let index = message.payload.integer(at: 4, as: Int32.self),
            let flags = message.payload.integer(at: 8, as: UInt32.self),
            let body = message.payload.slice(from: Self.headerBytes)
        else { throw .garbled("a link message of \(message.payload.count) bytes") }
        // A bridge tells of its ports under its own family; leaving the bridge would look like being deleted.
        guard Int32(family) == AF_UNSPEC else { return nil }
        self.index = index
        self.isUp = flags & UInt32(IFF_UP) != 0
        var attributes = NetlinkAttributes(body)
        while let attribute = try attributes.next() {
            if attribute.type == UInt32(IFLA_IFNAME) { name = try attribute.text() }
        }
    }

    init(exists: Bool, index: Int32, isUp: Bool, name: String?) {
        self.exists = exists
        self.index = index
        self.isUp = isUp
        self.name = name
    }
}
