import GateConfig
import GateModel
import NIOCore
import NIOPosix
import Synchronization
import TestSupport
import Testing

@testable import Mail

/// The lease socket, both ends together and each against a stranger.
@Suite(.timeLimit(.minutes(1)))
struct LeaseTests {
    private let directory: TemporaryDirectory
    private let group = MultiThreadedEventLoopGroup.singleton
    private var path: String { "\(directory.path)/mail.sock" }

    init() throws {
        directory = try TemporaryDirectory()
    }

    private func delivery(_ transport: any MailTransport) throws -> MailDelivery {
        MailDelivery(
            composer: try Composer(account: nil, brand: Samples.brand, templatesDirectory: nil),
            transport: transport, time: ManualTime(unixSeconds: 1_790_000_000))
    }

    @Test func `mails go to the mailer and their outcomes come back`() async throws {
        let queue = ListedMails([try Samples.job(id: "1"), try Samples.job(id: "2", expires: 1)])
        let transport = RecordingTransport()
        let listener = LeaseListener(socket: .path(path), delivery: try delivery(transport), group: group)
        let connector = LeaseConnector(socketPath: path, source: queue, group: group, clock: ImpatientClock())
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await listener.run() }
            tasks.addTask { await connector.run() }
            let first = await queue.reports(2)
            #expect(first["1"] == .sent(reply: "250 ok"))
            #expect(first["2"] == .refused(.expired, detail: "the link expired before the mail could leave"))
            // The connection is idle now; a mail that comes later goes over it.
            queue.add(try Samples.job(id: "3"))
            #expect(await queue.reports(3)["3"] == .sent(reply: "250 ok"))
            let tester = LeaseConnector(socketPath: path, source: ListedMails([]), group: group)
            let report = await tester.test(try Samples.address("owner@example.com"))
            #expect(report.isDelivered && report.transcript == ["* recorded"])
            tasks.cancelAll()
        }
        #expect(transport.recipients.sorted() == ["ann@example.com", "ann@example.com", "owner@example.com"])
    }

    @Test func `the outcome is the same without a socket`() async throws {
        let queue = ListedMails([try Samples.job(id: "1")])
        let worker = MailWorker(source: queue, delivery: try delivery(RecordingTransport()))
        await withTaskGroup(of: Void.self) { tasks in
            tasks.addTask { await worker.run() }
            #expect(await queue.reports(1) == ["1": .sent(reply: "250 ok")])
            tasks.cancelAll()
        }
    }

    @Test(arguments: [
        // Takes a mail and dies.
        ["{\"lease\":{}}\n"],
        // Takes a mail, then talks nonsense.
        ["{\"lease\":{}}\n", "garbage\n"], ["{\"lease\":{}}\n", "{\"lease\":{}\n"],
        ["{\"lease\":{}}\n", String(repeating: "x", count: 300_000)],
        // Reports on a mail that it does not have.
        ["{\"lease\":{}}\n", "{\"report\":{\"id\":\"9\",\"outcome\":{\"sent\":{\"reply\":\"x\"}}}}\n"],
    ])
    func `a mailer that dies or lies loses its leases`(lines: [String]) async throws {
        let queue = ListedMails([try Samples.job(id: "1")])
        let stranger = try await Stranger(path: path, says: lines)
        let connector = LeaseConnector(socketPath: path, source: queue, group: group, clock: ImpatientClock())
        await withTaskGroup(of: Void.self) { tasks in
            tasks.addTask { await connector.run() }
            #expect(
                await queue.reports(1)["1"] == .deferred(.interrupted, detail: "the mailer went away"))
            tasks.cancelAll()
        }
        try await stranger.stop()
    }

    @Test(arguments: [
        "garbage\n", "{\"nothing\":{}}\n", "{\"work\":{}}\n{\"work\":{}}\n",
        String(repeating: "x", count: 300_000),
    ])
    func `the mailer hangs up on who does not speak its language`(words: String) async throws {
        let listener = LeaseListener(
            socket: .path(path), delivery: try delivery(RecordingTransport()), group: group)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await listener.run() }
            let channel = try await connectWhenThere()
            try? await channel.writeAndFlush(ByteBuffer(string: words))
            try await channel.closeFuture.get()
            tasks.cancelAll()
        }
    }

    @Test func `without a mailer a test says what to start`() async throws {
        let connector = LeaseConnector(socketPath: path, source: ListedMails([]), group: group)
        let report = await connector.test(try Samples.address("owner@example.com"))
        #expect(!report.isDelivered && report.verdict.contains(path))
        #expect(report.remedy?.contains("systemctl start runegate-mailer.socket") == true)
    }

    private func connectWhenThere() async throws -> any Channel {
        while true {
            let bootstrap = ClientBootstrap(group: group)
            if let channel = try? await bootstrap.connect(unixDomainSocketPath: path).get() { return channel }
            await Task.yield()
        }
    }
}
