/// A stretch of received bytes, read at checked offsets only.
///
/// This is the one place where received bytes are addressed: a length that lies gives nil here, never a read
/// beyond the end. A value points into somebody's buffer and must not leave the closure it was given to.
struct WireBytes {
    private let bytes: UnsafeRawBufferPointer

    init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    var count: Int { bytes.count }
    var isEmpty: Bool { bytes.isEmpty }

    /// `count` bytes from `offset`; nil when not all of them are here.
    func slice(from offset: Int, count: Int) -> WireBytes? {
        guard offset >= 0, count >= 0, offset <= bytes.count, count <= bytes.count - offset else {
            return nil
        }
        return WireBytes(UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + count]))
    }

    /// All bytes from `offset`; nil when it lies beyond the end.
    func slice(from offset: Int) -> WireBytes? {
        slice(from: offset, count: bytes.count - offset)
    }

    /// The integer at `offset` in the machine's byte order, aligned or not; nil when it does not fit.
    func integer<Value: FixedWidthInteger & BitwiseCopyable>(
        at offset: Int = 0, as type: Value.Type = Value.self
    ) -> Value? {
        slice(from: offset, count: MemoryLayout<Value>.size)?.bytes.loadUnaligned(as: Value.self)
    }

    /// Where `byte` is found first, counted from the beginning.
    func firstIndex(of byte: UInt8, from offset: Int = 0) -> Int? {
        guard offset >= 0, offset <= bytes.count else { return nil }
        return bytes[offset...].firstIndex(of: byte)
    }

    /// A copy of the bytes.
    var array: [UInt8] { Array(bytes) }

    /// The bytes as text; what is no UTF-8 becomes U+FFFD.
    var text: String { String(decoding: bytes, as: UTF8.self) }

    /// Whether the bytes are those of `text`.
    func equals(_ text: StaticString) -> Bool {
        text.withUTF8Buffer { bytes.elementsEqual($0) }
    }
}
