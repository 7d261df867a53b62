import NIOCore
import UpstreamSelection

// From a request to the connection that carries it.

extension VisitorConnection {
    /// Has a request sent: on a kept connection of the current path, or on a new one.
    ///
    /// While something is known against the path nothing that lay idle on it is trusted.
    func dial(_ exchange: Exchange) {
        let path = shared.paths.selection.current
        shared.retries.requestBegan()
        shared.observe(.requestBegan(path.name), at: exchange.startedAt)
        if exchange.admission.upgrade == .none, shared.paths.isCurrentSound,
            let kept = shared.pool.take(path, isRepeatable: exchange.isRepeatable, now: exchange.startedAt)
        {
            attach(kept, exchange, isKept: true)
        } else {
            phase = .dialing
            connect(exchange)
        }
    }

    /// Has a connection made; the request is sent on it as soon as it stands.
    ///
    /// - Parameters:
    ///   - exchange: The request, which has no such connection under way.
    ///   - avoided: The path to be tried last.
    func connect(_ exchange: Exchange, avoiding avoided: UpstreamPath.Name? = nil) {
        let shared = shared
        let race = ConnectRace(shared.paths.selection, avoiding: avoided)
        let connect = RacedConnect(race, in: shared) { [weak self] outcome in
            if let self, self.exchange === exchange, exchange.connect.take() != nil {
                connected(outcome, exchange)
            } else if case .success(let connection) = outcome {
                // Nobody waits for it any more; the next one may have it.
                shared.keep(connection)
            }
        }
        exchange.connect = connect
        connect.begin()
    }

    private func connected(_ outcome: RacedConnect.Outcome, _ exchange: Exchange) {
        switch outcome {
        case .success(let connection) where phase == .relaying: attachRival(connection, exchange)
        case .success(let connection): attach(connection, exchange, isKept: false)
        // It was sent once only, and may be sent again when it has waited for as long again.
        case .failure where phase == .relaying:
            exchange.hasReplayed = false
            exchange.sentAt = .now()
        case .failure(let failure): upstreamFailed(failure)
        }
    }

    private func attach(_ connection: UpstreamConnection, _ exchange: Exchange, isKept: Bool) {
        upstream = connection
        phase = .relaying
        exchange.sentAt = isKept ? exchange.startedAt : .now()
        waitingSince = exchange.sentAt
        sendHead(exchange, on: connection, isKept: isKept)
        // Answered here, once the app's connection stands: the app is not asked, and a failed connect is told
        // before the visitor sends the body (RFC 9110 §10.1.1).
        if exchange.admission.expectsContinue, exchange.admission.framing != .none, !exchange.hasSentBody {
            writeContinue()
        }
        relayRequestBody()
        connection.flush()
        resumeReading()
    }

    /// Sends a request, which has no body, a second time while the first connection may still answer.
    private func attachRival(_ connection: UpstreamConnection, _ exchange: Exchange) {
        exchange.rival = connection
        sendHead(exchange, on: connection, isKept: false)
        connection.flush()
    }

    private func sendHead(_ exchange: Exchange, on connection: UpstreamConnection, isKept: Bool) {
        exchange.path = connection.path
        connection.begin(exchange, for: self, isKept: isKept)
        shared.scratch.clear()
        RequestRewriter.write(exchange, into: &shared.scratch)
        connection.write(shared.scratch)
    }
}
