/// base64 with padding (RFC 4648 §4), as WireGuard and Rathole write keys.
package enum Base64 {
    package static func encode(_ bytes: some Collection<UInt8>) -> String {
        let unpadded = Base64URL.encode(bytes).utf8.map { byte -> UInt8 in
            switch byte {
            case UInt8(ascii: "-"): UInt8(ascii: "+")
            case UInt8(ascii: "_"): UInt8(ascii: "/")
            default: byte
            }
        }
        let padding = [UInt8](repeating: UInt8(ascii: "="), count: (4 - unpadded.count % 4) % 4)
        return String(decoding: unpadded + padding, as: UTF8.self)
    }

    /// The bytes, or nil for anything but the one spelling that ``encode(_:)`` gives them.
    package static func decode(_ text: some StringProtocol) -> [UInt8]? {
        guard !text.utf8.contains(where: { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") }) else {
            return nil
        }
        let translated = text.utf8.map { byte -> UInt8 in
            switch byte {
            case UInt8(ascii: "+"): UInt8(ascii: "-")
            case UInt8(ascii: "/"): UInt8(ascii: "_")
            default: byte
            }
        }
        let unpadded = translated.prefix { $0 != UInt8(ascii: "=") }
        guard let bytes = Base64URL.decode(String(decoding: unpadded, as: UTF8.self)),
            encode(bytes) == String(text)
        else { return nil }
        return bytes
    }
}
