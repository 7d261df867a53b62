package import NIOHTTP1

/// Why a request gets no answer from the app, as one of our own pages says it.
package enum FailureKind: Hashable, Sendable, CaseIterable {
    /// 400: framing, target or headers are ambiguous.
    case badRequest
    /// 403: the request comes from a foreign page.
    case forbidden
    /// 404: nothing of ours is there.
    case notFound
    /// 408: the request did not arrive in time.
    case requestTimeout
    /// 413: a form of ours is larger than ``Site/maximumBodyBytes``.
    case payloadTooLarge
    /// 414: the target is longer than the edge takes.
    case targetTooLong
    /// 415: a form of ours in a format we do not read.
    case unsupportedMediaType
    /// 421: the request names a host that is not ours.
    case misdirected
    /// 429: more connections or requests from one address than the edge takes.
    case tooManyRequests
    /// 431: more header than the edge takes.
    case headersTooLarge
    /// 501: a transfer coding or method that we do not speak.
    case notImplemented
    /// 502: the app's machine refused the connection: the machine is there, the app is not running.
    case appDown
    /// 502: the connection to the app's machine could not be made or broke before the answer.
    case connectionLost
    /// 502: the app answered with something that is no HTTP.
    case appGarbled
    /// 503: no path to the app's machine works.
    case tunnelDown
    /// 503: more requests wait for the app than we hold.
    case overloaded
    /// 503: this server is about to stop.
    case stopping
    /// 503: the database cannot be written, so nobody new can sign in.
    case signInUnavailable
    /// 504: the app took the request and stayed silent.
    case appSilent

    package var status: HTTPResponseStatus {
        switch self {
        case .badRequest: .badRequest
        case .forbidden: .forbidden
        case .notFound: .notFound
        case .requestTimeout: .requestTimeout
        case .payloadTooLarge: .payloadTooLarge
        case .targetTooLong: .uriTooLong
        case .unsupportedMediaType: .unsupportedMediaType
        case .misdirected: .misdirectedRequest
        case .tooManyRequests: .tooManyRequests
        case .headersTooLarge: .requestHeaderFieldsTooLarge
        case .notImplemented: .notImplemented
        case .appDown, .connectionLost, .appGarbled: .badGateway
        case .tunnelDown, .overloaded, .stopping, .signInUnavailable: .serviceUnavailable
        case .appSilent: .gatewayTimeout
        }
    }

    /// Seconds until the page tries again by itself; nil where trying again would not help.
    package var retrySeconds: Int? {
        switch self {
        case .appDown, .connectionLost, .tunnelDown, .overloaded, .appSilent: 5
        case .stopping: 2
        case .signInUnavailable: 30
        default: nil
        }
    }

    /// Whether the way to the app may be what failed: then the supervisor knows better why.
    var isOnTheWay: Bool {
        switch self {
        case .appDown, .connectionLost, .tunnelDown, .appSilent: true
        default: false
        }
    }
}
