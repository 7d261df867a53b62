import GateModel
import Glibc
import TestSupport
import Testing

@testable import Store

// A crash at any moment: what is on the disk then is a link that is spent with its session, or not at all.

@Suite struct CrashTests {
    private let fixture = StoreFixture()

    /// Copies the database and then its log, which meanwhile only grows: a state that a crash could leave.
    ///
    /// - Returns: False when pages were moved from the log to the database meanwhile: then the copies are of
    ///   different moments.
    private func snapshot(into target: TemporaryDirectory) -> Bool {
        let before = lastChange()
        for suffix in ["", "-wal"] {
            let source = open(fixture.directory.path + "/runegate.db" + suffix, O_RDONLY)
            let copy = open(target.path + "/runegate.db" + suffix, O_CREAT | O_WRONLY, 0o600)
            var buffer = [UInt8](repeating: 0, count: 1 << 16)
            while true {
                let count = read(source, &buffer, buffer.count)
                guard count > 0 else { break }
                _ = write(copy, buffer, count)
            }
            close(source)
            close(copy)
        }
        return lastChange() == before
    }

    private func lastChange() -> [Int] {
        var status = stat()
        stat(fixture.directory.path + "/runegate.db", &status)
        return [Int(status.st_size), Int(status.st_mtim.tv_sec), Int(status.st_mtim.tv_nsec)]
    }

    @Test func `in every copy taken while links are spent, link and session agree`() async throws {
        let fixture = fixture
        let store = fixture.open()
        let links = (0..<120).map { fixture.link("\($0)", account: "a\($0)@example.com") }
        for link in links { try await fixture.add(link, to: store) }
        let confirmed = Box(0)
        let spending = Task {
            for (number, link) in links.enumerated() {
                _ = try await fixture.spend(fixture.proof(link), in: store, session: "s\(number)")
                confirmed.value = number + 1
            }
        }
        var copies: [(TemporaryDirectory, confirmedBefore: Int)] = []
        while confirmed.value < links.count {
            let copy = TemporaryDirectory()
            let before = confirmed.value
            if snapshot(into: copy) { copies.append((copy, before)) }
            try await Task.sleep(for: .milliseconds(Int.random(in: 0...4)))
        }
        try await spending.value
        #expect(copies.count > 5)
        for (copy, confirmedBefore) in copies {
            let survivor = fixture.open(directory: copy.path)
            let sessions = Set(try await fixture.sessions(in: survivor).map(\.account))
            #expect(sessions.count >= confirmedBefore, "a confirmed session is lost")
            for link in links {
                let isOpen = try await survivor.openLink(id: link.id) != nil
                #expect(isOpen != sessions.contains(link.account), "link \(link.id) is half spent")
            }
        }
    }
}
