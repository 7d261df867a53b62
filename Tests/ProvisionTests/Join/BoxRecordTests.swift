import GateModel
import TestSupport
import Testing

@testable import Provision

// What the aibox keeps of its join: before, during and after.

private func code(port: UInt16 = 7860) throws -> JoinCode {
    let domain = try DomainName("app.example.com")
    return JoinCode(
        domain: domain, endpoint: PublicHost(domain), appPort: Port(known: port), keys: EnrollState().keys)
}

struct BoxRecordTests {
    private let tree = TestTree()

    @Test func `a look at the files before the join has the code's place and nobody's keys`() throws {
        let code = try ProvisionTests.code()
        let first = try PendingJoin.preview(of: code, at: noon)
        let second = try PendingJoin.preview(of: code, at: noon)
        #expect(first.place == ServerPlace(code))
        #expect(first.tunnels.presharedKey != second.tunnels.presharedKey)
        let plan = try AiboxProvisioning.plan(first)
        #expect(plan.files.contains { $0.path == ProvisionPaths.wireGuard })
        #expect(first.wasJoined(by: code))
        let other = try ProvisionTests.code()
        #expect(!first.wasJoined(by: other))
    }

    @Test func `an app on another port than the VPS asks for is reached all the same`() throws {
        var state = try PendingJoin.preview(of: code(port: 7860), at: noon)
        state.own.appPort = 8188
        let plan = try AiboxProvisioning.plan(state)
        func text(_ path: String) throws -> String {
            let file = try #require(plan.files.first { $0.path == path })
            return String(decoding: file.contents, as: UTF8.self)
        }
        let firewall = try text(Paths.firewall)
        #expect(firewall.contains("tcp dport 7860 dnat ip to 127.0.0.1:8188"))
        #expect(firewall.contains("tcp dport 8188 ct original ip daddr 10.0.0.2 accept"))
        #expect(try text(Paths.ratholeClient).contains("local_addr = \"127.0.0.1:8188\""))
    }

    @Test func `a join that came to nothing leaves nothing`() throws {
        let records = try tree.installation().openBoxRecords()
        try records.store(try PendingJoin(code: code(), at: noon))
        try records.removePendingJoin()
        try tree.installation().closeUnusedBoxRecords()
        #expect(tree.everything.isEmpty)
    }

    @Test func `a join that broke off is taken away by an uninstall`() throws {
        let records = try tree.installation().openBoxRecords()
        try records.store(try PendingJoin(code: code(), at: noon))
        try records.store(try PendingJoin.preview(of: code(), at: noon))
        do {
            let lock = try records.lockBox()
            #expect(lock != nil)
        }
        _ = try tree.uninstall()
        #expect(tree.everything.isEmpty)
    }

    @Test func `a joined machine keeps its records when nothing is written yet`() throws {
        let records = try tree.installation().openBoxRecords()
        try records.store(try PendingJoin.preview(of: code(), at: noon))
        try tree.installation().closeUnusedBoxRecords()
        #expect(try tree.installation().joinedBox() != nil)
        #expect(try records.lockBox() != nil)
    }

    @Test func `only one at a time talks about keys`() throws {
        let records = try tree.installation().openBoxRecords()
        let first = try records.lockBox()
        #expect(first != nil)
        #expect(try records.lockBox() == nil)
        withExtendedLifetime(first) {}
    }

    @Test func `the status has the words on both sides, and how long a code is good`() throws {
        let offering = try OfferingServer()
        let before = JoinStatus(vps: offering.state, at: later(3600), bootID: bootID)
        #expect(before.fingerprint == nil && before.codeMinutes == 23 * 60)
        #expect(before.lines.contains { $0.contains("provision join") })
        let request = try #require(joinRequest(with: offering.code))
        _ = offering.take(request.octets)
        let after = JoinStatus(vps: offering.state, at: later(3600), bootID: bootID)
        #expect(after.fingerprint == offering.state.fingerprint?.description)
        #expect(after.codeMinutes == nil)
        let box = JoinStatus(aibox: try PendingJoin.preview(of: offering.code, at: noon))
        #expect(box.server == "app.example.com" && box.fingerprint != nil)
    }

    @Test func `somebody else's file is refused before the code is used`() throws {
        tree.makeDirectories("/etc", "/etc/wireguard")
        tree.write("/etc/wireguard/wg0.conf", "[Interface]\n")
        let plan = try AiboxProvisioning.plan(try PendingJoin.preview(of: code(), at: noon))
        let installation = try tree.installation()
        #expect(throws: Fault.self) { try installation.refuseForeign(try installation.changes(to: plan)) }
        try installation.refuseForeign(
            try installation.changes(to: plan, rules: ChangeRules(takesOver: true)))
    }
}
