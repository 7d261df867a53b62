/// A place in a text; line and column count from 1, columns in Unicode scalars.
struct TextPosition: Hashable, Sendable {
    var line = 1
    var column = 1

    /// Steps over `scalar`.
    mutating func advance(over scalar: Unicode.Scalar) {
        if scalar == "\n" {
            line += 1
            column = 1
        } else {
            column += 1
        }
    }
}
