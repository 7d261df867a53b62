/// The sockets of `/proc/net/tcp`, `tcp6`, `udp` and `udp6` that wait for somebody (proc(5)).
package struct SocketTable: Sendable, Hashable {
    package struct Entry: Sendable, Hashable {
        package let port: UInt16
        /// What the links in `/proc/PID/fd` name.
        package let inode: UInt64
    }

    package let entries: [Entry]

    /// Reads one table; of TCP only listeners (state 0A), of UDP everything without a peer (07).
    package init(_ text: String, transport: WantedPort.Transport) {
        let state = transport == .tcp ? "0A" : "07"
        self.entries = text.split(separator: "\n").dropFirst().compactMap { line in
            let fields = line.split(separator: " ")
            guard fields.count > 9, fields[3] == state, let colon = fields[1].lastIndex(of: ":"),
                let port = UInt16(fields[1][fields[1].index(after: colon)...], radix: 16),
                let inode = UInt64(fields[9])
            else { return nil }
            return Entry(port: port, inode: inode)
        }
    }

    package func inodes(port: Port) -> [UInt64] { entries.filter { $0.port == port.number }.map(\.inode) }
}
