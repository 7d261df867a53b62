// Which cookies are ours, in every spelling that a browser or an app could give them.

/// The names of our cookies.
struct CookieNames: Sendable, Equatable {
    /// The name prefixes that browsers give a meaning (RFC 6265bis §4.1.3), lower-case.
    private static let prefixes = ["__host-", "__secure-", "__http-", "__host-http-"].map { Array($0.utf8) }

    /// The names as they are sent: with `__Host-` on https without a domain.
    let session: String
    let nonce: String
    let confirmation: String
    /// Without a prefix, lower-case.
    private let bare: [[UInt8]]

    init(sessionName: String, hasHostPrefix: Bool) {
        let prefix = hasHostPrefix ? "__Host-" : ""
        self.session = prefix + sessionName
        self.nonce = prefix + "runegate_nonce"
        self.confirmation = prefix + "runegate_confirm"
        self.bare = [sessionName, "runegate_nonce", "runegate_confirm"].map { Array($0.lowercased().utf8) }
    }

    /// Whether a cookie of this name is ours: with or without a prefix, in any case.
    ///
    /// Browsers compare names exactly and prefixes in any case; an app that compares otherwise must not find
    /// one of ours either.
    func isOurs(_ name: some Collection<UInt8>) -> Bool {
        bare.contains { bare in
            guard name.count >= bare.count, Self.equal(name.suffix(bare.count), bare) else { return false }
            let rest = name.dropLast(bare.count)
            return rest.isEmpty || Self.prefixes.contains { Self.equal(rest, $0) }
        }
    }

    /// Equality of ASCII letters in any case; `lower` is lower-case already.
    private static func equal(_ bytes: some Collection<UInt8>, _ lower: [UInt8]) -> Bool {
        bytes.count == lower.count
            && zip(bytes, lower).allSatisfy { byte, lower in
                byte == lower || ((0x41...0x5a).contains(byte) && byte | 0x20 == lower)
            }
    }
}
