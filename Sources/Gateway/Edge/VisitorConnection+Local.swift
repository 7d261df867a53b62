import GateModel
import Identity
import NIOCore
import NIOHTTP1
import UpstreamSelection

// Answers of our own: pages, challenges, refusals and failures.

extension VisitorConnection {
    /// A request for one of our own addresses: its body is collected, then the site answers.
    func beginLocal(_ route: SiteRoute, _ exchange: Exchange) {
        exchange.localRoute = route
        if case .length(let count) = exchange.admission.framing, count > UInt64(shared.limits.localBodyBytes)
        {
            answerFailure(.payloadTooLarge)
            return
        }
        phase = .collecting
        waitingSince = .now()
        if exchange.admission.expectsContinue, exchange.admission.framing != .none { writeContinue() }
    }

    /// Takes what has come of the body; whether the request went on to be answered.
    func collect() -> Bool {
        guard let exchange else { return false }
        do {
            while var waiting = pending.take() {
                let piece = try exchange.requestBody.next(from: &waiting)
                if waiting.readableBytes > 0 { pending = waiting }
                guard let piece else { break }
                exchange.localBody += piece.readableBytesView
                guard exchange.localBody.count <= shared.limits.localBodyBytes else {
                    answerFailure(.payloadTooLarge)
                    return false
                }
            }
        } catch {
            refuse(.badRequest("the body's chunks are malformed"), exchange.head)
            return false
        }
        guard exchange.requestBody.isFinished else { return false }
        exchange.isRequestSent = true
        phase = .answering
        respond(exchange)
        return false
    }

    /// The one step off the event loop: the site may wait for the database.
    private func respond(_ exchange: Exchange) {
        guard let route = exchange.localRoute else { return }
        let head = exchange.head
        let address = (try? IPAddress(exchange.visitorAddress)) ?? ClientAddress.thisMachine
        let request = LocalRequest(
            method: HTTPMethod(rawValue: head.methodText), path: head.path, query: head.query,
            headers: HTTPHeaders(head.block), body: exchange.localBody,
            client: Client(address: address, userAgent: head.block.value(of: .userAgent) ?? ""),
            session: exchange.session)
        let site = exchange.state.site
        shared.loop.makeFutureWithTask { await site.respond(to: request, route: route) }
            .assumeIsolated().whenSuccess { [weak self] response in
                guard let self, self.exchange === exchange, self.phase == .answering else { return }
                self.answer(response, exchange)
                self.advance()
            }
    }

    func writeContinue() {
        shared.scratch.clear()
        shared.scratch.writeStaticString("HTTP/1.1 100 Continue\r\n\r\n")
        write(shared.scratch)
        flush()
    }

    /// Refuses a request before anybody has seen it; the connection's bytes mean nothing after this.
    func refuse(_ refusal: Refusal, _ head: RequestHead? = nil) {
        shared.counters.requestRefused()
        log(refusal)
        let wantsHTML = head.map { HTTPHeaders($0.block).wantsHTML } ?? false
        let response =
            refusal.page.map { shared.state.site.failure($0, wantsHTML: wantsHTML, retries: false) }
            ?? LocalResponse(status: refusal.status)
        exchange?.status = Int(response.status.code)
        write(response, to: head, isPersistent: false)
        finish(isPersistent: false)
    }

    /// Answers with one of the failure pages; the rest of the request is not read.
    func answerFailure(_ kind: FailureKind) {
        guard let exchange else { return }
        let site = exchange.state.site
        let wantsHTML = HTTPHeaders(exchange.head.block).wantsHTML
        if kind.isOnTheWay, let outage = shared.reader.current.outage {
            let request = StrandedRequest(
                outage: outage, session: exchange.session, target: exchange.head.target,
                wantsHTML: wantsHTML, retries: exchange.isRepeatable)
            answer(site.stranded(request), exchange)
            return
        }
        answer(site.failure(kind, wantsHTML: wantsHTML, retries: exchange.isRepeatable), exchange)
    }

    /// Answers the present request with a whole response.
    func answer(_ response: LocalResponse, _ exchange: Exchange) {
        let isPersistent =
            exchange.admission.isPersistent && exchange.requestBody.isFinished && !shared.isDraining
            && !hasInputEnded
        exchange.status = Int(response.status.code)
        write(response, to: exchange.head, isPersistent: isPersistent)
        finish(isPersistent: isPersistent)
    }

    private func write(_ response: LocalResponse, to head: RequestHead?, isPersistent: Bool) {
        shared.scratch.clear()
        LocalResponseWriter.write(response, to: head, isPersistent: isPersistent, into: &shared.scratch)
        exchange?.bytesToVisitor += UInt64(shared.scratch.readableBytes)
        write(shared.scratch)
    }
}
