import Cryptography
import GateModel
import TestSupport
import Testing

@testable import Store

// The sealed queue: who may read it, how long it gets, and what is kept when a mail is gone.

@Suite struct MailRowTests {
    private let fixture = StoreFixture()

    private func key(_ byte: UInt8) -> Secret { Secret(bytes: Array(repeating: byte, count: 32)) }

    @Test func `a previous key opens what it sealed; without it the payload is lost`() async throws {
        let old = fixture.open(sealing: Sealing(current: key(1)))
        try await fixture.add(fixture.link("a"), to: old, payload: "secret")
        await old.close()
        let rotated = fixture.open(sealing: Sealing(current: key(2), previous: [key(1)]))
        #expect(
            try await rotated.waitingMails(excluding: [], limit: 1).first?.payload == Array("secret".utf8))
        await rotated.close()
        let foreign = fixture.open(sealing: Sealing(current: key(2)))
        let mail = try #require(try await foreign.waitingMails(excluding: [], limit: 1).first)
        #expect(mail.payload == nil)
    }

    @Test func `a sealed mail opens in its own row only`() {
        let sealing = Sealing(current: key(1))
        let sealed = sealing.seal(Array("secret".utf8), mailID: "a")
        #expect(sealing.open(sealed, mailID: "a") == Array("secret".utf8))
        #expect(sealing.open(sealed, mailID: "b") == nil)
    }

    @Test func `the queue has an end, and decoys take no room from mails`() async throws {
        let store = fixture.open()
        for number in 0..<StateStore.maximumMails + 5 {
            try await fixture.add(fixture.link("d\(number)", isDecoy: true), to: store, payload: "x")
        }
        for number in 0..<StateStore.maximumMails {
            try await fixture.add(fixture.link("m\(number)"), to: store, payload: "x")
        }
        let link = fixture.link("one more")
        let hasRoom = try await store.add(
            link, mail: QueuedMail(id: "one more", payload: []), audit: AuditEntry(.linkRequested))
        #expect(!hasRoom)
        let waiting = try await store.waitingMails(excluding: [], limit: 5000)
        #expect(waiting.count == StateStore.maximumMails)
        #expect(try await store.auditRecords(limit: 5).contains { $0.entry.event == .mailDropped })
        // The link itself counts: it may have been shown another way.
        #expect(try await store.openLink(id: "one more") != nil)
    }

    @Test func `an outcome deletes the mail and is entered once`() async throws {
        let store = fixture.open()
        try await fixture.add(fixture.link("a"), to: store, payload: "x")
        for _ in 0..<2 { try await store.finishMail("mail-a", event: .mailSent, detail: "250 ok") }
        #expect(try await store.waitingMails(excluding: [], limit: 1).isEmpty)
        let entries = try await store.auditRecords(limit: 9).map(\.entry).filter { $0.event == .mailSent }
        #expect(entries == [AuditEntry(.mailSent, account: "ann@example.com", detail: "250 ok")])
    }

    @Test func `what expires is deleted, and an undelivered mail is told of`() async throws {
        let store = fixture.open()
        try await fixture.add(fixture.link("a"), to: store, payload: "x")
        fixture.time.advance(by: .seconds(900))
        #expect(try await store.waitingMails(excluding: [], limit: 1).isEmpty)
        try await store.purgeLinks()
        #expect(try await store.auditRecords(limit: 1).first?.entry.event == .mailDropped)
    }

    @Test func `the audit has an end`() async throws {
        let store = fixture.open()
        try await store.appendMany(AuditEntry.maximumCount + 10)
        #expect(try await store.auditRecords(limit: .max).count == AuditEntry.maximumCount)
    }
}

extension StateStore {
    fileprivate func appendMany(_ count: Int) throws(Fault) {
        try write { database, now in
            for _ in 0..<count { try AuditEntry(.signedIn).append(to: database, at: now) }
        }
    }
}
