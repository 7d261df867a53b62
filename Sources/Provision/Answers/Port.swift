package import GateModel

/// A TCP or UDP port, 1 to 65535.
package struct Port: Hashable, Sendable, CustomStringConvertible {
    package let number: UInt16

    package init(_ text: some StringProtocol) throws(Malformed) {
        guard (1...5).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let number = UInt16(text), number > 0
        else { throw Malformed(expected: "a port, 1 to 65535") }
        self.number = number
    }

    /// A port that the program itself knows.
    package init(known number: UInt16) {
        precondition(number > 0, "port 0 means any port")
        self.number = number
    }

    package var description: String { String(number) }
}
