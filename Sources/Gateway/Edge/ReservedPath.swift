// Tells our own addresses from the app's. A path that only some decoding turns into one of ours is neither:
// one server would serve it without a session, another would hand out what is ours.

/// Whose a path is.
enum TargetClass: Equatable {
    /// Under `/.runegate/`, in the one plain spelling.
    case ours
    case app
    /// It could be read as ours in some decoding.
    case disguised
}

enum ReservedPath {
    private static let prefix: StaticString = "/.runegate"
    /// More layers of percent-encoding than this are nothing that a browser or an app makes.
    private static let maximumDecodings = 8

    /// Whose the raw path before the `?` is.
    static func classify(_ path: Slice<UnsafeRawBufferPointer>) -> TargetClass {
        let path = UnsafeRawBufferPointer(rebasing: path)
        if startsExactly(path), path.count == 10 || path[10] == UInt8(ascii: "/") {
            return isPlain(path) ? .ours : .disguised
        }
        guard mayHideOurs(path) else { return .app }
        var current = Array(path)
        for _ in 0..<maximumDecodings {
            if namesOurs(current) { return .disguised }
            guard let decoded = PercentCoding.decodeOnce(current) else { return .app }
            current = decoded
        }
        return .disguised
    }

    private static func startsExactly(_ path: UnsafeRawBufferPointer) -> Bool {
        path.count >= 10
            && path.prefix(10).elementsEqual(UnsafeBufferPointer(start: prefix.utf8Start, count: 10))
    }

    /// The spelling that nobody reads in two ways: unreserved characters, single slashes, no dot segments.
    private static func isPlain(_ path: UnsafeRawBufferPointer) -> Bool {
        guard path.allSatisfy({ ByteClass.isAlphanumeric($0) || "-._~/".utf8.contains($0) }) else {
            return false
        }
        let segments = path.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        return segments.enumerated().allSatisfy { index, segment in
            let isLast = index == segments.count - 1
            return !(segment.isEmpty && !isLast) && !segment.elementsEqual(".".utf8)
                && !segment.elementsEqual("..".utf8)
        }
    }

    /// A quick look that almost every path of an app passes: no `%`, and `ru` nowhere.
    private static func mayHideOurs(_ path: UnsafeRawBufferPointer) -> Bool {
        var previous: UInt8 = 0
        for byte in path {
            if byte == UInt8(ascii: "%") { return true }
            if byte | 0x20 == UInt8(ascii: "u"), previous | 0x20 == UInt8(ascii: "r") { return true }
            previous = byte
        }
        return false
    }

    /// Whether a segment reads `.runegate` where a server might look for it: first, or behind a `..` that
    /// could take away what stands before it.
    private static func namesOurs(_ path: [UInt8]) -> Bool {
        var isFirst = true
        var hasParent = false
        for raw in path.split(whereSeparator: { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "\\") }) {
            let segment = essence(of: raw)
            if segment.elementsEqual("..".utf8) { hasParent = true }
            if isFirst || hasParent, isOurs(segment) { return true }
            if !segment.isEmpty && !segment.elementsEqual(".".utf8) { isFirst = false }
        }
        return false
    }

    /// A segment without what some server cuts off: parameters, what follows NUL, `?` or `#`, and blanks.
    private static func essence(of segment: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let end = segment.firstIndex { byte in
            byte < 0x20 || byte == 0x7f || byte == UInt8(ascii: ";") || byte == UInt8(ascii: "?")
                || byte == UInt8(ascii: "#")
        }
        var rest = segment[..<(end ?? segment.endIndex)]
        while rest.first == UInt8(ascii: " ") { rest.removeFirst() }
        while rest.last == UInt8(ascii: " ") { rest.removeLast() }
        return rest
    }

    /// `.runegate` in any case, with trailing dots as some file systems ignore them.
    private static func isOurs(_ segment: ArraySlice<UInt8>) -> Bool {
        var rest = segment
        while rest.count > 9, rest.last == UInt8(ascii: ".") { rest.removeLast() }
        return rest.lazy.map(ByteClass.lowercased).elementsEqual(".runegate".utf8)
    }
}

/// Percent-encoding as lenient servers undo it.
enum PercentCoding {
    /// One layer undone; nil when nothing is encoded.
    ///
    /// Besides `%2e` it undoes `%u002e` (IIS) and the overlong and full-width forms of `.`, `/` and `\`, which
    /// old decoders take for those characters.
    static func decodeOnce(_ text: [UInt8]) -> [UInt8]? {
        guard text.contains(UInt8(ascii: "%")) else { return nil }
        var decoded: [UInt8] = []
        decoded.reserveCapacity(text.count)
        var index = 0
        while index < text.count {
            if text[index] == UInt8(ascii: "%") {
                if let byte = hexByte(text, at: index + 1) {
                    decoded.append(byte)
                    index += 3
                    continue
                }
                if index + 1 < text.count, text[index + 1] | 0x20 == UInt8(ascii: "u"),
                    let high = hexByte(text, at: index + 2), let low = hexByte(text, at: index + 4)
                {
                    decoded += high == 0 ? [low] : high == 0xff ? [low &+ 0x20] : [0x3f]
                    index += 6
                    continue
                }
            }
            decoded.append(text[index])
            index += 1
        }
        return decoded == text ? nil : folded(decoded)
    }

    private static func hexByte(_ text: [UInt8], at index: Int) -> UInt8? {
        guard index + 1 < text.count, let high = hexDigit(text[index]), let low = hexDigit(text[index + 1])
        else {
            return nil
        }
        return high << 4 | low
    }

    private static func hexDigit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x37
        case 0x61...0x66: byte - 0x57
        default: nil
        }
    }

    /// Overlong UTF-8 (two, three bytes) and full-width ASCII (U+FF01–U+FF5E) as the plain character.
    private static func folded(_ bytes: [UInt8]) -> [UInt8] {
        guard bytes.contains(where: { $0 >= 0xc0 }) else { return bytes }
        var folded: [UInt8] = []
        var index = 0
        while index < bytes.count {
            let rest = bytes[index...].prefix(3) + [0, 0, 0]
            let (one, two, three) = (rest[index], rest[index + 1], rest[index + 2])
            if one & 0xfe == 0xc0, two & 0xc0 == 0x80 {
                folded.append(one << 6 | two & 0x3f)
                index += 2
            } else if one == 0xe0, two & 0xfe == 0x80, three & 0xc0 == 0x80 {
                folded.append(two << 6 | three & 0x3f)
                index += 3
            } else if one == 0xef, two & 0xfe == 0xbc, three & 0xc0 == 0x80 {
                folded.append((two & 1) << 6 &+ (three & 0x3f) &+ 0x20)
                index += 3
            } else {
                folded.append(one)
                index += 1
            }
        }
        return folded
    }
}
