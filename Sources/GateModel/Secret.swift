/// Bytes that must never be printed: keys, passwords, tokens.
///
/// It describes itself as `(hidden)` everywhere, reflection included; the bytes are reached only by
/// ``bytes`` and ``text``, so that each use can be found.
package struct Secret: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    /// The secret itself.
    ///
    /// Never log it, never put it into an error.
    package let bytes: [UInt8]

    package init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// The secret as a user wrote it, in UTF-8.
    package init(text: some StringProtocol) {
        self.bytes = Array(text.utf8)
    }

    package var description: String { "(hidden)" }
    package var debugDescription: String { "(hidden)" }
    package var customMirror: Mirror { Mirror(self, children: []) }

    /// The secret as text, for protocols that want it so (SMTP passwords).
    package var text: String { String(decoding: bytes, as: UTF8.self) }
}
