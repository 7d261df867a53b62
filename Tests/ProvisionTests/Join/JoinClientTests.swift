import Foundation
import GateModel
import TestSupport
import Testing

@testable import Provision

// The aibox's side against a real desk with real files, and a way between them that can be cut.

private struct Machines {
    let serverDirectory = TemporaryDirectory()
    let boxDirectory = TemporaryDirectory()
    let server: RecordFiles
    let box: RecordFiles
    let way: CuttableWay
    let code: JoinCode
    let settled = Box<[ServerTunnels]>([])
    let failsToSettle = Box(false)

    init() throws {
        for directory in [serverDirectory, boxDirectory] {
            try FileManager.default.createDirectory(
                atPath: directory.path + ProvisionPaths.directory, withIntermediateDirectories: true)
        }
        server = try RecordFiles(in: TargetTree(root: serverDirectory.path))
        box = try RecordFiles(in: TargetTree(root: boxDirectory.path))
        let time = SystemTime()
        let secret = JoinCode.makeSecret()
        let keys = try server.changeEnrolment { state in
            _ = state.offerCode(secret: secret, replaces: false, at: time.now(), bootID: time.bootID)
            return state.keys
        }
        let domain = try DomainName("app.example.com")
        code = JoinCode(domain: domain, endpoint: PublicHost(domain), keys: keys, secret: secret)
        way = CuttableWay(
            desk: EnrollDesk(
                files: server,
                settle: { [settled, failsToSettle] tunnels throws(Fault) in
                    if failsToSettle.value {
                        throw Fault(code: "test", problem: "The interface is gone", remedy: "None.")
                    }
                    settled.value.append(tunnels)
                },
                prove: { (.answered(status: 200), .answered(status: 200)) }))
    }

    var client: JoinClient { JoinClient(transport: way, files: box) }
}

/// Hands octets to the desk as nginx and the gateway do, or loses them.
private struct CuttableWay: EnrollTransport {
    let desk: EnrollDesk
    let losesAnswers = Box(false)

    func exchange(_ octets: [UInt8]) async throws(Fault) -> [UInt8] {
        let answer = desk.answer(to: octets)
        if losesAnswers.value {
            throw EnrollFault.unreachable(domain: "app.example.com", reason: "cut")
        }
        guard !answer.isEmpty else { throw EnrollFault.answered(404, domain: "app.example.com") }
        return answer
    }
}

struct JoinClientTests {
    @Test func `a box joins, and both have the same words on disk`() async throws {
        let machines = try Machines()
        let state = try await machines.client.join(machines.code)
        let server = try #require(try machines.server.read(EnrollState.self, from: RecordFiles.enrolment))
        #expect(server.fingerprint == state.fingerprint)
        #expect(server.isSettled)
        #expect(machines.settled.value.map(\.joined) == [server.tunnels.joined])
        #expect(try machines.box.pendingJoin() == nil)
        #expect(server.acceptance == nil)
        #expect(
            try await machines.client.ask(.prove)
                == .proof(wireGuard: .answered(status: 200), rathole: .answered(status: 200)))
    }

    @Test func `an answer that was lost is got by asking again`() async throws {
        let machines = try Machines()
        machines.way.losesAnswers.value = true
        await #expect(throws: Fault.self) { try await machines.client.join(machines.code) }
        let box = try machines.server.read(EnrollState.self, from: RecordFiles.enrolment)?.tunnels.joined
        #expect(box != nil)
        machines.way.losesAnswers.value = false
        let state = try await machines.client.join(machines.code)
        #expect(state.tunnels.presharedKey == box?.presharedKey)
    }

    @Test func `tunnels that could not be changed are changed when the box asks again`() async throws {
        let machines = try Machines()
        machines.failsToSettle.value = true
        await #expect(throws: Fault.self) { try await machines.client.join(machines.code) }
        machines.failsToSettle.value = false
        _ = try await machines.client.join(machines.code)
        #expect(machines.settled.value.count == 1)
    }

    @Test func `a used code is refused with its sentence`() async throws {
        let machines = try Machines()
        _ = try await machines.client.join(machines.code)
        let other = try RecordFiles(in: TargetTree(root: machines.serverDirectory.path))
        let second = JoinClient(transport: machines.way, files: other)
        await #expect(throws: EnrollFault.refused(.used)) { try await second.join(machines.code) }
    }

    @Test func `files are root's alone, and nothing but them is left`() async throws {
        let machines = try Machines()
        _ = try await machines.client.join(machines.code)
        for (directory, name) in [
            (machines.serverDirectory, RecordFiles.enrolment), (machines.boxDirectory, RecordFiles.box),
        ] {
            let path = directory.path + ProvisionPaths.directory + "/"
            let mode = try FileManager.default.attributesOfItem(atPath: path + name)[.posixPermissions]
            #expect(mode as? Int == 0o600)
            let names = try FileManager.default.contentsOfDirectory(atPath: path)
            #expect(names.allSatisfy { $0 == name || $0 == ".\(name).lock" })
        }
    }

    @Test func `a machine that has not joined is told so`() async throws {
        let machines = try Machines()
        await #expect(throws: JoinClient.notJoined) { try await machines.client.ask(.prove) }
    }

    @Test func `rotations run to their end, and an interrupted one is ended later`() async throws {
        let machines = try Machines()
        _ = try await machines.client.join(machines.code)
        let run = RotationRun(client: machines.client, files: machines.box, settle: { _ in })
        #expect(try await run.rotate(.wireGuard))
        #expect(try await run.resume() == nil)
        let server = try machines.server.read(EnrollState.self, from: RecordFiles.enrolment)
        #expect(server?.fingerprint == (try machines.box.state()?.fingerprint))
        machines.way.losesAnswers.value = true
        await #expect(throws: Fault.self) { try await run.rotate(.rathole) }
        machines.way.losesAnswers.value = false
        #expect(try await run.resume() == false)
        let after = try machines.server.read(EnrollState.self, from: RecordFiles.enrolment)
        #expect(after?.fingerprint == server?.fingerprint)
        #expect(after?.fingerprint == (try machines.box.state()?.fingerprint))
    }

    @Test
    func `a VPS that cannot change its tunnels ends a rotation for now, and it is brought to its end later`()
        async throws
    {
        let machines = try Machines()
        _ = try await machines.client.join(machines.code)
        let before = try machines.box.state()?.fingerprint
        let run = RotationRun(client: machines.client, files: machines.box, settle: { _ in })
        machines.failsToSettle.value = true
        await #expect(throws: Fault.self) { try await run.rotate(.wireGuard) }
        #expect(try machines.box.state()?.rotation != nil)
        machines.failsToSettle.value = false
        #expect(try await run.resume() == false)
        let server = try machines.server.read(EnrollState.self, from: RecordFiles.enrolment)
        #expect(try machines.box.state()?.fingerprint == before)
        #expect(server?.fingerprint == before)
        #expect(server?.isSettled == true)
    }
}

struct RatholeServiceTests {
    private func said(_ state: String, _ microseconds: String) -> String {
        "ActiveState=\(state)\nExecMainStartTimestampMonotonic=\(microseconds)\n"
    }

    @Test func `a Rathole that started after its file was written is left alone`() {
        let written = Duration.seconds(100)
        #expect(RatholeService.hasStarted(after: written, said("active", "100500000")))
        #expect(!RatholeService.hasStarted(after: written, said("active", "99500000")))
        #expect(!RatholeService.hasStarted(after: written, said("failed", "100500000")))
        #expect(!RatholeService.hasStarted(after: written, said("active", "0")))
        #expect(!RatholeService.hasStarted(after: written, ""))
    }
}

struct EnrollHTTPAnswerTests {
    private func answer(_ text: String) -> EnrollHTTPAnswer? { EnrollHTTPAnswer(Array(text.utf8)) }

    @Test func `an answer is read as far as it matters`() throws {
        let good = try #require(answer("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcdef"))
        #expect(good.status == 200 && good.body == Array("abc".utf8) && good.isComplete)
        let limited = try #require(answer("HTTP/1.1 429 Too Many\r\nretry-after: 7\r\n\r\n"))
        #expect(limited.status == 429 && limited.retryAfterSeconds == 7 && !limited.isComplete)
        #expect(answer("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n") == nil)
        for text in [
            "", "HTTP/1.1 200 OK\r\n", "HTTP/2 200\r\n\r\n", "HTTP/1.1 20 OK\r\n\r\n", "\r\n\r\n",
            "HTTP/1.1 200 OK\r\nx\r\n\r\n",
        ] {
            #expect(answer(text) == nil)
        }
    }

    @Test func `a status line is told from other noise`() {
        #expect(PathQuestion.proof(ofStatusLine: Array("HTTP/1.1 503 Bad".utf8)) == .answered(status: 503))
        #expect(PathQuestion.proof(ofStatusLine: Array("SSH-2.0-OpenSSH".utf8)) == .ended)
        #expect(PathQuestion.proof(ofStatusLine: Array("HTTP/1.1 099 ".utf8)) == .ended)
    }

    @Test func `what wg-quick adds is left out for the kernel`() {
        let file = """
            # A comment.
            [Interface]
            PrivateKey = AAAA=
            Address = 10.0.0.1/32
            ListenPort = 51820
            MTU = 1380
            PreUp = nft -f /etc/runegate/firewall.nft

            [Peer]
            PublicKey = BBBB=
            AllowedIPs = 10.0.0.2/32
            """
        let kernel = String(decoding: WireGuardWords.kernelPart(of: Array(file.utf8)), as: UTF8.self)
        #expect(
            kernel == """
                [Interface]
                PrivateKey = AAAA=
                ListenPort = 51820
                [Peer]
                PublicKey = BBBB=
                AllowedIPs = 10.0.0.2/32

                """)
    }

    @Test func `an interface keeps its port where the file names none`() {
        func kernel(_ file: String) -> String {
            String(decoding: WireGuardWords.kernelPart(of: Array(file.utf8), port: 40000), as: UTF8.self)
        }
        #expect(kernel("[Interface]\nMTU = 1380\n[Peer]\n") == "[Interface]\nListenPort = 40000\n[Peer]\n")
        let named = "[Interface]\nListenPort = 51820\n"
        #expect(kernel(named) == named)
    }
}
