import Foundation
import Logging
import Testing

@testable import Logs

private func entry(
    _ message: String = "selected rathole", level: Logger.Level = .info, module: String = "gateway",
    fields: [(String, String)] = [("failures", "3"), ("path", "/a b")]
) -> LogEntry {
    LogEntry(
        seconds: 1_790_000_000, milliseconds: 5, level: level, module: module, message: message,
        fields: fields.map { LogEntry.Field(key: $0.0, value: $0.1) })
}

private func console(_ entry: LogEntry, isColoured: Bool = false) -> String {
    String(decoding: ConsoleLine(isColoured: isColoured).render(entry), as: UTF8.self)
}

private let hostile = [
    "\n2026-11-21T00:00:00.000Z INFO  gateway: signed in user=eve", "\u{1b}[2J", "\u{202e}txt.exe",
    #"","level":"critical","x":""#, "a=b c=\"d\"", "\u{0}", "\u{9b}0m", "\u{2028}", "\\", "\"",
]

@Test func `the console shows time, level, module, message and values`() {
    #expect(
        console(entry())
            == "2026-09-21T14:13:20.005Z INFO  gateway: selected rathole failures=3 path=\"/a b\"\n")
    #expect(console(entry(fields: [("empty", ""), ("pair", "a=b")])).hasSuffix(" empty=\"\" pair=\"a=b\"\n"))
}

@Test func `colour marks the level and nothing else`() {
    #expect(
        console(entry(level: .error, fields: []), isColoured: true)
            == "2026-09-21T14:13:20.005Z \u{1b}[31mERROR\u{1b}[0m gateway: selected rathole\n")
}

@Test(arguments: hostile)
func `no text can forge a line on the console`(text: String) {
    let line = console(entry(text, module: text, fields: [(text, text)]))
    #expect(line.utf8.count { $0 == 0x0a } == 1 && line.hasSuffix("\n"))
    #expect(line.unicodeScalars.dropLast().allSatisfy { !SafeText.isUnsafe($0.value) })
}

@Test(arguments: hostile)
func `no text can forge a key in JSON`(text: String) throws {
    let line = JSONLine().render(entry(text, fields: [("user", text), ("level", text), (text, "x")]))
    #expect(line.count { $0 == 0x0a } == 1)
    let object = try #require(try JSONSerialization.jsonObject(with: Data(line)) as? [String: String])
    #expect(object["message"] == text)
    #expect(object["user"] == text)
    #expect(object["level"] == "info")
    #expect(object["level_"] == text)
    let key = text.utf8.count > LogEntry.Limit.keyBytes ? object.keys.first { $0.hasSuffix("…") } : text
    #expect(key.flatMap { object[$0] } == "x")
    #expect(object["time"] == "2026-09-21T14:13:20.005Z")
    #expect(object.count == 7)
}

@Test func `the journal gets its own fields and ours`() {
    let fields = JournalFields.make(entry(level: .warning, fields: [("user-agent", "a\nb")]))
    let byName = Dictionary(uniqueKeysWithValues: fields)
    #expect(byName["PRIORITY"] == "4")
    #expect(byName["SYSLOG_IDENTIFIER"] == "runegate")
    #expect(byName["MESSAGE"] == #"gateway: selected rathole user-agent="a\u000ab""#)
    #expect(byName["RUNEGATE_EVENT"] == "selected rathole")
    #expect(byName["RUNEGATE_USER_AGENT"] == #"a\u000ab"#)
    #expect(fields.allSatisfy { $0.0.count <= 64 })
}

@Test func `levels become syslog's priorities`() {
    #expect(Logger.Level.allCases.map(JournalFields.priority(of:)) == ["7", "7", "6", "5", "4", "3", "2"])
}

@Test func `long and many values are cut`() {
    let fields = (0..<100).map { ("key\($0)", String(repeating: "x", count: 10_000)) }
    let metadata = Dictionary(uniqueKeysWithValues: fields.map { ($0.0, Logger.MetadataValue.string($0.1)) })
    let kept = LogEntry.fields(of: metadata, over: [:])
    #expect(kept.count == LogEntry.Limit.fields)
    var long = entry()
    long.fields = kept
    #expect(console(long).utf8.count < 40_000)
    #expect(JSONLine().render(long).count < 40_000)
}
