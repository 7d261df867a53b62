package import NIOCore

// Every limit of the edge, in one place. None bounds a body or the time of a transfer that moves.

/// What a visitor, or the app, may make us hold or wait for.
package struct EdgeLimits: Sendable, Equatable {
    /// The request line and all header fields together.
    package var requestHeadBytes = 16 * 1024
    package var requestTargetBytes = 8 * 1024
    package var requestFields = 100
    /// The app's status line and header fields; not above 64 KiB, since offsets in a head are 16 bits wide.
    package var responseHeadBytes = 64 * 1024
    package var responseFields = 500
    /// A body for one of our own pages; 413 above.
    package var localBodyBytes = 16 * 1024
    /// An answer that is put together before it is sent, when streaming is switched off.
    package var heldResponseBytes = 64 * 1024

    /// From the first byte of a head (or the connection's start) to its last.
    package var headDeadline: TimeAmount = .seconds(10)
    /// Between two requests; longer than nginx's 60 s, so that nginx closes first.
    package var keepAliveIdle: TimeAmount = .seconds(75)
    /// How long an announced body may pause.
    package var bodyStall: TimeAmount = .seconds(60)
    /// How long a peer may take nothing of what waits for it.
    package var writeStall: TimeAmount = .seconds(60)
    /// How long the answer to a visitor who has closed his side may still take to begin.
    package var halfClosedWait: TimeAmount = .seconds(10)
    /// How long what a visitor still sends behind a final answer is read and thrown away, so that the answer
    /// is not lost in a reset (RFC 9112 §9.6).
    package var linger: TimeAmount = .seconds(2)

    package var connectTimeout: TimeAmount = .seconds(3)
    /// Below the 5 s after which uvicorn and Node.js close an idle connection.
    package var upstreamIdle: TimeAmount = .seconds(4)
    /// Kept connections to the app, per event loop and path.
    package var upstreamKept = 128
    /// A request that must not be sent twice takes a kept connection only if it answered this recently.
    package var upstreamFresh: TimeAmount = .seconds(1)

    /// Connections from one untrusted address (IPv6: one /64).
    package var connectionsPerAddress = 512
    /// All visitors' connections; nil: from the process's limit of file descriptors.
    package var connections: Int?

    /// How often deadlines are looked at: how late a deadline may fire.
    package var sweepInterval: TimeAmount = .milliseconds(500)
    /// How long a silent connection stays after a stop, above nginx's upstream `keepalive_timeout` of 5 s.
    package var silentDrain: TimeAmount = .seconds(8)

    package init() {}
}
