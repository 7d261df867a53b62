/// Cuts a stream of bytes into lines of a limited length.
struct LineSplitter {
    private let maximumBytes: Int
    private var pending: [UInt8] = []

    init(maximumBytes: Int) {
        self.maximumBytes = maximumBytes
    }

    /// Takes the next bytes.
    ///
    /// - Returns: The lines that are complete now, without their ends; nil when one is longer than allowed.
    mutating func take(_ bytes: ArraySlice<UInt8>) -> [[UInt8]]? {
        var lines: [[UInt8]] = []
        var rest = bytes
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            pending += rest[..<end]
            guard pending.count <= maximumBytes else { return nil }
            lines.append(pending)
            pending = []
            rest = rest[(end + 1)...]
        }
        pending += rest
        return pending.count <= maximumBytes ? lines : nil
    }
}
