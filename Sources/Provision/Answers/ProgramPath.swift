package import GateModel

/// The absolute path of a program or file, in the few characters that every format takes as they are.
///
/// A unit file, a shell and nginx each give a meaning to something else (`%`, `$`, blanks, quotes); whoever has
/// such a path can make a link without them.
package struct ProgramPath: Hashable, Sendable, CustomStringConvertible {
    package let text: String

    package init(_ text: some StringProtocol) throws(Malformed) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard text.hasPrefix("/"), text.utf8.count <= 255, parts.count > 1,
            parts.dropFirst().allSatisfy({ !$0.isEmpty && $0 != "." && $0 != ".." }),
            text.utf8.allSatisfy(Self.isPlain)
        else {
            throw Malformed(
                expected: "an absolute path of letters, digits and . _ + - /, such as /usr/local/bin/rathole")
        }
        self.text = String(text)
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "._+-/".utf8.contains(byte)
        }
    }

    package var description: String { text }
}
