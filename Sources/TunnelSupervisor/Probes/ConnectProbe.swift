import Glibc
import NIOCore
import NIOPosix
import UpstreamSelection

/// The light probe by TCP: a connection that is reset as soon as it is accepted.
enum ConnectProbe {
    /// The kernel sends a lost SYN again after a second; an answer to that one would look like a round trip.
    private static let longest: TimeAmount = .milliseconds(950)

    /// What came of the connect; a time-out is not reported, since it is lost long before.
    enum Answer {
        case accepted, refused
        case unreachable(errno: Int32)
        /// It was not made, for a shortage of ours.
        case notMade
    }

    /// Connects on `loop` and tells what the far side said.
    static func send(over path: UpstreamPath, on loop: any EventLoop, report: @escaping (Answer) -> Void) {
        let report = NIOLoopBound(report, eventLoop: loop)
        let bootstrap = ClientBootstrap(group: loop).connectTimeout(longest).channelInitializer {
            ProbeSocket.bind($0, to: path.interface)
        }
        ProbeSocket.connect(bootstrap, to: path.endpoint).whenComplete { result in
            switch result {
            case .success(let channel):
                report.value(.accepted)
                close(channel)
            case .failure(let error):
                switch ProbeFailure(error) {
                case .refused: report.value(.refused)
                case .unreachable(let number): report.value(.unreachable(errno: number))
                case .timedOut: break
                case .shortage: report.value(.notMade)
                }
            }
        }
    }

    /// With a reset: thousands of these a day leave no TIME_WAIT behind.
    private static func close(_ channel: any Channel) {
        guard let socket = channel as? any SocketOptionProvider else { return channel.close(promise: nil) }
        socket.setSoLinger(linger(l_onoff: 1, l_linger: 0)).whenComplete { _ in channel.close(promise: nil) }
    }
}
