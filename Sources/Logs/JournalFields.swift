import Logging

/// The fields of a journal entry: the well-known ones (systemd.journal-fields(7)), and `RUNEGATE_…`.
enum JournalFields {
    static func make(_ entry: LogEntry) -> [(String, String)] {
        var message: [UInt8] = []
        ConsoleLine.appendMessage(entry, to: &message)
        var fields: [(String, String)] = [
            ("PRIORITY", priority(of: entry.level)),
            ("SYSLOG_IDENTIFIER", "runegate"),
            ("MESSAGE", String(decoding: message, as: UTF8.self)),
            ("RUNEGATE_MODULE", safe(entry.module, limit: LogEntry.Limit.keyBytes)),
            ("RUNEGATE_EVENT", safe(entry.message, limit: LogEntry.Limit.messageBytes)),
        ]
        for field in entry.fields {
            fields.append((name(of: field.key), safe(field.value, limit: LogEntry.Limit.valueBytes)))
        }
        return fields
    }

    /// Syslog's numbers (RFC 5424 §6.2.1).
    static func priority(of level: Logger.Level) -> String {
        switch level {
        case .trace, .debug: "7"
        case .info: "6"
        case .notice: "5"
        case .warning: "4"
        case .error: "3"
        case .critical: "2"
        }
    }

    /// The journal takes A–Z, 0–9 and `_`, at most 64 bytes.
    static func name(of key: String) -> String {
        let allowed = key.utf8.prefix(LogEntry.Limit.keyBytes).map { byte -> UInt8 in
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): byte
            case UInt8(ascii: "a")...UInt8(ascii: "z"): byte - 32
            default: UInt8(ascii: "_")
            }
        }
        return "RUNEGATE_" + String(decoding: allowed, as: UTF8.self)
    }

    private static func safe(_ text: String, limit: Int) -> String {
        var output: [UInt8] = []
        SafeText.append(text, limit: limit, to: &output)
        return String(decoding: output, as: UTF8.self)
    }
}
