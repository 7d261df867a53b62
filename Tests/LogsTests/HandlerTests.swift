import Glibc
import Logging
import Synchronization
import Testing

@testable import Logs

/// Keeps what was logged.
private final class Recorder: Sendable {
    private let entries = Mutex<[LogEntry]>([])

    var output: LogOutput { LogOutput { entry in self.entries.withLock { $0.append(entry) } } }
    var taken: [LogEntry] { entries.withLock { $0 } }
}

private func logger(_ label: String, _ recorder: Recorder, _ levels: LogLevels) -> Logger {
    Logger(label: label) { EntryHandler(label: $0, output: recorder.output, levels: levels) }
}

@Test func `an entry carries the label, the message and all metadata`() throws {
    let recorder = Recorder()
    var log = logger("gateway", recorder, LogLevels(everywhere: .info))
    log[metadataKey: "connection"] = "7"
    log[metadataKey: "status"] = "100"
    log.info(
        "request done",
        metadata: [
            "status": "200", "ways": ["wireguard", "rathole"], "nested": ["a": "1"],
            "bytes": .stringConvertible(5),
        ])
    let entry = try #require(recorder.taken.first)
    #expect(entry.module == "gateway" && entry.message == "request done" && entry.level == .info)
    #expect(
        entry.fields == [
            .init(key: "bytes", value: "5"), .init(key: "connection", value: "7"),
            .init(key: "nested", value: "a=1"),
            .init(key: "status", value: "200"), .init(key: "ways", value: "wireguard,rathole"),
        ])
    #expect(entry.seconds > 1_700_000_000 && (0..<1000).contains(entry.milliseconds))
}

@Test func `a module's level stands above the general one`() {
    let recorder = Recorder()
    let levels = LogLevels(everywhere: .warning, modules: ["mail": .debug])
    logger("gateway", recorder, levels).info("hidden")
    logger("mail", recorder, levels).debug("shown")
    #expect(recorder.taken.map(\.message) == ["shown"])
}

@Test func `changed levels count for loggers that exist`() {
    let recorder = Recorder()
    let levels = LogLevels(everywhere: .info)
    let log = logger("gateway", recorder, levels)
    log.debug("before")
    levels.set(everywhere: .info, modules: ["gateway": .debug])
    log.debug("after")
    levels.set(everywhere: .error, modules: [:])
    log.info("later")
    #expect(recorder.taken.map(\.message) == ["after"])
}

@Test func `a level set on one logger stays with it`() {
    let recorder = Recorder()
    let levels = LogLevels(everywhere: .info)
    var first = logger("gateway", recorder, levels)
    let second = first
    first.logLevel = .trace
    first.trace("first")
    second.trace("second")
    #expect(recorder.taken.map(\.message) == ["first"])
}

@Test func `an error goes along as a value`() {
    struct Broken: Error, CustomStringConvertible { var description: String { "broken pipe" } }
    let recorder = Recorder()
    logger("mail", recorder, LogLevels(everywhere: .info)).error("not sent", error: Broken())
    #expect(recorder.taken.first?.fields == [.init(key: "error", value: "broken pipe")])
}

@Test func `lines of many threads do not mix`() async throws {
    var ends: [Int32] = [0, 0]
    try #require(pipe(&ends) == 0)
    defer { close(ends[0]) }
    let output = LogOutput.json(descriptor: ends[1])
    await withTaskGroup(of: Void.self) { group in
        for task in 0..<4 {
            group.addTask {
                for number in 0..<20 {
                    output.write(
                        LogEntry(
                            seconds: 0, milliseconds: 0, level: .info, module: "m\(task)",
                            message: "number \(number)",
                            fields: [.init(key: "fill", value: String(repeating: "x", count: 300))]))
                }
            }
        }
    }
    close(ends[1])
    var text: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while case let count = read(ends[0], &buffer, buffer.count), count > 0 { text += buffer.prefix(count) }
    let lines = text.split(separator: 0x0a)
    #expect(lines.count == 80)
    #expect(lines.allSatisfy { $0.first == UInt8(ascii: "{") && $0.last == UInt8(ascii: "}") })
}

@Test func `a closed log stops nobody`() {
    LogOutput.json(descriptor: -1).write(
        LogEntry(seconds: 0, milliseconds: 0, level: .info, module: "m", message: "lost", fields: []))
}
