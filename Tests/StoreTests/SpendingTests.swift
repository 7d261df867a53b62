import GateModel
import Testing

@testable import Store

// A link or a code is worth one session, whoever comes how often.

@Suite struct SpendingTests {
    private let fixture = StoreFixture()

    @Test func `of two hundred parallel tries of one link exactly one gets the session`() async throws {
        let fixture = fixture
        let store = fixture.open()
        let link = fixture.link("a")
        try await fixture.add(link, to: store)
        let spent = try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<200 {
                group.addTask {
                    try await fixture.spend(fixture.proof(link), in: store, session: "s\(number)").isSpent
                }
            }
            return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(spent == 1)
        #expect(try await fixture.sessions(in: store).count == 1)
    }

    @Test func `signing in voids the address's other links and takes back their mails, and nobody else's`()
        async throws
    {
        let store = fixture.open()
        let (first, second, other) = (
            fixture.link("a"), fixture.link("b"), fixture.link("c", account: "bob@example.com")
        )
        for link in [first, second, other] { try await fixture.add(link, to: store, payload: "mail") }
        #expect(try await fixture.spend(fixture.proof(first), in: store, session: "1").isSpent)
        #expect(!(try await fixture.spend(fixture.proof(second), in: store, session: "2").isSpent))
        #expect(try await store.waitingMails(excluding: [], limit: 9).map(\.id) == ["mail-c"])
        #expect(try await fixture.spend(fixture.proof(other), in: store, session: "3").isSpent)
    }

    @Test func `asking again voids nothing`() async throws {
        let store = fixture.open()
        let first = fixture.link("a")
        try await fixture.add(first, to: store)
        try await fixture.add(fixture.link("b"), to: store)
        #expect(try await store.openLink(id: "a") == first)
    }

    @Test(arguments: [
        ("bob@example.com", Int64(0), Int64(0)), ("ann@example.com", 1, 0), ("ann@example.com", 0, 1),
    ])
    func `claims that differ from the record spend nothing`(account: String, issued: Int64, expires: Int64)
        async throws
    {
        let store = fixture.open()
        let link = fixture.link("a")
        try await fixture.add(link, to: store)
        let proof = SignInProof.link(
            id: "a", account: account, issuedUnixSeconds: link.issued.unixSeconds + issued,
            expiresUnixSeconds: link.expiresUnixSeconds + expires)
        #expect(!(try await fixture.spend(proof, in: store).isSpent))
        #expect(try await store.openLink(id: "a") != nil)
    }

    @Test func `next is given only to the asking browser`() async throws {
        let store = fixture.open()
        for (id, nonce, expected) in [("a", "nonce", "/next"), ("b", "other", nil), ("c", nil, nil)]
            as [(String, String?, String?)]
        {
            let link = fixture.link(id)
            try await fixture.add(link, to: store)
            guard
                case .spent(_, let next) = try await fixture.spend(
                    fixture.proof(link), in: store, session: id, nonceHash: nonce)
            else {
                Issue.record("not spent")
                return
            }
            #expect(next == expected)
        }
    }

    @Test func `five wrong codes are the end of a mail's code, not of its link`() async throws {
        let store = fixture.open()
        let link = fixture.link("a", codeHash: "right")
        try await fixture.add(link, to: store)
        for _ in 0..<5 {
            #expect(
                !(try await fixture.spend(.code(hashes: ["wrong"]), in: store, nonceHash: "nonce").isSpent))
        }
        #expect(!(try await fixture.spend(.code(hashes: ["right"]), in: store, nonceHash: "nonce").isSpent))
        #expect(try await fixture.spend(fixture.proof(link), in: store).isSpent)
    }

    @Test func `the fifth try may be the right one`() async throws {
        let store = fixture.open()
        try await fixture.add(fixture.link("a", codeHash: "right"), to: store)
        for _ in 0..<4 {
            _ = try await fixture.spend(.code(hashes: ["wrong"]), in: store, nonceHash: "nonce")
        }
        let result = try await fixture.spend(
            .code(hashes: ["new key", "right"]), in: store, nonceHash: "nonce")
        #expect(result.isSpent)
    }

    @Test(arguments: ["other", nil] as [String?])
    func `a code counts only with the asking browser's nonce`(nonce: String?) async throws {
        let store = fixture.open()
        try await fixture.add(fixture.link("a", codeHash: "right"), to: store)
        #expect(!(try await fixture.spend(.code(hashes: ["right"]), in: store, nonceHash: nonce).isSpent))
    }

    @Test func `a decoy never counts, by link or by code`() async throws {
        let store = fixture.open()
        let link = fixture.link("a", codeHash: "right", isDecoy: true)
        try await fixture.add(link, to: store, payload: "mail")
        #expect(try await store.openLink(id: "a") == nil)
        #expect(!(try await fixture.spend(fixture.proof(link), in: store).isSpent))
        #expect(!(try await fixture.spend(.code(hashes: ["right"]), in: store, nonceHash: "nonce").isSpent))
        #expect(try await store.waitingMails(excluding: [], limit: 9).isEmpty)
    }

    @Test func `whom the policy refuses spends nothing`() async throws {
        let store = fixture.open()
        let link = fixture.link("a")
        try await fixture.add(link, to: store)
        let draft = SessionDraft(id: "s", life: .seconds(60), clientAddress: "192.0.2.1", userAgent: "")
        let result = try await store.spend(fixture.proof(link), nonceHash: nil, draft: draft) { _ in
            false
        } committed: { _ in
            Issue.record("nothing was committed")
        }
        #expect(!result.isSpent)
        #expect(try await store.openLink(id: "a") != nil)
    }

    @Test func `every decision is in the audit`() async throws {
        let store = fixture.open()
        let link = fixture.link("a")
        try await fixture.add(link, to: store)
        _ = try await fixture.spend(fixture.proof(link), in: store)
        _ = try await fixture.spend(fixture.proof(link), in: store)
        #expect(
            try await store.auditRecords(limit: 9).map(\.entry.event) == [
                .signInRefused, .signedIn, .linkRequested,
            ])
    }
}
