/// What `ufw status` prints: whether it is active, and what it lets in from everywhere (ufw(8)).
package struct UfwStatus: Sendable, Hashable {
    package let isActive: Bool
    private let openings: [Opening]

    private struct Opening: Sendable, Hashable {
        let ports: ClosedRange<UInt16>
        /// Nil: both.
        let transport: WantedPort.Transport?
    }

    /// Profiles of Debian's packages that let the web in, by the name that stands in a port's place.
    private static let profiles: [String: String] = [
        "Nginx Full": "80,443/tcp", "Nginx HTTP": "80/tcp", "Nginx HTTPS": "443/tcp",
        "WWW Full": "80,443/tcp",
        "WWW": "80/tcp", "WWW Secure": "443/tcp",
    ]

    package init(_ text: String) {
        self.isActive = text.contains("Status: active")
        self.openings = text.split(separator: "\n").flatMap(Self.openings)
    }

    package func allows(_ port: UInt16, _ transport: WantedPort.Transport) -> Bool {
        openings.contains {
            $0.ports.contains(port) && ($0.transport == nil || $0.transport == transport)
        }
    }

    /// Reads a line such as `80,443/tcp    ALLOW    Anywhere`: columns with two blanks or more between.
    private static func openings(_ line: Substring) -> [Opening] {
        let columns = line.split(separator: "  ").map { $0.drop { $0 == " " } }.filter { !$0.isEmpty }
        guard columns.count >= 3, columns[2].hasPrefix("Anywhere"),
            ["ALLOW", "LIMIT"].contains(where: { columns[1].hasPrefix($0) }), !columns[1].contains("OUT")
        else { return [] }
        let target = profiles[String(columns[0])] ?? String(columns[0])
        let parts = target.split(separator: "/")
        guard let list = parts.first, parts.count <= 2 else { return [] }
        let transport = parts.count == 2 ? WantedPort.Transport(rawValue: parts[1].uppercased()) : nil
        // Another protocol, or the interface or address behind it that the rule is for alone.
        guard parts.count == 1 || transport != nil else { return [] }
        return list.split(separator: ",").compactMap { range in
            let ends = range.split(separator: ":").map { UInt16($0) }
            guard let first = ends.first ?? nil, let last = ends.last ?? nil, first <= last else {
                return nil
            }
            return Opening(ports: first...last, transport: transport)
        }
    }
}
