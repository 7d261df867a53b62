internal import CMNL
import Glibc

/// Follows one interface by the kernel's own events (rtnetlink(7)), without privilege; one thread's own.
final class LinkWatch {
    private static let bufferBytes = 32 * 1024

    private let events: NetlinkSocket
    private let buffer = ReceiveBuffer(byteCount: bufferBytes)
    private var sequence: UInt32 = 0
    private(set) var link: WatchedLink

    /// Readable when something happened to any interface.
    var descriptor: Int32 { events.descriptor }

    /// Subscribes first and looks then, so that nothing happens in between.
    init(_ name: InterfaceName) throws(NetlinkFailure) {
        link = WatchedLink(name: name)
        events = try NetlinkSocket(bus: NETLINK_ROUTE, groups: UInt32(RTMGRP_LINK))
        _ = try look()
    }

    /// Takes all events that wait.
    ///
    /// - Returns: Whether the interface changed.
    func takeEvents() throws(NetlinkFailure) -> Bool {
        let before = link
        do throws(NetlinkFailure) {
            while try takeDatagram() {}
        } catch .overrun {
            // Events were lost, so the state is looked up.
            _ = try look()
        }
        return link != before
    }

    /// False when none is left.
    private func takeDatagram() throws(NetlinkFailure) -> Bool {
        var changed = link
        let received: Void? = try events.receive(into: buffer) { datagram throws(NetlinkFailure) in
            var messages = NetlinkMessages(datagram)
            while let message = try messages.next() {
                if let change = try LinkMessage(message) { _ = changed.take(change) }
            }
        }
        link = changed
        return received != nil
    }

    /// Asks for the state, on a socket without events.
    private func look() throws(NetlinkFailure) -> Bool {
        let socket = try NetlinkSocket(bus: NETLINK_ROUTE)
        sequence &+= 1
        var changed = WatchedLink(name: link.name)
        do throws(NetlinkFailure) {
            _ = try socket.ask(
                .link(link.name, sequence: sequence), answerType: UInt16(RTM_NEWLINK), into: buffer
            ) { message throws(NetlinkFailure) in
                if let found = try LinkMessage(message) { _ = changed.take(found) }
            }
        } catch .refused(errno: ENODEV) {
            changed.forget()
        }
        defer { link = changed }
        return link != changed
    }
}
