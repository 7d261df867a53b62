import Foundation
import Testing

@testable import GateConfig

@Test func `a wrong configuration is told line by line and summed up`() {
    let files = MemoryFiles(["/etc/runegate/runegate.toml": "workers = 0"])
    let sources = ConfigSources(environment: ["RUNEGATE_DRAIN": "x", "RUNEGATE_NAME": ""], files: files)
    let report = CheckReport(ConfigLoader.load(sources))
    #expect(!report.isRight)
    let lines = report.text(showsDefaults: false).split(separator: "\n")
    #expect(lines.count == 4, "\(lines)")
    #expect(
        lines.contains { $0.hasPrefix("error: /etc/runegate/runegate.toml:1:11: RUNEGATE_WORKERS is \"0\"") })
    #expect(lines.contains { $0.hasPrefix("error: environment: RUNEGATE_DRAIN is \"x\"") })
    #expect(lines.contains { $0.hasPrefix("warning: environment: RUNEGATE_NAME is no setting") })
    #expect(lines.last == "WRONG: 2 errors, 1 warning")
}

@Test func `a right one shows what was set and where`() {
    let report = CheckReport(ConfigLoader.load(ConfigSources(environment: ["RUNEGATE_DRAIN": "5s"])))
    let lines = report.text(showsDefaults: false).split(separator: "\n")
    #expect(
        lines == [
            "RUNEGATE_DRAIN  5s  environment", "and \(Keys.all.count - 1) defaults; list them with --all",
            "OK: the configuration is right (0 errors, 0 warnings)",
        ])
    #expect(report.text(showsDefaults: true).split(separator: "\n").count == Keys.all.count + 1)
}

@Test func `the JSON has stable keys`() throws {
    let files = MemoryFiles(["/etc/runegate/runegate.toml": "workers = 0"])
    let report = CheckReport(ConfigLoader.load(ConfigSources(files: files)))
    let object = try #require(
        try JSONSerialization.jsonObject(with: JSONEncoder().encode(report)) as? [String: Any])
    #expect(Set(object.keys) == ["ok", "errors", "warnings", "settings"])
    #expect(object["ok"] as? Bool == false)
    let error = try #require((object["errors"] as? [[String: Any]])?.first)
    #expect(Set(error.keys) == ["place", "file", "line", "column", "key", "found", "expected"])
    #expect(error["line"] as? Int == 1 && error["column"] as? Int == 11)
    let setting = try #require((object["settings"] as? [[String: Any]])?.first)
    #expect(Set(setting.keys) == ["name", "value", "source"])
}
