import Glibc

// Finds the end of a head in bytes that arrive in pieces, looking at each byte once.

struct HeadScanner {
    enum Finding: Equatable {
        case incomplete
        /// A head of this many bytes, its empty line included.
        case complete(length: Int)
        /// A line that ends with LF alone (RFC 9112 §2.2 lets us refuse it; some servers read it otherwise).
        case bareLineFeed
    }

    /// Bytes that hold no end of a head.
    private(set) var scanned = 0
    /// Whether the start line is complete.
    private(set) var hasStartLine = false

    /// Looks at what came since the last call; `bytes` is everything received of this head so far.
    mutating func scan(_ bytes: UnsafeRawBufferPointer) -> Finding {
        guard let base = bytes.baseAddress else { return .incomplete }
        while scanned < bytes.count {
            guard let found = memchr(base + scanned, 0x0a, bytes.count - scanned) else {
                scanned = bytes.count
                return .incomplete
            }
            let index = UnsafeRawPointer(found) - base
            guard index > 0, bytes[index - 1] == 0x0d else { return .bareLineFeed }
            scanned = index + 1
            if index >= 3, bytes[index - 2] == 0x0a { return .complete(length: scanned) }
            hasStartLine = true
        }
        return .incomplete
    }
}
