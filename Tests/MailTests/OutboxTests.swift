import Foundation
import GateModel
import TestSupport
import Testing

@testable import Mail

struct OutboxTests {
    @Test func `a mail becomes one private file, whole`() async throws {
        let directory = try TemporaryDirectory()
        let path = "\(directory.path)/outbox"
        let outbox = try OutboxTransport(directory: path, time: ManualTime(unixSeconds: 1_790_000_000))
        let mail = try Samples.mail()
        for _ in 0..<20 {
            guard case .sent = await outbox.deliver(mail).outcome else {
                Issue.record("not written")
                return
            }
        }
        let files = try FileManager.default.contentsOfDirectory(atPath: path)
        #expect(files.count == 20)
        for file in files {
            #expect(file.hasPrefix("1790000000-") && file.hasSuffix(".eml"))
            let attributes = try FileManager.default.attributesOfItem(atPath: "\(path)/\(file)")
            #expect(attributes[.posixPermissions] as? Int == 0o600)
            #expect(FileManager.default.contents(atPath: "\(path)/\(file)") == Data(mail.message))
        }
    }

    @Test func `a place that cannot be written to is refused at the start, or the mail waits`() async throws {
        #expect(throws: Fault.self) {
            try OutboxTransport(directory: "/proc/outbox", time: ManualTime())
        }
        let directory = try TemporaryDirectory()
        let outbox = try OutboxTransport(directory: "\(directory.path)/outbox", time: ManualTime())
        try FileManager.default.removeItem(atPath: "\(directory.path)/outbox")
        guard case .deferred(.unreachable, _) = await outbox.deliver(try Samples.mail()).outcome else {
            Issue.record("a mail that was not written is not waiting")
            return
        }
    }
}
