import Logging

/// The line for people: time, level, module, message, `key=value`.
struct ConsoleLine: Sendable {
    let isColoured: Bool
    private let timestamp = Timestamp()

    init(isColoured: Bool) {
        self.isColoured = isColoured
    }

    func render(_ entry: LogEntry) -> [UInt8] {
        var line: [UInt8] = []
        line.reserveCapacity(256)
        timestamp.append(seconds: entry.seconds, milliseconds: entry.milliseconds, to: &line)
        line.append(UInt8(ascii: " "))
        let (word, colour) = Self.appearance(of: entry.level)
        if isColoured { line.append(contentsOf: "\u{1b}[\(colour)m".utf8) }
        line.append(contentsOf: word.utf8)
        if isColoured { line.append(contentsOf: "\u{1b}[0m".utf8) }
        line.append(UInt8(ascii: " "))
        Self.appendMessage(entry, to: &line)
        line.append(UInt8(ascii: "\n"))
        return line
    }

    /// `gateway: selected rathole failures=3`: also the journal's `MESSAGE`.
    static func appendMessage(_ entry: LogEntry, to line: inout [UInt8]) {
        SafeText.append(entry.module, limit: LogEntry.Limit.keyBytes, to: &line)
        line.append(contentsOf: ": ".utf8)
        SafeText.append(entry.message, limit: LogEntry.Limit.messageBytes, to: &line)
        for field in entry.fields {
            line.append(UInt8(ascii: " "))
            SafeText.append(field.key, limit: LogEntry.Limit.keyBytes, to: &line)
            line.append(UInt8(ascii: "="))
            let isQuoted = needsQuotes(field.value)
            if isQuoted { line.append(UInt8(ascii: "\"")) }
            SafeText.append(field.value, limit: LogEntry.Limit.valueBytes, to: &line)
            if isQuoted { line.append(UInt8(ascii: "\"")) }
        }
    }

    /// A value with a space or a `=` in it would read as several.
    private static func needsQuotes(_ value: String) -> Bool {
        value.isEmpty
            || value.utf8.contains { $0 <= 0x20 || $0 == UInt8(ascii: "=") || $0 == UInt8(ascii: "\"") }
    }

    /// The level in five columns, and its colour (ECMA-48 SGR).
    private static func appearance(of level: Logger.Level) -> (word: String, colour: String) {
        switch level {
        case .trace: ("TRACE", "90")
        case .debug: ("DEBUG", "90")
        case .info: ("INFO ", "32")
        case .notice: ("NOTE ", "36")
        case .warning: ("WARN ", "33")
        case .error: ("ERROR", "31")
        case .critical: ("CRIT ", "1;31")
        }
    }
}
