import NIOCore

// The octets of a `Cookie` header, read strictly: pairs end at `;`, only SP and HTAB are trimmed, quotes and
// `$Version` mean nothing (RFC 6265 §5.4; the tricks that live from reading more into it are many).

/// One piece of a `Cookie` header between two semicolons, valid as long as the header's bytes.
struct CookiePair {
    /// All of it, blanks included.
    let piece: UnsafeRawBufferPointer
    /// The bytes before the first `=`, or none when there is no `=`.
    let name: UnsafeRawBufferPointer
    let value: UnsafeRawBufferPointer

    init(_ piece: UnsafeRawBufferPointer) {
        self.piece = piece
        guard let equals = piece.offset(of: UInt8(ascii: "=")) else {
            self.name = UnsafeRawBufferPointer(rebasing: piece[..<0])
            self.value = piece.trimmingBlanks
            return
        }
        self.name = UnsafeRawBufferPointer(rebasing: piece[..<equals]).trimmingBlanks
        self.value = UnsafeRawBufferPointer(rebasing: piece[(equals + 1)...]).trimmingBlanks
    }
}

/// The pairs of one `Cookie` header in their order, valid as long as its bytes.
struct CookieField: Sequence, IteratorProtocol {
    /// Nil behind the last pair.
    private var rest: UnsafeRawBufferPointer?

    init(_ bytes: UnsafeRawBufferPointer) {
        self.rest = bytes
    }

    mutating func next() -> CookiePair? {
        guard let rest else { return nil }
        guard let end = rest.offset(of: UInt8(ascii: ";")) else {
            self.rest = nil
            return CookiePair(rest)
        }
        self.rest = UnsafeRawBufferPointer(rebasing: rest[(end + 1)...])
        return CookiePair(UnsafeRawBufferPointer(rebasing: rest[..<end]))
    }

    /// Writes the field line with every cookie but ours, each byte for byte; no line when nothing is left.
    static func write(
        _ bytes: UnsafeRawBufferPointer, without names: CookieNames, into buffer: inout ByteBuffer
    ) {
        var hasStarted = false
        var isChanged = false
        for pair in CookieField(bytes) {
            if names.isOurs(pair.name) {
                isChanged = true
                continue
            }
            var piece = pair.piece
            if isChanged, !hasStarted {
                // The blank behind a removed first pair's semicolon would otherwise lead the field.
                piece = piece.trimmingBlanks
                if piece.isEmpty { continue }
            }
            buffer.writeStaticString(hasStarted ? ";" : "Cookie: ")
            buffer.writeBytes(piece)
            hasStarted = true
        }
        if hasStarted { buffer.writeStaticString("\r\n") }
    }
}

/// Looks for the only cookie with one exact name.
///
/// There is none when two have the name: which of them the browser meant cannot be known, and one may have been
/// planted.
struct CookieSearch {
    private let name: String
    private var found: String?
    private var isAmbiguous = false

    init(for name: String) {
        self.name = name
    }

    /// Its value in the fields read so far.
    var value: String? { isAmbiguous ? nil : found }

    /// Looks through one `Cookie` field.
    mutating func read(_ bytes: UnsafeRawBufferPointer) {
        for pair in CookieField(bytes) where pair.name.equals(name) {
            isAmbiguous = found != nil
            guard !isAmbiguous else { return }
            found = String(decoding: pair.value, as: UTF8.self)
        }
    }
}
