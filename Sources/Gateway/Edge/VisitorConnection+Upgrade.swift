import NIOCore
import UpstreamSelection

// After the app's 101: bytes both ways, unread (RFC 9110 §7.8, RFC 6455).

extension VisitorConnection {
    /// Takes the app's agreement: only now may anything of the visitor's go on.
    func receiveUpgrade(_ head: ResponseHead) {
        guard let exchange, let upstream else { return }
        exchange.status = 101
        shared.scratch.clear()
        ResponseRewriter.write(
            head, exchange, .init(framing: .none, isPersistent: true), into: &shared.scratch)
        write(shared.scratch)
        log(exchange)
        shared.counters.upgradeBegan()
        upgraded = UpgradedStream(
            session: exchange.session, sessions: exchange.state.sessions, path: exchange.path?.name)
        // What an idle stream does not need goes now.
        self.exchange = nil
        knownAddress = nil
        phase = .upgraded
        if let early = pending.take() {
            upgraded?.count(toApp: early.readableBytes)
            upstream.write(early)
            upstream.flush()
        }
        if hasInputEnded { upstream.endOutput() }
        resumeReading()
    }

    /// Bytes from the app.
    func relay(_ bytes: ByteBuffer) {
        upgraded?.count(toVisitor: bytes.readableBytes)
        write(bytes)
    }

    /// The app sends no more on an upgraded stream; the visitor may go on.
    func relayEnded() {
        flush()
        if hasInputEnded {
            closeWhenWritten()
        } else {
            context?.close(mode: .output, promise: nil)
        }
    }
}
