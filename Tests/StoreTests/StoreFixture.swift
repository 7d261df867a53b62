import GateModel
import TestSupport

@testable import Store

/// A store in a directory of its own, with a clock in hand.
struct StoreFixture {
    let directory = TemporaryDirectory()
    let time = ManualTime()

    static let sealing = Sealing(current: Secret(bytes: Array(repeating: 7, count: 32)))

    func open(sealing: Sealing = Self.sealing, directory path: String? = nil) -> StateStore {
        StateStore(directory: path ?? directory.path, sealing: sealing, time: time)
    }

    var now: Stamp { Stamp(now: time) }

    func link(
        _ id: String, account: String = "ann@example.com", nonceHash: String? = "nonce",
        codeHash: String? = nil,
        isDecoy: Bool = false
    ) -> LinkRecord {
        LinkRecord(
            id: id, account: account, issued: now, life: .seconds(900), nonceHash: nonceHash,
            codeHash: codeHash,
            next: "/next", clientAddress: "192.0.2.1", userAgent: "test", isDecoy: isDecoy)
    }

    func add(_ link: LinkRecord, to store: StateStore, payload: String? = nil) async throws {
        let mail = payload.map { QueuedMail(id: "mail-\(link.id)", payload: Array($0.utf8)) }
        _ = try await store.add(link, mail: mail, audit: AuditEntry(.linkRequested, account: link.account))
    }

    func proof(_ link: LinkRecord) -> SignInProof {
        .link(
            id: link.id, account: link.account, issuedUnixSeconds: link.issued.unixSeconds,
            expiresUnixSeconds: link.expiresUnixSeconds)
    }

    func spend(
        _ proof: SignInProof, in store: StateStore, session: String = "session", nonceHash: String? = nil
    ) async throws -> SpendResult {
        let draft = SessionDraft(
            id: session, life: .seconds(7 * 86_400), clientAddress: "192.0.2.1", userAgent: "test")
        return try await store.spend(proof, nonceHash: nonceHash, draft: draft) { _ in
            true
        } committed: { _ in
        }
    }

    func sessions(in store: StateStore) async throws -> [SessionRecord] {
        let found = Box<[SessionRecord]>([])
        try await store.loadSessions(life: .seconds(7 * 86_400), idle: .seconds(86_400)) { _ in
            false
        } loaded: { records in
            found.value = records
        }
        return found.value
    }
}

extension SpendResult {
    var isSpent: Bool {
        if case .spent = self { return true }
        return false
    }
}
