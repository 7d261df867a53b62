/// The sockets of `/proc/net/tcp`, `tcp6`, `udp` and `udp6` that wait for somebody (proc(5)).
package struct SocketTable: Sendable, Hashable {
    package struct Entry: Sendable, Hashable {
        package let port: UInt16
        /// What the links in `/proc/PID/fd` name.
        package let inode: UInt64
    }

    package let entries: [Entry]

    /// Reads one table; of TCP only listeners (state 0A), of UDP everything without a peer (07).
    package init(_ text: String, isTCP: Bool) {
        let state = isTCP ? "0A" : "07"
        self.entries = text.split(separator: "\n").dropFirst().compactMap { line in
            let fields = line.split(separator: " ")
            guard fields.count > 9, fields[3] == state, let colon = fields[1].lastIndex(of: ":"),
                let port = UInt16(fields[1][fields[1].index(after: colon)...], radix: 16),
                let inode = UInt64(fields[9])
            else { return nil }
            return Entry(port: port, inode: inode)
        }
    }

    package func inodes(port: UInt16) -> [UInt64] { entries.filter { $0.port == port }.map(\.inode) }
}

/// A port that we want, and who has it.
package struct PortFinding: Sendable, Hashable {
    package let port: UInt16
    /// `TCP` or `UDP`.
    package let transport: String
    /// Names of the programs that hold it; empty when it is free.
    package let holders: [String]
    /// Programs that may hold it: those that we would have there.
    package let expected: Set<String>

    package init(port: UInt16, transport: String, holders: [String], expected: Set<String>) {
        self.port = port
        self.transport = transport
        self.holders = holders
        self.expected = expected
    }

    package var result: CheckResult {
        let strangers = holders.filter { !expected.contains($0) }
        guard let stranger = strangers.first else {
            return CheckResult(
                "\(transport) port \(port)", .pass,
                holders.isEmpty ? "free" : "held by \(holders.joined(separator: ", "))")
        }
        return CheckResult(
            "\(transport) port \(port)", .fail,
            "taken by \(stranger). Stop it (`systemctl disable --now \(stranger)`), or give another port where there is "
                + "a flag for it (--wireguard-port, --rathole-port).")
    }
}
