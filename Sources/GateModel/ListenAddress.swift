/// Where a server waits for connections: an address and a port, or a Unix socket.
package enum ListenAddress: Hashable, Sendable, CustomStringConvertible {
    case ip(IPAddress, port: Int)
    case unix(path: String)

    /// Reads `127.0.0.1:7870`, `[::1]:7870`, `localhost:7870` or `unix:/run/x.sock`; port 0 takes a free one.
    package init(_ text: some StringProtocol) throws(Malformed) {
        let malformed = Malformed(expected: "an address and a port, such as 127.0.0.1:7870, or unix:/path")
        if text.hasPrefix("unix:") {
            let path = String(text.dropFirst(5))
            // sun_path holds 108 bytes with the final NUL (unix(7)).
            guard path.hasPrefix("/"), path.utf8.count <= 107, !path.utf8.contains(0) else { throw malformed }
            self = .unix(path: path)
            return
        }
        guard let colon = text.lastIndex(of: ":") else { throw malformed }
        let digits = text[text.index(after: colon)...]
        guard digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let port = Int(digits),
            (0...65535).contains(port)
        else { throw malformed }
        var host = text[..<colon]
        if host.first == "[", host.last == "]" {
            host = host.dropFirst().dropLast()
            guard host.contains(":") else { throw malformed }
        } else if host.contains(":") {
            throw malformed
        }
        if host == "localhost" {
            self = .ip(IPAddress(bytes: [127, 0, 0, 1]), port: port)
            return
        }
        guard let address = try? IPAddress(host) else { throw malformed }
        self = .ip(address, port: port)
    }

    /// Whether only this machine can reach it.
    package var isLoopback: Bool {
        switch self {
        case .ip(let address, _): address.isLoopback
        case .unix: true
        }
    }

    package var description: String {
        switch self {
        case .ip(let address, let port): "\(address.uriHost):\(port)"
        case .unix(let path): "unix:\(path)"
        }
    }
}
