internal import Cryptography
internal import NIOCore
internal import NIOHTTP1

/// Counts and hashes a body of any size and keeps none of it.
final class Upload: Responder {
    private let hash = SHA256Stream()
    private var byteCount: Int64 = 0

    func begin(_ exchange: Exchange) {
        if exchange.request.headers["expect"].contains(where: { $0.lowercased() == "100-continue" }) {
            exchange.sendContinue()
        }
    }

    func receive(_ bytes: ByteBuffer, _ exchange: Exchange) {
        byteCount += Int64(bytes.readableBytes)
        bytes.withUnsafeReadableBytes { hash.update($0) }
    }

    func requestEnded(_ exchange: Exchange) {
        let json = #"{"bytes": \#(byteCount), "sha256": "\#(Hex.encode(hash.finish()))"}"# + "\n"
        exchange.answer(.ok, ["content-type": "application/json"], body: ByteBuffer(string: json))
    }
}
