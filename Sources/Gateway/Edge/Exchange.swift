import Identity
import NIOCore
import UpstreamSelection

// One request and its answer, from the complete head to the last byte.

final class Exchange {
    let head: RequestHead
    let admission: Admission
    /// The settings the request began with.
    let state: EdgeState
    let startedAt: NIODeadline
    /// The visitor's address as text, for the app and the log.
    let visitorAddress: String
    var session: Session?
    /// The cookie to set with the answer: the one presented was signed by a previous key.
    var reissuedCookie: String?

    /// What is left of the request's body on the visitor's connection.
    var requestBody: BodyReader
    /// Whether the app has the whole request.
    var isRequestSent = false
    /// Whether anything of the body was given to a connection; then the request cannot be sent again.
    var hasSentBody = false
    /// When its head was written to a connection.
    var sentAt: NIODeadline
    /// The race for the connection that it waits for, or for one beside that on which it waits.
    var connect: RacedConnect?
    /// A second connection that it was sent on; the first byte decides.
    var rival: UpstreamConnection?
    var hasReplayed = false

    /// The path it was sent on, in the end the one that served it.
    var path: UpstreamPath?
    /// The status given to the visitor; nil before that.
    var status: Int?
    var answerFraming = AnswerFraming.none
    /// Whether the visitor was told that the connection stays.
    var isAnswerPersistent = false
    /// Whether bytes of a body moved since it was last asked.
    var hasMoved = false
    var bytesToVisitor: UInt64 = 0
    var bytesToApp: UInt64 = 0
    /// An answer that is put together before it is sent.
    var held: HeldAnswer?

    /// For one of our own addresses: which, and the body so far.
    var localRoute: SiteRoute?
    var localBody: [UInt8] = []

    init(
        head: RequestHead, admission: Admission, state: EdgeState, visitorAddress: String,
        startedAt: NIODeadline
    ) {
        self.head = head
        self.admission = admission
        self.state = state
        self.visitorAddress = visitorAddress
        self.startedAt = startedAt
        self.sentAt = startedAt
        self.requestBody = BodyReader(admission.framing, allowsExtensions: false)
    }

    /// Counts what moved as a use of the session, since a long transfer is work; whether anything has.
    func touchIfMoved() -> Bool {
        guard hasMoved else { return false }
        hasMoved = false
        if let session { state.sessions.touch(session) }
        return true
    }

    /// Whether it does no harm to send it twice: safe by its method and without a body.
    var isRepeatable: Bool {
        switch head.method {
        case .get, .head, .options: admission.framing == .none && admission.upgrade == .none
        case .post, .connect, .trace, .other: false
        }
    }
}

/// How the end of the body is told to the visitor.
enum AnswerFraming: Equatable {
    case none
    case length
    case chunked
    case untilClose
}

/// A small answer of the app that waits for its end (`RUNEGATE_STREAM_RESPONSES=false`).
struct HeldAnswer {
    let head: ResponseHead
    let framing: BodyFraming
    var body: ByteBuffer
}
