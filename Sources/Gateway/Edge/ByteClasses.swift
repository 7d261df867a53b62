import Glibc

// Which bytes may stand where in an HTTP/1.1 head (RFC 9110 §5, RFC 9112 §2–3).

/// Tables of 256 answers, one per byte.
struct ByteClass: Sendable {
    private let words: (UInt64, UInt64, UInt64, UInt64)

    init(_ contains: (UInt8) -> Bool) {
        var words: [UInt64] = [0, 0, 0, 0]
        for byte in UInt8.min...UInt8.max where contains(byte) {
            words[Int(byte >> 6)] |= 1 << UInt64(byte & 63)
        }
        self.words = (words[0], words[1], words[2], words[3])
    }

    @inline(__always)
    func contains(_ byte: UInt8) -> Bool {
        let word =
            switch byte >> 6 {
            case 0: words.0
            case 1: words.1
            case 2: words.2
            default: words.3
            }
        return (word >> UInt64(byte & 63)) & 1 == 1
    }

    /// `tchar`: methods, field names, upgrade tokens (RFC 9110 §5.6.2).
    static let token = ByteClass { byte in
        isAlphanumeric(byte) || "!#$%&'*+-.^_`|~".utf8.contains(byte)
    }

    /// Any byte but controls; `obs-text` (0x80 and above) passes unread (RFC 9110 §5.5).
    static let fieldValue = ByteClass { $0 >= 0x20 && $0 != 0x7f || $0 == UInt8(ascii: "\t") }

    /// Whether the eight bytes of a word are of ``fieldValue`` and none of them is a tab, which is rare.
    ///
    /// A byte below `limit` (at most 0x80) is one that the subtraction of `limit` gives a high bit that it did
    /// not have. A borrow spoils only bytes above one that was below already.
    @inline(__always)
    static func areFieldValue(_ word: UInt64) -> Bool {
        let eachByte: UInt64 = 0x0101_0101_0101_0101
        let controls = (word &- eachByte &* 0x20) & ~word
        let deleteToZero = word ^ (eachByte &* 0x7f)
        let deletes = (deleteToZero &- eachByte) & ~deleteToZero
        return (controls | deletes) & (eachByte &* 0x80) == 0
    }

    /// Visible ASCII without `#` (RFC 9112 §3.2): browsers percent-encode the rest, and what servers make of
    /// raw bytes differs.
    static let target = ByteClass { $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: "#") }

    static func isAlphanumeric(_ byte: UInt8) -> Bool {
        isDigit(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
    }

    @inline(__always)
    static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }

    @inline(__always)
    static func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }

    /// An ASCII capital as its small letter; every other byte as it is.
    @inline(__always)
    static func lowercased(_ byte: UInt8) -> UInt8 { byte &- 0x41 < 26 ? byte | 0x20 : byte }
}

extension UnsafeRawBufferPointer {
    /// Equality with lower-case ASCII text, in any case of letters.
    @inline(__always)
    func equalsIgnoringCase(_ lower: StaticString) -> Bool {
        guard count == lower.utf8CodeUnitCount else { return false }
        return startsIgnoringCase(lower)
    }

    /// Whether the bytes begin with lower-case ASCII text, in any case of letters.
    @inline(__always)
    func startsIgnoringCase(_ lower: StaticString) -> Bool {
        guard count >= lower.utf8CodeUnitCount else { return false }
        for index in 0..<lower.utf8CodeUnitCount
        where ByteClass.lowercased(self[index]) != lower.utf8Start[index] {
            return false
        }
        return true
    }

    /// Equality with the bytes of a text.
    @inline(__always)
    func equals(_ text: String) -> Bool {
        guard count == text.utf8.count else { return false }
        return zip(self, text.utf8).allSatisfy { $0 == $1 }
    }

    /// Where the byte stands first, counted from the start.
    @inline(__always)
    func offset(of byte: UInt8) -> Int? {
        guard let baseAddress, let found = memchr(baseAddress, Int32(byte), count) else { return nil }
        return UnsafeRawPointer(found) - baseAddress
    }

    /// The bytes without SP and HTAB at their ends.
    @inline(__always)
    var trimmingBlanks: UnsafeRawBufferPointer {
        var low = startIndex
        var high = endIndex
        while low < high, ByteClass.isBlank(self[low]) { low += 1 }
        while low < high, ByteClass.isBlank(self[high - 1]) { high -= 1 }
        return UnsafeRawBufferPointer(rebasing: self[low..<high])
    }
}
