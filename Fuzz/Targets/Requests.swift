import Glibc
import NIOCore
import NIOEmbedded
import NIOHTTP1

@testable import Gateway

// Requests as bytes: whatever our strict reader takes, NIO's parser (llhttp) must read the same way.

func fuzzRequestHead(_ bytes: UnsafeRawBufferPointer) {
    var scanner = HeadScanner()
    guard case .complete(let length) = scanner.scan(bytes), length <= EdgeLimits().requestHeadBytes else {
        return
    }
    let buffer = ByteBuffer(bytes: bytes[..<length])
    guard let head = try? HeadReader.request(buffer, limits: EdgeLimits()) else { return }
    guard case .success = RequestGuard(authorities: ["localhost:7870"]).admit(head) else { return }
    // llhttp takes the methods of a list only; NIO names those it knows.
    if case .RAW = HTTPMethod(rawValue: head.methodText) { return }
    guard let other = LlhttpReading(buffer) else { fatalError("we admit what llhttp refuses") }
    precondition(other.head.method.rawValue == head.methodText, "another method")
    if head.targetAuthority == nil { precondition(other.head.uri == head.target, "another target") }
    precondition(other.head.headers.count == head.block.fields.count, "another number of fields")
    for (field, (name, value)) in zip(head.block.fields, other.head.headers) {
        precondition(head.block.string(field.nameRange) == name, "another field name")
        // Bytes above ASCII are passed on unread; as text they are nobody's business.
        guard value.utf8.allSatisfy({ $0 < 0x80 }) else { continue }
        // The blanks behind a value, which are no part of it (RFC 9110 §5.5), are left to the caller by llhttp.
        let read = Array(value.utf8).withUnsafeBytes { Array($0.trimmingBlanks) }
        precondition(head.block.withValue(of: field) { Array($0) } == read, "another field value")
    }
}

/// A head as NIO's decoder reads it; nil when it refuses.
struct LlhttpReading {
    let head: HTTPRequestHead

    init?(_ buffer: ByteBuffer) {
        let channel = EmbeddedChannel()
        defer { _ = try? channel.finish(acceptAlreadyClosed: true) }
        let decoder = ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes))
        do {
            try channel.pipeline.syncOperations.addHandler(decoder)
            try channel.writeInbound(buffer)
            guard case .head(let head)? = try channel.readInbound(as: HTTPServerRequestPart.self) else {
                return nil
            }
            self.head = head
        } catch {
            return nil
        }
    }
}

func fuzzChunkedBody(_ bytes: UnsafeRawBufferPointer) {
    // Read at once and byte by byte, the result must be one.
    let whole = chunkedBody(bytes, step: max(1, bytes.count))
    let single = chunkedBody(bytes, step: 1)
    precondition(whole == single, "the body depends on how its bytes arrive")
}

private func chunkedBody(_ bytes: UnsafeRawBufferPointer, step: Int) -> [UInt8]? {
    var reader = ChunkedReader(allowsExtensions: true)
    var body: [UInt8] = []
    var pending = ByteBuffer()
    for start in stride(from: 0, to: bytes.count, by: step) {
        pending.writeBytes(bytes[start..<min(start + step, bytes.count)])
        do {
            while let part = try reader.next(from: &pending) { body += part.readableBytesView }
        } catch {
            return nil
        }
    }
    return body
}

func fuzzTargetPath(_ bytes: UnsafeRawBufferPointer) {
    let kind = ReservedPath.classify(bytes[...])
    // Whatever decodes to a path of ours in one step must not be the app's.
    var decoded = Array(bytes)
    for _ in 0..<3 { decoded = PercentCoding.decodeOnce(decoded) ?? decoded }
    let text = String(decoding: decoded, as: UTF8.self).lowercased()
    if text.hasPrefix("/.runegate/") { precondition(kind != .app, "a path of ours could reach the app") }
}
