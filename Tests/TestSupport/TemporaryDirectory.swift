import Foundation

/// A directory of one test's own, removed with everything in it when the value goes away.
package final class TemporaryDirectory: Sendable {
    package let path: String

    package init() {
        self.path = "/tmp/runegate-test-\(UUID().uuidString.lowercased())"
        mkdir(path, 0o700)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    /// The names in it, sorted.
    package var entries: [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
    }
}
