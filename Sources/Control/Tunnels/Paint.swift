/// Colours of a terminal (ECMA-48 §8.3.117), or none.
struct Paint {
    enum Color: Int {
        case red = 31
        case green = 32
        case yellow = 33
    }

    let hasColor: Bool

    func bold(_ text: String, _ color: Color? = nil) -> String {
        guard hasColor else { return text }
        let code = color.map { ";\($0.rawValue)" } ?? ""
        return "\u{1b}[1\(code)m\(text)\u{1b}[0m"
    }

    func colored(_ text: String, _ color: Color?) -> String {
        guard hasColor, let color else { return text }
        return "\u{1b}[\(color.rawValue)m\(text)\u{1b}[0m"
    }
}
