import Cryptography

/// Base32 characters in blocks of sixteen, the last of each a check of the others, so that a mistake is found where it
/// is.
///
/// The check is a weighted sum over GF(2⁵): a wrong character and two swapped ones are always found, anything else but
/// one time in 32; the code's own checksum finds the rest.
enum CheckedSymbols {
    static let blockLength = 16

    /// Adds a check to each block of at most fifteen characters.
    static func addChecks(to text: String) -> String {
        var output: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let block = rest.prefix(blockLength - 1)
            rest = rest.dropFirst(block.count)
            output += block
            output.append(check(block))
        }
        return String(decoding: output, as: UTF8.self)
    }

    /// Takes the checks out again.
    ///
    /// - Returns: The characters, or the first block that is wrong.
    static func removeChecks(from text: String) -> Result<String, WrongBlock> {
        var output: [UInt8] = []
        var rest = Array(text.utf8)[...]
        var index = 0
        while !rest.isEmpty {
            let block = rest.prefix(blockLength)
            rest = rest.dropFirst(block.count)
            guard let last = block.last, block.count > 1, check(block.dropLast()) == last else {
                return .failure(WrongBlock(index: index, text: String(decoding: block, as: UTF8.self)))
            }
            output += block.dropLast()
            index += 1
        }
        return .success(String(decoding: output, as: UTF8.self))
    }

    /// Where a mistake is.
    struct WrongBlock: Error, Equatable {
        /// Counted from 0.
        var index: Int
        var text: String
    }

    /// Σ αⁱ·sᵢ with i from 1 and α a generator of GF(2⁵).
    private static func check(_ block: ArraySlice<UInt8>) -> UInt8 {
        var sum: UInt8 = 0
        // Horner's rule from the back: each step multiplies what is behind by α.
        for character in block.reversed() {
            sum = timesAlpha(sum ^ (Base32.value(of: character) ?? 0))
        }
        return Base32.character(for: sum)
    }

    /// Multiplies by α modulo x⁵ + x² + 1, which is primitive.
    private static func timesAlpha(_ value: UInt8) -> UInt8 {
        let doubled = value << 1
        return doubled & 0x20 == 0 ? doubled : doubled ^ 0b10_0101
    }
}
