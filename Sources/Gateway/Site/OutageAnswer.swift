import GateModel
package import Identity
import NIOHTTP1
package import UpstreamSelection

// The answer when no path leads to the app, and the supervisor has said why.

/// A request that cannot get through.
package struct StrandedRequest: Sendable {
    package let outage: Outage
    package let session: Session?
    /// As it was sent.
    package let target: String
    package let wantsHTML: Bool
    /// Whether the page may load itself again: only what changes nothing and has no body.
    package let retries: Bool

    package init(outage: Outage, session: Session?, target: String, wantsHTML: Bool, retries: Bool) {
        self.outage = outage
        self.session = session
        self.target = target
        self.wantsHTML = wantsHTML
        self.retries = retries
    }
}

extension Site {
    /// 503 with what broke and since when; 502 when only the app is down.
    ///
    /// A page for people, the same facts as JSON for programs.
    package func stranded(_ request: StrandedRequest) -> LocalResponse {
        let layer = request.outage.layer
        let words = FailureWords(layer)
        let lasted = time.now().sinceBoot - request.outage.since.sinceBoot
        let seconds = Int(max(.zero, lasted).components.seconds)
        let status: HTTPResponseStatus = layer == .appDown ? .badGateway : .serviceUnavailable
        let response: LocalResponse =
            request.wantsHTML
            ? .page(
                status,
                layout.outage(
                    words, chain: FailureChain(layer),
                    OutageNotice(
                        lastedSeconds: seconds,
                        retrySeconds: request.retries ? PageLayout.retrySeconds : nil,
                        offer: offer(to: request.session),
                        next: request.retries ? SafeRedirect.check(request.target) : nil)))
            : .json(
                status,
                [
                    "error": .text(words.code), "message": .text("\(words.title). \(words.text)"),
                    "layer": .text(layer.rawValue), "lasted_seconds": .number(seconds),
                    "since_unix_seconds": .number(Int(request.outage.since.unixSeconds)),
                    "retry_after_seconds": .number(PageLayout.retrySeconds),
                ])
        return response.adding("Retry-After", "\(PageLayout.retrySeconds)")
    }

    private func offer(to session: Session?) -> OutageNotice.Offer {
        guard let session, let recovery = recoveryWithMail else { return .none }
        return recovery.isAwaiting(session.email) ? .awaiting(session.user) : .mail
    }
}
