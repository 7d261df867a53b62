import NIOCore
import NIOPosix
import Synchronization

/// A mail server in plain text that says what a test tells it to, on a free port, and keeps what it hears.
final class ScriptedServer: Sendable {
    /// What the server does when a line begins with the key; the longest key counts.
    ///
    /// `.` is the end of a mail, the empty key the connection itself.
    enum Answer: Sendable {
        case say(String)
        case sayAndClose(String)
        case keepSilent
    }

    private let channel: any Channel
    private let hearing = Hearing()

    /// Every line that came, mails included, as it stood on the wire.
    var lines: [String] { hearing.lines.withLock { $0 } }

    var port: Int { channel.localAddress?.port ?? 0 }

    init(_ changes: [String: Answer] = [:]) async throws {
        let usual: [String: Answer] = [
            "": .say("220 mail.example.com ESMTP"), "EHLO": .say("250 mail.example.com"),
            "MAIL": .say("250 sender ok"), "RCPT": .say("250 recipient ok"), "DATA": .say("354 go ahead"),
            ".": .say("250 queued as 42"), "AUTH": .say("235 welcome"), "QUIT": .sayAndClose("221 bye"),
        ]
        let answers = usual.merging(changes) { $1 }
        let hearing = hearing
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Speaker(answers, hearing))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
    }

    /// Nobody listens on the port any more.
    func stop() async throws {
        try await channel.close()
    }

    deinit {
        channel.close(promise: nil)
    }
}

private final class Hearing: Sendable {
    let lines = Mutex<[String]>([])
}

private final class Speaker: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let answers: [String: ScriptedServer.Answer]
    private let hearing: Hearing
    private var buffered = ByteBuffer()
    private var isInMail = false

    init(_ answers: [String: ScriptedServer.Answer], _ hearing: Hearing) {
        self.answers = answers
        self.hearing = hearing
    }

    func channelActive(context: ChannelHandlerContext) {
        answer("", context)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        buffered.writeBuffer(&bytes)
        while let end = buffered.readableBytesView.firstIndex(of: UInt8(ascii: "\n")) {
            let line = buffered.readBytes(length: end - buffered.readerIndex + 1) ?? []
            let text = String(
                decoding: line.dropLast(line.dropLast().last == UInt8(ascii: "\r") ? 2 : 1), as: UTF8.self)
            hearing.lines.withLock { $0.append(text) }
            if isInMail {
                guard text == "." else { continue }
                isInMail = false
                answer(".", context)
            } else {
                isInMail = text == "DATA"
                answer(text, context)
            }
        }
    }

    private func answer(_ line: String, _ context: ChannelHandlerContext) {
        let key = answers.keys.filter { line.hasPrefix($0) && ($0 != "" || line == "") }.max {
            $0.count < $1.count
        }
        switch key.flatMap({ answers[$0] }) ?? .say("500 what?") {
        case .say(let text): say(text, context)
        case .sayAndClose(let text):
            say(text, context)
            context.close(promise: nil)
        case .keepSilent: break
        }
    }

    private func say(_ text: String, _ context: ChannelHandlerContext) {
        guard !text.isEmpty else { return }
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text + "\r\n")), promise: nil)
    }
}
