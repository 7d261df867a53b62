import GateModel

// The kinds of values that are Runegate's own: addresses, names, paths, secrets.

extension ValueKind<ListenAddress> {
    static let listen = ValueKind.text("an address and a port, such as 127.0.0.1:7870, or unix:/path") {
        try? ListenAddress($0)
    }
}

extension ValueKind<BaseURL> {
    static let origin = ValueKind.text("an origin without a path, such as https://app.example.com") {
        try? BaseURL($0)
    }
}

extension ValueKind<Endpoint> {
    static let endpoint = ValueKind.text(
        "http:// or https://, a host and a port, such as http://127.0.0.1:7860"
    ) {
        try? Endpoint($0)
    }
}

extension ValueKind<DomainName> {
    static let domain = ValueKind.text("a domain name, such as example.com") { text in
        // A leading dot is the old way to write it (RFC 6265 §5.2.3 ignores it).
        try? DomainName(text.hasPrefix(".") ? text.dropFirst() : text[...])
    }
}

extension ValueKind<[EmailAddress]> {
    static let addresses = ValueKind.list(of: "e-mail addresses", example: "ann@example.com,bob@example.org")
    {
        text in (try? EmailAddress(text)).map { [$0] }
    }
}

extension ValueKind<[DomainName]> {
    static let domains = ValueKind.list(of: "domain names", example: "example.com,example.org") { text in
        guard let domain = try? DomainName(text), domain.isQualified else { return nil }
        return [domain]
    }
}

extension ValueKind<[IPNetwork]> {
    /// What an address filter lets pass; `localhost` means both loopback blocks, as in systemd.
    static let networks = ValueKind.list(of: "addresses or blocks", example: "localhost,10.0.0.2/32") {
        text in
        text == "localhost" ? IPNetwork.loopback : (try? IPNetwork(text)).map { [$0] }
    }

    /// Those whose word about a client's address is taken: never everybody's.
    ///
    /// Unix peers always are believed, so the word for them adds nothing.
    static let proxies = ValueKind.list(of: "addresses or blocks (not /0)", example: "localhost,192.0.2.7") {
        (text: String) -> [IPNetwork]? in
        if text == "unix" { return [] }
        if text == "loopback" || text == "localhost" { return IPNetwork.loopback }
        guard let network = try? IPNetwork(text), network.prefixLength > 0 else { return nil }
        return [network]
    }
}

extension IPNetwork {
    /// 127.0.0.0/8 and ::1.
    static let loopback = [
        IPNetwork(base: IPAddress(bytes: [127, 0, 0, 0]), prefixLength: 8),
        IPNetwork(base: IPAddress(bytes: [UInt8](repeating: 0, count: 15) + [1]), prefixLength: 128),
    ]
}

extension ValueKind<String> {
    /// A file or directory.
    static func path(_ noun: String) -> ValueKind {
        .text("the path of \(noun)") { $0.utf8.contains(0) || $0.isEmpty ? nil : $0 }
    }

    static let socketPath = ValueKind.text(
        "a path of at most 107 bytes, such as /run/runegate-control/control.sock"
    ) {
        $0.isEmpty || $0.utf8.contains(0) || $0.utf8.count > 107 ? nil : $0
    }

    static let probePath = ValueKind.text("a path from the root, such as / or /health") { text in
        text.hasPrefix("/") && text.utf8.allSatisfy { (0x21..<0x7f).contains($0) && $0 != UInt8(ascii: "#") }
            ? text : nil
    }

    /// A cookie's name is a token (RFC 6265 §4.1.1); prefixes are ours to set.
    static let cookieName = ValueKind.text(
        "letters, digits, - and _, at most 64, without the prefixes __Host- and __Secure-, and not runegate_nonce"
    ) { text in
        let lowered = text.lowercased()
        guard (1...64).contains(text.utf8.count), text.utf8.allSatisfy(isNameByte),
            !lowered.hasPrefix("__host-"), !lowered.hasPrefix("__secure-"), lowered != "runegate_nonce"
        else { return nil }
        return text
    }

    static let brandName = ValueKind.text("1 to 60 characters in one line") { text in
        (1...60).contains(text.count)
            && !text.unicodeScalars.contains { $0.properties.generalCategory == .control }
            ? text : nil
    }

    static let color = ValueKind.text("a colour as #rrggbb, such as #4f46e5") { text in
        text.utf8.count == 7 && text.hasPrefix("#") && text.dropFirst().allSatisfy(\.isHexDigit)
            ? text.lowercased() : nil
    }

    static let image = ValueKind.text("the path of a .svg or .png file") { text in
        [".svg", ".png"].contains { text.lowercased().hasSuffix($0) } && !text.utf8.contains(0) ? text : nil
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}

extension ValueKind<String?> {
    /// A network interface (netdevice(7), `IFNAMSIZ`), or nothing for none.
    static let interface = ValueKind.text(
        "an interface name of at most 15 characters, or nothing for none", allowsEmpty: true
    ) { text in
        if text.isEmpty { return .some(nil) }
        guard text.utf8.count <= 15, text != ".", text != "..",
            text.utf8.allSatisfy({
                (0x21..<0x7f).contains($0) && $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: ":")
            })
        else { return nil }
        return text
    }
}
