import GateModel

@testable import Provision

/// Answers as nobody should type them: pieces that end a quote, a line, a block or a comment in some format.
struct OddAnswers {
    private var generator: SplitMix

    init(seed: UInt64) { generator = SplitMix(state: seed) }

    private static let pieces = [
        "a", "Z", "9", "example", ".com", "@", ".", "-", "_", ":", "/", "[", "]", "\"", "'", "\\", "$",
        "${x}", "$(id)",
        "`id`", ";", "}", "{", "#", "%h", "%", "\n", "\r", "\r\n", "\t", "\u{0}", "\u{1b}[2J", "\u{7f}", " ",
        "  ", ",",
        "=", "\"\"\"", "'''", "\\n", "\\u0000", "<", ">", "é", "e\u{301}", "日本", "👩‍💻", "\u{202e}", "\u{2028}",
        "\u{85}",
        "\u{feff}", "ｅ", "\u{212a}", "location / {", "[Peer]", "ExecStart=/bin/sh", "drop; }", "::1",
        "10.0.0.0/24",
        "127.0.0.1", "0x7f.1", "..", "/../", "&&", "|", "!", "*", "?", "(", ")",
    ]

    /// A text of one to six pieces.
    mutating func text() -> String {
        (0..<Int.random(in: 1...6, using: &generator)).map { _ in piece() }.joined()
    }

    /// A text that stands a chance: odd in its middle only.
    mutating func text(between front: String, and back: String) -> String { front + text() + back }

    private mutating func piece() -> String {
        if Int.random(in: 0..<8, using: &generator) == 0 {
            let scalar = Unicode.Scalar(UInt32.random(in: 0...0x2_ffff, using: &generator)) ?? "x"
            return String(String.UnicodeScalarView([scalar]))
        }
        return Self.pieces.randomElement(using: &generator) ?? "x"
    }
}

/// A small generator with a seed, so that a failure can be seen again (Steele et al., "SplitMix64").
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
