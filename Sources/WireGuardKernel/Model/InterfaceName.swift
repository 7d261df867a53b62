package import GateModel

/// The name of a network interface, such as `wg0`.
package struct InterfaceName: Hashable, Sendable, CustomStringConvertible {
    package let text: String

    /// Takes what the kernel takes (`dev_valid_name`): 1 to 15 bytes (`IFNAMSIZ` with its NUL), no `/`, no `:`,
    /// no white space, neither `.` nor `..`.
    package init(_ text: String) throws(Malformed) {
        guard (1...15).contains(text.utf8.count), text != ".", text != "..",
            text.utf8.allSatisfy({
                $0 > 0x20 && $0 != 0x7f && $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: ":")
            })
        else { throw Malformed(expected: "the name of a network interface, such as wg0") }
        self.text = text
    }

    package var description: String { text }
}
