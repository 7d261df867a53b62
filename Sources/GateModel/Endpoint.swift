/// Where the app is reached: an `http` or `https` origin, such as `http://10.0.0.2:7860`.
package struct Endpoint: Hashable, Sendable, CustomStringConvertible {
    package enum Scheme: String, Sendable {
        case http, https

        package var defaultPort: Int { self == .http ? 80 : 443 }
    }

    package let scheme: Scheme
    /// A name or an address without brackets.
    package let host: String
    package let port: Int

    package init(scheme: Scheme, host: String, port: Int) {
        self.scheme = scheme
        self.host = host
        self.port = port
    }

    /// Reads `scheme://host[:port]`; a path, a query or a user is refused, since none of them would be used.
    package init(_ text: some StringProtocol) throws(Malformed) {
        let malformed = Malformed(
            expected: "http:// or https://, a host and a port, such as http://127.0.0.1:7860")
        guard let separator = text.firstRange(of: "://"),
            let scheme = Scheme(rawValue: text[..<separator.lowerBound].lowercased())
        else { throw malformed }
        var authority = text[separator.upperBound...]
        if authority.last == "/" { authority.removeLast() }
        guard let (host, port) = HostAndPort.split(authority) else { throw malformed }
        self.init(scheme: scheme, host: host, port: port ?? scheme.defaultPort)
    }

    /// The host as a URI writes it: IPv6 in brackets.
    package var uriHost: String { (try? IPAddress(host).uriHost) ?? host }

    package var description: String { "\(scheme.rawValue)://\(uriHost):\(port)" }
}

/// The `host[:port]` part of a URI (RFC 3986 §3.2), read strictly.
package enum HostAndPort {
    /// The host without brackets, lower-case, and the port if there is one; nil when the text is neither a
    /// name, an IPv4 address nor a bracketed IPv6 address.
    package static func split(_ text: some StringProtocol) -> (host: String, port: Int?)? {
        var rest = text[...]
        let host: String
        if rest.first == "[" {
            guard let close = rest.firstIndex(of: "]"),
                let address = try? IPAddress(rest[rest.index(after: rest.startIndex)..<close]),
                !address.isIPv4
            else { return nil }
            host = address.description
            rest = rest[rest.index(after: close)...]
        } else {
            let end = rest.firstIndex(of: ":") ?? rest.endIndex
            let name = rest[..<end]
            // A name that ends in a number must be an address, or resolvers disagree about it: `0x7f.1`
            // is 127.0.0.1 for some of them (WHATWG URL, "ends in a number").
            if endsInNumber(name) {
                guard let address = try? IPAddress(name) else { return nil }
                host = address.description
            } else {
                guard let domain = try? DomainName(name) else { return nil }
                host = domain.ascii
            }
            rest = rest[end...]
        }
        if rest.isEmpty { return (host, nil) }
        let digits = rest.dropFirst()
        guard rest.first == ":", (1...5).contains(digits.utf8.count),
            digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let port = Int(digits), (1...65535).contains(port)
        else { return nil }
        return (host, port)
    }

    private static func endsInNumber(_ name: some StringProtocol) -> Bool {
        let last =
            name.split(separator: ".", omittingEmptySubsequences: false).last.map { $0.lowercased() } ?? ""
        return last.utf8.allSatisfy { (0x30...0x39).contains($0) }
            || last.hasPrefix("0x") && last.dropFirst(2).allSatisfy(\.isHexDigit)
    }
}
