internal import FoundationEssentials
internal import NIOCore

/// One message a line, in JSON, which has no line break of its own.
enum JSONLine {
    /// The longest line taken; a test report with a long conversation stays well below.
    static let maximumBytes = 256 * 1024

    /// Adds the lines' handlers to a new channel and wraps it.
    static func wrap<Received: Decodable & Sendable, Sent: Encodable & Sendable>(
        _ channel: any Channel, receiving: Received.Type, sending: Sent.Type
    ) throws -> NIOAsyncChannel<Received, Sent> {
        let pipeline = channel.pipeline.syncOperations
        try pipeline.addHandler(ByteToMessageHandler(Decoder<Received>()))
        try pipeline.addHandler(MessageToByteHandler(Encoder<Sent>()))
        return try NIOAsyncChannel(wrappingChannelSynchronously: channel)
    }

    struct Decoder<Message: Decodable & Sendable>: ByteToMessageDecoder {
        typealias InboundOut = Message

        mutating func decode(context: ChannelHandlerContext, buffer: inout ByteBuffer) throws -> DecodingState
        {
            guard let length = buffer.readableBytesView.firstIndex(of: UInt8(ascii: "\n")) else {
                guard buffer.readableBytes <= JSONLine.maximumBytes else { throw LeaseError.lineTooLong }
                return .needMoreData
            }
            let count = length - buffer.readerIndex
            guard count <= JSONLine.maximumBytes, let line = buffer.readBytes(length: count) else {
                throw LeaseError.lineTooLong
            }
            buffer.moveReaderIndex(forwardBy: 1)
            guard let message = try? JSONDecoder().decode(Message.self, from: Data(line)) else {
                throw LeaseError.unreadable
            }
            context.fireChannelRead(wrapInboundOut(message))
            return .continue
        }

        mutating func decodeLast(
            context: ChannelHandlerContext, buffer: inout ByteBuffer, seenEOF: Bool
        ) throws -> DecodingState {
            let state = try decode(context: context, buffer: &buffer)
            // Half a line at the end is a connection that died, not a message.
            if state == .needMoreData { buffer.clear() }
            return state
        }
    }

    struct Encoder<Message: Encodable & Sendable>: MessageToByteEncoder {
        typealias OutboundIn = Message

        func encode(data: Message, out: inout ByteBuffer) throws {
            out.writeBytes(try JSONEncoder().encode(data))
            out.writeInteger(UInt8(ascii: "\n"))
        }
    }
}
