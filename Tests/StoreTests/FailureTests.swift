import GRDB
import GateModel
import Glibc
import TestSupport
import Testing

@testable import Store

// What happens when the file cannot be used: every call says so, and the store mends itself.

@Suite struct FailureTests {
    private let fixture = StoreFixture()
    private var database: String { fixture.directory.path + "/runegate.db" }

    @Test func `files are for this user only, the directory too`() async throws {
        let directory = fixture.directory.path + "/a/b"
        let store = fixture.open(directory: directory)
        try await fixture.add(fixture.link("a"), to: store)
        #expect(mode(directory) == 0o700)
        for name in ["runegate.db", "runegate.db-wal", "runegate.db-shm"] {
            #expect(mode(directory + "/" + name) == 0o600, "\(name)")
        }
    }

    @Test func `an existing file that others may read is closed to them`() async throws {
        let descriptor = open(database, O_CREAT | O_WRONLY, 0o644)
        fchmod(descriptor, 0o644)
        close(descriptor)
        #expect(await fixture.open().currentFault() == nil)
        #expect(mode(database) == 0o600)
    }

    @Test func `commits are synced in full, in WAL mode`() async throws {
        let store = fixture.open()
        let (journal, synchronous) = try await store.journalSettings()
        #expect(journal == "wal")
        #expect(synchronous == 2)
    }

    @Test(arguments: [
        [UInt8](repeating: 0x58, count: 9000), Array("SQLite format 3\0 and nothing more".utf8),
    ])
    func `a damaged file is set aside and an empty one takes its place`(content: [UInt8]) async throws {
        write(content, to: database)
        let store = fixture.open()
        #expect(await store.currentFault() == nil)
        try await fixture.add(fixture.link("a"), to: store)
        #expect(
            fixture.directory.entries.contains("runegate.db.corrupt-\(fixture.time.now().unixSeconds)"),
            "\(fixture.directory.entries)")
    }

    @Test(arguments: [
        ("*** in database main ***\nTree 4: unable to get the page. error code=266", ResultCode.SQLITE_IOERR),
        ("Tree 4 page 7: unable to get the page. error code=7\n", .SQLITE_NOMEM),
        ("Tree 4 page 7: btreeInitPage() returns error code 11", .SQLITE_CORRUPT),
        ("wrong # of entries in index links_by_account", .SQLITE_CORRUPT),
        ("", .SQLITE_CORRUPT),
    ])
    func `a page that cannot be read is not taken for a damaged one`(verdict: String, code: ResultCode) {
        #expect(ResultCode(ofCheck: verdict) == code)
    }

    @Test func `a file that is damaged while in use is set aside too`() async throws {
        let store = fixture.open()
        for number in 0..<200 { try await fixture.add(fixture.link("\(number)"), to: store) }
        await store.close()
        let size = Int(fileSize(database))
        overwrite(database, from: 4096, count: size - 4096)
        // Whether opening or the first use notices, in two calls it works again.
        _ = await store.currentFault()
        #expect(await store.currentFault() == nil)
        try await fixture.add(fixture.link("new"), to: store)
        #expect(fixture.directory.entries.contains { $0.hasPrefix("runegate.db.corrupt-") })
    }

    @Test func `a state directory that cannot be made is a fault, and mending it is enough`() async throws {
        let blocked = fixture.directory.path + "/state"
        write([], to: blocked)
        let store = fixture.open(directory: blocked)
        await #expect(throws: Fault.self) { try await fixture.add(fixture.link("a"), to: store) }
        #expect(await store.currentFault()?.code == "database-unwritable")
        unlink(blocked)
        fixture.time.advance(by: .seconds(2))
        try await fixture.add(fixture.link("a"), to: store)
        #expect(await store.currentFault() == nil)
    }

    @Test func `a database that was deleted is made anew, not written into nowhere`() async throws {
        let store = fixture.open()
        try await fixture.add(fixture.link("a"), to: store)
        let generation = await store.generation
        for name in fixture.directory.entries { unlink(fixture.directory.path + "/" + name) }
        try await fixture.add(fixture.link("b"), to: store)
        #expect(await store.generation > generation)
        #expect(try await fixture.open().openLink(id: "b") != nil)
    }

    @Test(.enabled(if: getuid() == 0, "mounting needs root"))
    func `a full disk refuses new sign-ins until there is room`() async throws {
        let disk = try SmallDisk(at: fixture.directory.path + "/disk", size: "400k")
        defer { disk.unmount() }
        let store = fixture.open(directory: disk.path)
        let link = fixture.link("kept")
        try await fixture.add(link, to: store)
        write([UInt8](repeating: 1, count: 400_000), to: disk.path + "/filler")
        var fault: Fault?
        for number in 0..<200 where fault == nil {
            do throws(Fault) {
                _ = try await store.add(
                    fixture.link("\(number)"), mail: nil, audit: AuditEntry(.linkRequested))
            } catch {
                fault = error
            }
        }
        #expect(fault?.code == "database-unavailable")
        unlink(disk.path + "/filler")
        fixture.time.advance(by: .seconds(2))
        #expect(try await fixture.spend(fixture.proof(link), in: store).isSpent)
        await store.close()
    }

    @Test(.enabled(if: getuid() == 0, "mounting needs root"))
    func `a disk that turns read-only is written again when it can be`() async throws {
        let disk = try SmallDisk(at: fixture.directory.path + "/disk", size: "2m")
        defer { disk.unmount() }
        let store = fixture.open(directory: disk.path)
        let link = fixture.link("kept")
        try await fixture.add(link, to: store)
        await store.close()
        try disk.remount(readOnly: true)
        await #expect(throws: Fault.self) { try await fixture.spend(fixture.proof(link), in: store) }
        try disk.remount(readOnly: false)
        fixture.time.advance(by: .seconds(2))
        #expect(try await fixture.spend(fixture.proof(link), in: store).isSpent)
        await store.close()
    }

    private func mode(_ path: String) -> mode_t {
        var status = stat()
        stat(path, &status)
        return status.st_mode & 0o777
    }

    private func fileSize(_ path: String) -> off_t {
        var status = stat()
        stat(path, &status)
        return status.st_size
    }

    private func write(_ bytes: [UInt8], to path: String) {
        let descriptor = open(path, O_CREAT | O_WRONLY | O_TRUNC, 0o600)
        _ = Glibc.write(descriptor, bytes, bytes.count)
        close(descriptor)
    }

    private func overwrite(_ path: String, from offset: Int, count: Int) {
        let descriptor = open(path, O_WRONLY)
        _ = pwrite(descriptor, [UInt8](repeating: 0xa5, count: count), count, off_t(offset))
        close(descriptor)
    }
}

extension StateStore {
    /// The journal mode and the level of syncing of the connection that writes.
    fileprivate func journalSettings() throws(Fault) -> (String?, Int?) {
        try write { database, _ in
            (
                try String.fetchOne(database, sql: "PRAGMA journal_mode"),
                try Int.fetchOne(database, sql: "PRAGMA synchronous")
            )
        }
    }
}
