import Logging

/// One JSON object a line (RFC 8259): `time`, `level`, `module`, `message`, then the fields, all strings.
///
/// A field that is called like one of the four gets a `_` behind its name, so that no key comes twice.
struct JSONLine: Sendable {
    private let timestamp = Timestamp()

    func render(_ entry: LogEntry) -> [UInt8] {
        var line: [UInt8] = []
        line.reserveCapacity(320)
        line.append(contentsOf: #"{"time":""#.utf8)
        timestamp.append(seconds: entry.seconds, milliseconds: entry.milliseconds, to: &line)
        line.append(contentsOf: #"","level":""#.utf8)
        line.append(contentsOf: entry.level.rawValue.utf8)
        line.append(UInt8(ascii: "\""))
        Self.append("module", entry.module, limit: LogEntry.Limit.keyBytes, to: &line)
        Self.append("message", entry.message, limit: LogEntry.Limit.messageBytes, to: &line)
        for field in entry.fields {
            let isTaken = ["time", "level", "module", "message"].contains(field.key)
            Self.append(
                isTaken ? field.key + "_" : field.key, field.value, limit: LogEntry.Limit.valueBytes,
                to: &line)
        }
        line.append(contentsOf: "}\n".utf8)
        return line
    }

    private static func append(_ key: String, _ value: String, limit: Int, to line: inout [UInt8]) {
        line.append(contentsOf: #",""#.utf8)
        SafeText.append(key, limit: LogEntry.Limit.keyBytes, to: &line)
        line.append(contentsOf: #"":""#.utf8)
        SafeText.append(value, limit: limit, to: &line)
        line.append(UInt8(ascii: "\""))
    }
}
