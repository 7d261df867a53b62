import GateModel
import Identity
import Logging
import NIOCore
import UpstreamSelection

// The end of an exchange, and what is written down about it.

extension VisitorConnection {
    /// The answer is written: the connection goes on to the next request, or ends behind this answer.
    func finish(isPersistent: Bool) {
        if let exchange {
            log(exchange)
            self.exchange = nil
        }
        hasServed = true
        waitingSince = .now()
        guard !isPersistent else {
            phase = .head
            resumeReading()
            return
        }
        linger()
    }

    /// Closes behind the answer without losing it: a close with unread input would be a reset, which may
    /// overtake the answer (RFC 9112 §9.6).
    private func linger() {
        pending = nil
        flush()
        guard !hasInputEnded else {
            closeWhenWritten()
            return
        }
        phase = .lingering
        context?.close(mode: .output, promise: nil)
        resumeReading()
    }

    /// Counts a request and, when switched on, writes a line about it.
    ///
    /// Never a query: those of our own pages hold tokens, those of the app whatever the app likes.
    func log(_ exchange: Exchange) {
        let status = exchange.status ?? 0
        shared.answered(exchange, status: status)
        guard exchange.state.logsRequests else { return }
        shared.logger.info(
            "request",
            metadata: [
                "method": "\(exchange.head.methodText)", "path": "\(exchange.head.path)",
                "status": "\(status)",
                "bytes": "\(exchange.bytesToVisitor)",
                "milliseconds": "\((NIODeadline.now() - exchange.startedAt).nanoseconds / 1_000_000)",
                "user": "\(exchange.session?.user ?? "-")", "visitor": "\(exchange.visitorAddress)",
                "upstream": "\(exchange.path?.name.rawValue ?? "-")",
            ])
    }

    /// A request whose visitor went before the answer was whole.
    func logUnfinished() {
        guard let exchange else { return }
        log(exchange)
    }

    func log(_ refusal: Refusal) {
        guard shared.state.logsRequests else { return }
        shared.logger.info(
            "request refused",
            metadata: ["reason": "\(refusal.reason)", "peer": "\(peer?.description ?? "unix")"])
    }

    func log(_ failure: UpstreamFailure, _ exchange: Exchange) {
        var metadata: Logger.Metadata = [
            "reason": "\(failure.word)", "upstream": "\(exchange.path?.name.rawValue ?? "-")",
        ]
        if case .untrusted(let problem) = failure { metadata["problem"] = "\(problem)" }
        shared.logger.warning("the app could not be reached", metadata: metadata)
    }
}
