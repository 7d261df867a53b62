import Foundation
import GRDB
import GateModel
import TestSupport
import Testing

@testable import Store

// Who waits for the app, until a mail left.

@Suite struct AwaitingTests {
    private let fixture = StoreFixture()
    private let ann = "ann@example.com"

    @Test func `an address waits once, sealed, and survives a restart`() async throws {
        let store = fixture.open()
        for _ in 0..<3 { #expect(try await store.addAwaiting(account: ann)) }
        #expect(try await store.waitingMails(excluding: [], limit: 9).isEmpty)
        await store.close()
        let again = fixture.open()
        #expect(try await again.awaitingAccounts() == [ann])
        var files = Data()
        for name in fixture.directory.entries {
            files += FileManager.default.contents(atPath: "\(fixture.directory.path)/\(name)") ?? Data()
        }
        #expect(files.range(of: Data("awaiting".utf8)) != nil)
        #expect(files.range(of: Data(ann.utf8)) == nil)
    }

    @Test func `a released wish is one mail, which goes with its outcome`() async throws {
        let store = fixture.open()
        _ = try await store.addAwaiting(account: ann)
        #expect(try await store.releaseAwaiting() == 1)
        #expect(try await store.releaseAwaiting() == 0)
        #expect(try await store.awaitingAccounts().isEmpty)
        let mail = try #require(try await store.waitingMails(excluding: [], limit: 9).first)
        #expect(mail.kind == .recovery && mail.payload == Array(ann.utf8))
        #expect(mail.remaining == StateStore.noticeLife)
        #expect(try await store.waitingMails(excluding: [mail.id], limit: 9).isEmpty)
        #expect(try await store.waitingMailCount() == 1)
        try await store.countMailAttempt(mail.id)
        #expect(try await store.waitingMails(excluding: [], limit: 9).first?.attempts == 1)
        for _ in 0..<2 { try await store.finishMail(mail.id, event: .mailSent, detail: "250 ok") }
        #expect(try await store.waitingMails(excluding: [], limit: 9).isEmpty)
        let entries = try await store.auditRecords(limit: 9).map(\.entry)
        #expect(entries == [AuditEntry(.mailSent, account: ann, detail: "250 ok")])
    }

    @Test func `sign-in links leave first`() async throws {
        let store = fixture.open()
        _ = try await store.addAwaiting(account: ann)
        _ = try await store.releaseAwaiting()
        try await fixture.add(fixture.link("a"), to: store, payload: "x")
        #expect(try await store.waitingMails(excluding: [], limit: 1).map(\.kind) == [.link])
        #expect(try await store.waitingMails(excluding: [], limit: 9).map(\.kind) == [.link, .recovery])
    }

    @Test func `a mail that has not left is held back when its address waits again`() async throws {
        let store = fixture.open()
        _ = try await store.addAwaiting(account: ann)
        _ = try await store.releaseAwaiting()
        let late = try #require(try await store.waitingMails(excluding: [], limit: 1).first)
        _ = try await store.addAwaiting(account: ann)
        #expect(try await store.waitingMails(excluding: [], limit: 1).isEmpty)
        // The worker that had it already reports about a mail that is no more.
        try await store.finishMail(late.id, event: .mailSent, detail: "250 ok")
        #expect(try await store.awaitingAccounts() == [ann])
    }

    @Test func `whoever is shut out, or ends the last session, waits no more`() async throws {
        let store = fixture.open()
        _ = try await store.addAwaiting(account: ann)
        try await store.shutOut(account: ann, audit: AuditEntry(.revoked, account: ann))
        #expect(try await store.awaitingAccounts().isEmpty)

        for session in ["s1", "s2"] {
            let link = fixture.link("for \(session)")
            try await fixture.add(link, to: store)
            _ = try await fixture.spend(fixture.proof(link), in: store, session: session)
        }
        _ = try await store.addAwaiting(account: ann)
        try await store.deleteSessions(["s1"], audit: AuditEntry(.signedOut, account: ann))
        #expect(try await store.awaitingAccounts() == [ann])
        // One that merely expired is no reason: the outage may have lasted longer than the session.
        try await store.deleteSessions(["s2"], audit: nil)
        #expect(try await store.awaitingAccounts() == [ann])
        try await store.deleteSessions(["s3"], audit: AuditEntry(.signedOut, account: ann))
        #expect(try await store.awaitingAccounts().isEmpty)
    }

    @Test func `wishes end after a week, and news after some hours`() async throws {
        let store = fixture.open()
        _ = try await store.addAwaiting(account: ann)
        fixture.time.advance(by: StateStore.awaitingLife)
        #expect(try await store.awaitingAccounts().isEmpty)
        #expect(try await store.releaseAwaiting() == 0)
        _ = try await store.addAwaiting(account: ann)
        _ = try await store.releaseAwaiting()
        fixture.time.advance(by: StateStore.noticeLife)
        #expect(try await store.waitingMails(excluding: [], limit: 1).isEmpty)
        try await store.purgeAwaiting()
        #expect(try await store.waitingMailCount() == 0)
    }

    @Test func `those who wait have an end`() async throws {
        let store = fixture.open()
        _ = try await store.addAwaiting(account: "user7@example.com")
        try await store.fillAwaiting(StateStore.maximumAwaiting - 1)
        #expect(try await !store.addAwaiting(account: ann))
        #expect(try await store.addAwaiting(account: "user7@example.com"))
    }
}

extension StateStore {
    fileprivate func fillAwaiting(_ count: Int) throws(Fault) {
        try write { database, now in
            for number in 0..<count {
                try database.execute(
                    sql: """
                        INSERT INTO awaiting (address_hash, id, sealed, boot_id, since_boot, since_unix, life)
                        VALUES (?, ?, '', '', 0, 0, 0)
                        """,
                    arguments: ["\(number)", "\(number)"])
            }
        }
    }
}
