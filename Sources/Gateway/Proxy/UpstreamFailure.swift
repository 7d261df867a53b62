import Glibc
import NIOCore
import NIOPosix
import TLS
import UpstreamSelection

// What can go wrong on the way to the app, and which page says so.

enum UpstreamFailure: Error, Equatable {
    /// Nobody listens at the app's port.
    case refused
    /// The machine did not answer in time, or there is no way to it.
    case unreachable
    /// The connection broke before the answer was whole.
    case lost
    /// The path died while the answer was awaited.
    case pathDied
    /// The answer is no HTTP that we take.
    case garbled
    /// TLS to an `https` target failed; the text is for the log.
    case untrusted(String)
    /// We have no connection to give.
    case exhausted

    /// Sorts what a connect over `path` failed with.
    ///
    /// Rathole's port is on this machine: it refuses when no client is there, and the app has not been asked.
    init(connecting error: any Error, over path: UpstreamPath) {
        let failure = Self(connecting: error)
        self = failure == .refused && path.name == .rathole ? .unreachable : failure
    }

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
        case .lost, .pathDied: .connectionLost
        case .garbled, .untrusted: .appGarbled
        case .exhausted: .overloaded
        }
    }

    /// How much it says about what is wrong: of two failures the visitor is told the one with more.
    var telling: Int {
        switch self {
        case .unreachable: 0
        case .lost, .pathDied: 1
        case .exhausted: 2
        case .refused: 3
        case .garbled: 4
        case .untrusted: 5
        }
    }

    /// One word for the log.
    var word: String {
        switch self {
        case .refused: "refused"
        case .unreachable: "unreachable"
        case .lost: "lost"
        case .pathDied: "path died"
        case .garbled: "garbled"
        case .untrusted: "untrusted"
        case .exhausted: "exhausted"
        }
    }
}
