import Cryptography
import WireGuardKernel

/// Six words that stand for all public keys of a joined pair: the same on both machines, or somebody is between them.
///
/// 66 bits of SHA-256, eleven a word.
package struct Fingerprint: Hashable, Sendable, CustomStringConvertible {
    package static let wordCount = 6

    package let words: [String]

    /// The words of a pair of machines.
    package init(server: ServerKeys, box: BoxKeys) {
        let keys = server.all + box.all
        let digest = SHA256.hash(
            Array("runegate fingerprint 1".utf8) + keys.flatMap(\.bytes))
        self.words = (0..<Self.wordCount).map { index in
            let bits = (0..<11).reduce(0) { value, offset in
                let position = index * 11 + offset
                return value << 1 | Int(digest[position / 8] >> UInt8(7 - position % 8) & 1)
            }
            return String(FingerprintWords.all[bits])
        }
    }

    package var description: String { words.joined(separator: " ") }
}
