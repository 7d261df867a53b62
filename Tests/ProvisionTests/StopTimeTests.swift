import Foundation
import GateConfig
import Testing

@Test func `the unit's patience is longer than the longest stop`() throws {
    let unit = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("deploy/systemd/runegate.service")
    let line = try #require(
        String(contentsOf: unit, encoding: .utf8).split(separator: "\n").first {
            $0.hasPrefix("TimeoutStopSec=")
        })
    let seconds = try #require(Int(line.dropFirst("TimeoutStopSec=".count)))
    #expect(.seconds(seconds) >= Settings.longestStop + .seconds(5))
}
