/// Lengths of time as people say them.
package enum Span {
    /// The two largest units of a number of seconds: `2d 4h`, `3m 5s`, `0s`.
    package static func words(_ seconds: Int64) -> String {
        let seconds = max(0, seconds)
        let parts: [(Int64, String)] = [
            (seconds / 86_400, "d"), (seconds / 3600 % 24, "h"), (seconds / 60 % 60, "m"),
            (seconds % 60, "s"),
        ]
        guard let first = parts.firstIndex(where: { $0.0 > 0 }) else { return "0s" }
        return parts[first...].prefix(2).filter { $0.0 > 0 }.map { "\($0.0)\($0.1)" }.joined(separator: " ")
    }
}
