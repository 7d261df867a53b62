import NIOCore
import NIOEmbedded
import NIOHTTP1
import Testing

@testable import Gateway

// Our reading of a head against llhttp's, as NIO wraps it: what we admit, it admits too, and sees the same.

struct EdgeDifferentialTests {
    /// What llhttp makes of the bytes; nil when it refuses them.
    private func peerHead(_ bytes: [UInt8]) -> HTTPRequestHead? {
        let channel = EmbeddedChannel()
        defer { _ = try? channel.finish(acceptAlreadyClosed: true) }
        do {
            try channel.pipeline.syncOperations.addHandler(ByteToMessageHandler(HTTPRequestDecoder()))
            try channel.writeInbound(ByteBuffer(bytes: bytes))
            guard case .head(let head)? = try channel.readInbound(as: HTTPServerRequestPart.self) else {
                return nil
            }
            return head
        } catch {
            return nil
        }
    }

    /// Our reading, and the bytes of the head alone: what follows is another reader's.
    private func ourHead(_ bytes: [UInt8]) -> (head: RequestHead, bytes: [UInt8])? {
        var scanner = HeadScanner()
        guard case .complete(let length) = bytes.withUnsafeBytes({ scanner.scan($0) }) else { return nil }
        let head = Array(bytes.prefix(length))
        return (try? HeadReader.request(ByteBuffer(bytes: head), limits: EdgeLimits())).map { ($0, head) }
    }

    /// Mutations of sound heads, the same on every run.
    private func mutations(of seed: String, count: Int) -> [[UInt8]] {
        var generator = SplitMix(state: UInt64(seed.utf8.count))
        let interesting = Array("\r\n\t :;,=/\\%#?\u{0}\u{b}0A_-.+\"HTP1".utf8) + [0x80, 0xff, 0x7f]
        return (0..<count).map { _ in
            var bytes = Array(seed.utf8)
            for _ in 0...Int(generator.next() % 3) {
                let place = Int(generator.next() % UInt64(bytes.count))
                let byte = interesting[Int(generator.next() % UInt64(interesting.count))]
                switch generator.next() % 3 {
                case 0: bytes[place] = byte
                case 1: bytes.insert(byte, at: place)
                default: bytes.remove(at: place)
                }
            }
            return bytes
        }
    }

    @Test(arguments: [
        "GET /a?b=c HTTP/1.1\r\nHost: h\r\nAccept: */*\r\nCookie: a=b; c=d\r\n\r\n",
        "POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nX-Y:  z \r\n\r\nabc",
        "POST /x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nA:\r\n\r\n0\r\n\r\n",
        "PUT http://h/x HTTP/1.0\r\nHost: h\r\nConnection: keep-alive\r\n\r\n",
    ])
    func `what we read, llhttp reads in the same way`(seed: String) throws {
        var compared = 0
        for bytes in mutations(of: seed, count: 500) {
            guard let (ours, head) = ourHead(bytes), ours.method != .connect else { continue }
            // llhttp takes no HTAB around a length; RFC 9110 §5.6.3 allows it.
            guard !head.contains(UInt8(ascii: "\t")) else { continue }
            // llhttp knows a list of methods only; any token is a method to us.
            guard Self.isKnownMethod(ours.methodText) else { continue }
            // llhttp is stricter about what ends a length or a coding; our guard refuses those as well.
            guard case .success = RequestGuard(authorities: ["h"]).admit(ours) else { continue }
            let text = String(decoding: head, as: UTF8.self)
            let theirs = try #require(peerHead(head), "\(text.debugDescription)")
            #expect(theirs.method.rawValue == ours.methodText)
            let target =
                theirs.uri.hasPrefix("/") ? theirs.uri : String(theirs.uri.dropFirst(8).drop { $0 != "/" })
            #expect(target == ours.target || theirs.uri.hasSuffix(ours.target), "\(text.debugDescription)")
            let fields = ours.block.fields.map {
                "\(ours.block.string($0.nameRange)): \(ours.block.string($0.valueRange))"
            }
            #expect(
                fields == theirs.headers.map { "\($0.name): \(Self.trimmed($0.value))" },
                "\(text.debugDescription)")
            compared += 1
        }
        #expect(compared > 20)
    }

    /// NIO leaves the blanks behind a value.
    private static func trimmed(_ value: String) -> Substring {
        var rest = value[...]
        while let last = rest.last, last == " " || last == "\t" { rest.removeLast() }
        return rest
    }

    private static func isKnownMethod(_ text: String) -> Bool {
        if case .RAW = HTTPMethod(rawValue: text) { return false }
        return true
    }
}

/// A small generator with a fixed start, so that a failure comes back.
struct SplitMix {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
