/// Received bytes as a test writes them: a line for each struct or attribute, its name first, then its bytes in
/// hexadecimal, in the order of the wire on a little-endian machine.
///
/// `#` begins a comment.
struct HexFixture {
    let bytes: [UInt8]

    init(_ text: String) {
        bytes = text.split(separator: "\n").flatMap { line -> [UInt8] in
            let code = line.prefix { $0 != "#" }
            let digits = code.split(separator: " ").dropFirst().joined().compactMap(\.hexDigitValue)
            return stride(from: 0, to: digits.count - 1, by: 2).map {
                UInt8(digits[$0] << 4 | digits[$0 + 1])
            }
        }
    }
}
