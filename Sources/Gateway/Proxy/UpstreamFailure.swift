import Glibc
import NIOCore
import NIOPosix
import TLS

// What can go wrong on the way to the app, and which page says so.

enum UpstreamFailure: Error, Equatable {
    /// Nobody listens at the app's port.
    case refused
    /// The machine did not answer in time, or there is no way to it.
    case unreachable
    /// The connection broke before the answer was whole.
    case lost
    /// The answer is no HTTP that we take.
    case garbled
    /// TLS to an `https` target failed; the text is for the log.
    case untrusted(String)
    /// We have no connection to give.
    case exhausted

    /// Sorts what a connect failed with.
    init(connecting error: any Error) {
        if let known = error as? UpstreamFailure {
            self = known
        } else if let tls = error as? TLSError {
            self = .untrusted(tls.description)
        } else if let system = error as? IOError {
            self = Self(errno: system.errnoCode)
        } else if case ChannelError.connectTimeout? = error as? ChannelError {
            self = .unreachable
        } else if let attempts = error as? NIOConnectionError {
            self =
                attempts.connectionErrors.first.map { Self(connecting: $0.error) } ?? .unreachable
        } else {
            self = .lost
        }
    }

    private init(errno code: CInt) {
        switch code {
        case ECONNREFUSED: self = .refused
        case EMFILE, ENFILE, EADDRNOTAVAIL, ENOBUFS, ENOMEM: self = .exhausted
        default: self = .unreachable
        }
    }

    var page: FailureKind {
        switch self {
        case .refused: .appDown
        case .unreachable: .tunnelDown
        case .lost: .connectionLost
        case .garbled, .untrusted: .appGarbled
        case .exhausted: .overloaded
        }
    }

    /// One word for the log.
    var word: String {
        switch self {
        case .refused: "refused"
        case .unreachable: "unreachable"
        case .lost: "lost"
        case .garbled: "garbled"
        case .untrusted: "untrusted"
        case .exhausted: "exhausted"
        }
    }
}
