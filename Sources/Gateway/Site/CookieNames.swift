import GateConfig

// Which cookies are ours, in every spelling that a browser or an app could give them.

/// The names of our cookies.
struct CookieNames: Sendable, Equatable {
    /// The name prefixes that browsers give a meaning (RFC 6265bis §4.1.3), lower-case.
    private static let prefixes = ["__host-", "__secure-", "__http-", "__host-http-"].map { Array($0.utf8) }

    /// The names as they are sent: with `__Host-` on https without a domain.
    let session: String
    let nonce: String
    let confirmation: String
    /// Of both doors: without a prefix, lower-case.
    private let bare: [[UInt8]]

    init(sessionName: String, hasHostPrefix: Bool) {
        let prefix = hasHostPrefix ? "__Host-" : ""
        self.session = prefix + sessionName
        self.nonce = prefix + "runegate_nonce"
        self.confirmation = prefix + "runegate_confirm"
        self.bare = [
            sessionName, "runegate_nonce", "runegate_confirm", CookieSettings.ownerSessionName,
        ].map { Array($0.lowercased().utf8) }
    }

    /// Whether a cookie of this name is ours: with or without a prefix, in any case.
    ///
    /// Browsers compare names exactly and prefixes in any case; an app that compares otherwise must not find
    /// one of ours either.
    func isOurs(_ name: UnsafeRawBufferPointer) -> Bool {
        for bare in bare where name.count >= bare.count {
            let prefixCount = name.count - bare.count
            guard Self.equal(name[prefixCount...], bare) else { continue }
            if prefixCount == 0 || Self.prefixes.contains(where: { Self.equal(name[..<prefixCount], $0) }) {
                return true
            }
        }
        return false
    }

    /// Equality of ASCII letters in any case; `lower` is lower-case already.
    private static func equal(_ bytes: Slice<UnsafeRawBufferPointer>, _ lower: [UInt8]) -> Bool {
        guard bytes.count == lower.count else { return false }
        for (byte, lower) in zip(bytes, lower) where ByteClass.lowercased(byte) != lower { return false }
        return true
    }
}
