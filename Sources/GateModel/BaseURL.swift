/// The public origin of the gateway: the only source of links and of the allowed `Host`.
package struct BaseURL: Hashable, Sendable, CustomStringConvertible {
    package let scheme: Endpoint.Scheme
    /// A name or an address without brackets.
    package let host: String
    package let port: Int

    /// Reads an origin such as `https://app.example.com`; a path other than `/` is refused.
    package init(_ text: some StringProtocol) throws(Malformed) {
        guard let endpoint = try? Endpoint(text) else {
            throw Malformed(expected: "an origin without a path, such as https://app.example.com")
        }
        self.scheme = endpoint.scheme
        self.host = endpoint.host
        self.port = endpoint.port
    }

    /// `host` or `host:port`; the default port of the scheme is left out (RFC 9110 §4.2.3).
    package var authority: String {
        let uriHost = (try? IPAddress(host).uriHost) ?? host
        return port == scheme.defaultPort ? uriHost : "\(uriHost):\(port)"
    }

    /// The serialised origin (RFC 6454 §6.2), as browsers send it in `Origin`.
    package var origin: String { "\(scheme.rawValue)://\(authority)" }

    package var isHTTPS: Bool { scheme == .https }

    /// Whether it names this machine itself: `localhost`, a name below it (RFC 6761 §6.3) or a loopback
    /// address.
    package var isLoopback: Bool {
        host.hasSuffix(".localhost") || isLoopbackItself
    }

    private var isLoopbackItself: Bool {
        host == "localhost" || (try? IPAddress(host).isLoopback) == true
    }

    /// Every spelling of `Host` that means this origin, lower-case.
    ///
    /// On a loopback base URL `localhost`, `127.0.0.1` and `[::1]` are equal, names below `localhost` are not;
    /// the default port may be written out.
    package var acceptedAuthorities: Set<String> {
        let hosts =
            isLoopbackItself ? ["localhost", "127.0.0.1", "[::1]"] : [(try? IPAddress(host).uriHost) ?? host]
        var all = Set(hosts.map { "\($0):\(port)" })
        if port == scheme.defaultPort { all.formUnion(hosts) }
        return all
    }

    /// Whether some spelling of `Host` without its port means both, so that they share cookies (RFC 6265 §8.5).
    package func sharesHost(with other: BaseURL) -> Bool {
        host == other.host || (isLoopbackItself && other.isLoopbackItself)
    }

    package var description: String { origin }
}
