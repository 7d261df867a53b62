internal import Glibc
internal import NIOCore
internal import NIOPosix

/// Tells apart why a connection could not be made.
enum ConnectFailure {
    static func failure(_ error: any Error, host: String, port: Int) -> SMTPFailure {
        guard let error = error as? NIOConnectionError else {
            return unreachable(error, host: host, port: port)
        }
        guard let last = error.connectionErrors.last?.error else {
            let isUnknown = error.dnsAError != nil || error.dnsAAAAError != nil
            return isUnknown
                ? .nameNotFound(host: host) : .unreachable(host: host, port: port, reason: "no address")
        }
        let isRefused = error.connectionErrors.contains { ($0.error as? IOError)?.errnoCode == ECONNREFUSED }
        return isRefused
            ? .connectionRefused(host: host, port: port) : unreachable(last, host: host, port: port)
    }

    private static func unreachable(_ error: any Error, host: String, port: Int) -> SMTPFailure {
        switch error {
        case let error as IOError where error.errnoCode == ECONNREFUSED:
            .connectionRefused(host: host, port: port)
        case let error as IOError:
            .unreachable(host: host, port: port, reason: String(cString: strerror(error.errnoCode)))
        case ChannelError.connectTimeout: .unreachable(host: host, port: port, reason: "no answer in time")
        default: .unreachable(host: host, port: port, reason: "\(error)")
        }
    }
}
