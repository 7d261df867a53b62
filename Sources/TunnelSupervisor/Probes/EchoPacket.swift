import NIOCore

/// An ICMP echo as a ping socket sends and receives it (RFC 792, RFC 4443 §4; `icmp(7)`): the kernel fills
/// in identifier and checksum, and hands over the answers to this socket's own echoes only.
struct EchoPacket: Sendable, Hashable {
    let sequence: UInt16
    /// Comes back unchanged; another host cannot guess it.
    let nonce: UInt64

    func bytes(isIPv4: Bool) -> ByteBuffer {
        var bytes = ByteBuffer()
        bytes.writeInteger(isIPv4 ? 8 : 128, as: UInt8.self)
        bytes.writeInteger(0, as: UInt8.self)
        bytes.writeInteger(0, as: UInt32.self)
        bytes.writeInteger(sequence)
        bytes.writeInteger(nonce)
        return bytes
    }

    init(sequence: UInt16, nonce: UInt64) {
        self.sequence = sequence
        self.nonce = nonce
    }

    /// Reads an echo reply; nil for anything else.
    init?(reply: ByteBuffer, isIPv4: Bool) {
        var bytes = reply
        guard let type = bytes.readInteger(as: UInt8.self), type == (isIPv4 ? 0 : 129),
            bytes.readInteger(as: UInt8.self) == 0,
            bytes.readInteger(as: UInt32.self) != nil,
            let sequence = bytes.readInteger(as: UInt16.self), let nonce = bytes.readInteger(as: UInt64.self)
        else { return nil }
        self.init(sequence: sequence, nonce: nonce)
    }
}
