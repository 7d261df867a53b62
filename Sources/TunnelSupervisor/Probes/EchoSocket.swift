import GateModel
import Glibc
import NIOCore
import NIOPosix
import UpstreamSelection

/// A ping socket for one path (`icmp(7)`): echoes without a privilege, where `ping_group_range` allows it.
///
/// Everything happens on its event loop.
final class EchoSocket {
    /// What the socket has to tell.
    enum Event: Equatable {
        case answered(sequence: UInt16)
        /// The kernel could not send, or the far side's network said no.
        case unreachable(errno: Int32)
    }

    private let path: UpstreamPath
    private let address: SocketAddress
    private let isIPv4: Bool
    private let loop: any EventLoop
    private let nonce = UInt64.random(in: .min ... .max)
    private let report: (Event) -> Void
    private var channel: (any Channel)?
    private var isOpening = false
    private(set) var isRefused = false

    /// Nil for a target that is a name: an echo needs an address.
    init?(_ path: UpstreamPath, on loop: any EventLoop, report: @escaping (Event) -> Void) {
        guard let ip = try? IPAddress(path.endpoint.host),
            let address = try? SocketAddress(ipAddress: path.endpoint.host, port: 0)
        else { return nil }
        self.path = path
        self.address = address
        self.isIPv4 = ip.isIPv4
        self.loop = loop
        self.report = report
    }

    /// Sends an echo, if the socket is open; opens it otherwise.
    ///
    /// - Returns: Whether one was sent.
    func send(_ sequence: UInt16) -> Bool {
        guard let channel, channel.isActive else {
            open()
            return false
        }
        let packet = EchoPacket(sequence: sequence, nonce: nonce).bytes(isIPv4: isIPv4)
        let bound = NIOLoopBound(self, eventLoop: loop)
        channel.writeAndFlush(AddressedEnvelope(remoteAddress: address, data: packet)).whenFailure {
            bound.value.failed($0)
        }
        return true
    }

    func close() {
        isRefused = true
        channel?.close(promise: nil)
        channel = nil
    }

    private func open() {
        guard !isOpening, !isRefused else { return }
        isOpening = true
        let bound = NIOLoopBound(self, eventLoop: loop)
        let interface = path.interface
        DatagramBootstrap(group: loop)
            .protocolSubtype(.init(isIPv4 ? .icmp : .ipv6Icmp))
            .channelInitializer { channel in
                do {
                    try channel.pipeline.syncOperations.addHandler(EchoReader(socket: bound.value))
                } catch {
                    return channel.eventLoop.makeFailedFuture(error)
                }
                return ProbeSocket.bind(channel, to: interface)
            }
            .bind(host: isIPv4 ? "0.0.0.0" : "::", port: 0)
            .whenComplete { bound.value.opened($0) }
    }

    private func opened(_ result: Result<any Channel, any Error>) {
        isOpening = false
        switch result {
        case .success(let channel) where isRefused: channel.close(promise: nil)
        case .success(let channel): self.channel = channel
        case .failure(let error):
            // Not for us: `ping_group_range` does not hold our group. A missing interface may come back.
            if let error = error as? IOError, [EACCES, EPERM, EPROTONOSUPPORT].contains(error.errnoCode) {
                isRefused = true
            }
        }
    }

    fileprivate func received(_ packet: EchoPacket) {
        guard packet.nonce == nonce else { return }
        report(.answered(sequence: packet.sequence))
    }

    /// An interface that was deleted and made again has another number: the socket has to be made again too.
    fileprivate func failed(_ error: any Error) {
        channel?.close(promise: nil)
        channel = nil
        guard let error = error as? IOError else { return }
        // The firewall's rule may be for echoes alone: connects will tell.
        if error.errnoCode == EPERM || error.errnoCode == EACCES { isRefused = true }
        guard !isRefused,
            case .unreachable(let number) = ProbeFailure(errno: error.errnoCode)
        else { return }
        report(.unreachable(errno: number))
    }

    fileprivate func packet(_ bytes: ByteBuffer) -> EchoPacket? {
        EchoPacket(reply: bytes, isIPv4: isIPv4)
    }
}

@available(*, unavailable)
extension EchoSocket: Sendable {}

/// Hands the answers to the socket's owner.
private final class EchoReader: ChannelInboundHandler {
    typealias InboundIn = AddressedEnvelope<ByteBuffer>

    private let socket: EchoSocket

    init(socket: EchoSocket) {
        self.socket = socket
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if let packet = socket.packet(unwrapInboundIn(data).data) { socket.received(packet) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        socket.failed(error)
    }
}

@available(*, unavailable)
extension EchoReader: Sendable {}
