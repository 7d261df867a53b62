import Glibc
import NIOCore
import UpstreamSelection

// When the way to the app breaks: what is sent once more, what waits on, and what the visitor is told.
//
// Only GET, HEAD and OPTIONS without a body are ever sent twice, only once more, and only while no byte of an
// answer has come. An answer that has begun is never continued by another.

extension VisitorConnection {
    /// A connection to the app ended before the answer did.
    func upstreamEnded(_ connection: UpstreamConnection, _ failure: UpstreamFailure) {
        if !connection.hasAnswered { noteUnanswered(connection) }
        if let exchange, exchange.rival === connection {
            // The one it was sent on first may still answer.
            exchange.rival = nil
            return
        }
        upstream = nil
        if phase == .upgraded || exchange?.status != nil {
            cut(connection, failure)
        } else if let exchange, phase == .relaying {
            lost(connection, exchange, failure)
        }
    }

    /// The visitor must see that the answer is cut: no last chunk, and a reset where only the end of the
    /// connection would tell.
    private func cut(_ connection: UpstreamConnection, _ failure: UpstreamFailure) {
        if failure == .pathDied { shared.streamEnded(on: connection.path.name) }
        if phase != .upgraded, exchange?.answerFraming == .untilClose { resetOnClose() }
        abort()
    }

    /// Nothing of the answer has gone to the visitor.
    private func lost(_ connection: UpstreamConnection, _ exchange: Exchange, _ failure: UpstreamFailure) {
        if let rival = exchange.rival.take() {
            upstream = rival
        } else if exchange.connect != nil {
            // It is about to be sent once more already.
            phase = .dialing
        } else if !connection.hasAnswered, replay(exchange, lostWith: connection) {
            return
        } else {
            upstreamFailed(failure)
        }
    }

    /// Sends a request once more if that does no harm, helps, and was not done too often.
    private func replay(_ exchange: Exchange, lostWith connection: UpstreamConnection) -> Bool {
        let path = connection.path.name
        guard mayReplay(exchange),
            shared.paths.isWorthReplaying(lostOn: path, wasKept: connection.wasKept),
            shared.retries.takeReplay(at: .now())
        else { return false }
        phase = .dialing
        beginReplay(exchange, avoiding: path)
        return true
    }

    private func mayReplay(_ exchange: Exchange) -> Bool { exchange.isRepeatable && !exchange.hasReplayed }

    private func beginReplay(_ exchange: Exchange, avoiding path: UpstreamPath.Name) {
        exchange.hasReplayed = true
        shared.replayBegan()
        connect(exchange, avoiding: path)
    }

    /// A fresh connection that ends without a byte speaks against Rathole, whose port accepts with nobody behind
    /// it; elsewhere the far side has hung up, and is there.
    private func noteUnanswered(_ connection: UpstreamConnection) {
        guard !connection.wasKept, connection.path.name == .rathole else { return }
        shared.observe(.connectFailed(connection.path.name), at: .now())
    }

    // MARK: What becomes known meanwhile

    /// The first byte of an answer has come: whatever else the request was sent on is of no more use.
    func answerBegan(on connection: UpstreamConnection) {
        guard let exchange else { return }
        exchange.connect = nil
        guard let rival = exchange.rival.take() else { return }
        exchange.path = connection.path
        if rival === connection {
            upstream?.close()
            upstream = rival
        } else {
            rival.close()
        }
    }

    /// Paths have changed their state; those in `died` carry nothing any more.
    func pathsChanged(died: Set<UpstreamPath.Name>) {
        exchange?.connect?.take(shared.paths.selection)
        if let rival = exchange?.rival, died.contains(rival.path.name) { rival.pathDied() }
        if let upstream, died.contains(upstream.path.name) { upstream.pathDied() }
    }

    /// Looks whether the first byte is late on a path in doubt.
    func checkFirstByte(now: NIODeadline) {
        guard phase == .relaying, let exchange, exchange.connect == nil, let upstream, !upstream.hasAnswered
        else { return }
        let wait = shared.paths.judge(
            upstream.path, sentAt: exchange.sentAt, mayReplay: mayReplay(exchange),
            isRepeatable: exchange.isRepeatable, at: now)
        if let rival = exchange.rival { return checkBoth(upstream, rival, exchange, wait, now: now) }
        guard wait != .on else { return }
        shared.observe(.firstByteLate(upstream.path.name), at: now)
        if wait == .giveUp {
            self.upstream = nil
            upstream.close()
            upstreamFailed(.unreachable)
        } else if shared.retries.takeReplay(at: now) {
            beginReplay(exchange, avoiding: upstream.path.name)
        }
    }

    /// Gives a request up that was sent over both paths, once neither is to be waited for.
    private func checkBoth(
        _ first: UpstreamConnection, _ rival: UpstreamConnection, _ exchange: Exchange, _ wait: PathView.Wait,
        now: NIODeadline
    ) {
        let other = shared.paths.judge(
            rival.path, sentAt: exchange.sentAt, mayReplay: false, isRepeatable: exchange.isRepeatable,
            at: now)
        guard wait == .giveUp, other == .giveUp else { return }
        exchange.rival = nil
        upstream = nil
        rival.close()
        first.close()
        upstreamFailed(.unreachable)
    }

    // MARK: The end

    /// No connection carries the request, and none will.
    func upstreamFailed(_ failure: UpstreamFailure) {
        guard let exchange else { return }
        shared.counters.appFailed()
        log(failure, exchange)
        exchange.held = nil
        // No path has served it.
        exchange.path = nil
        answerFailure(failure.page)
        advance()
    }

    /// SO_LINGER of 0 makes the close a reset (`socket(7)`).
    private func resetOnClose() {
        guard let socket = context?.channel as? any SocketOptionProvider else { return }
        // On the channel's own loop the option is set before this returns; a failure leaves an ordinary close.
        _ = socket.setSoLinger(linger(l_onoff: 1, l_linger: 0))
    }
}
