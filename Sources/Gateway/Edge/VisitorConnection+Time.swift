import Identity
import NIOCore
import UpstreamSelection

// What time does to a connection. Deadlines are looked at a few times a second instead of having a timer each.

extension VisitorConnection {
    /// Ends what took too long, or whose session has ended.
    func sweep(now: NIODeadline) {
        if isOfEndedSession {
            // Signed out, revoked or expired: nothing more comes to this visitor.
            abort()
            return
        }
        noteMovement(now)
        checkFirstByte(now: now)
        let waited = now - waitingSince
        switch phase {
        case .head: sweepHead(waited)
        case .collecting: if waited > shared.limits.headDeadline { answerFailure(.requestTimeout) }
        case .relaying: sweepRelay(waited)
        case .lingering: if hasOutputEnded, waited > shared.limits.linger { abort() }
        case .dialing, .answering, .upgraded, .closed: break
        }
        checkWriteStall(now)
    }

    /// Bytes that moved are a use of the session, and a sign of life of the path.
    private func noteMovement(_ now: NIODeadline) {
        guard upgraded?.touchIfMoved() ?? exchange?.touchIfMoved() ?? false, let upstream else { return }
        let path = upstream.path.name
        shared.observe(upstream.takeHasHeard() ? .byteSeen(path) : .requestBegan(path), at: now)
    }

    /// Whether a stream to or from the app has lost its session; our own pages look for themselves.
    private var isOfEndedSession: Bool {
        switch phase {
        case .dialing, .relaying: exchange?.session?.hasEnded ?? false
        case .upgraded: upgraded?.session?.hasEnded ?? false
        case .head, .collecting, .answering, .lingering, .closed: false
        }
    }

    private func sweepHead(_ waited: TimeAmount) {
        if let pending, pending.readableBytes > 0 {
            if waited > shared.limits.headDeadline { refuseLate() }
        } else if waited > (shared.isDraining ? shared.limits.silentDrain : idleLimit) {
            abort()
        }
    }

    /// A connection that never sent anything gets the head's deadline, a kept one more.
    private var idleLimit: TimeAmount { hasServed ? shared.limits.keepAliveIdle : shared.limits.headDeadline }

    private func sweepRelay(_ waited: TimeAmount) {
        guard let exchange else { return }
        if !exchange.requestBody.isFinished {
            // Only a pause of the visitor's counts, not one of the app's.
            if !isReadWithheld, waited > shared.limits.bodyStall { abort() }
        } else if hasInputEnded, exchange.status == nil, waited > shared.limits.halfClosedWait {
            abort()
        }
    }

    private func refuseLate() {
        write408()
        finish(isPersistent: false)
    }

    private func write408() {
        let response = shared.state.site.failure(.requestTimeout, wantsHTML: false, retries: false)
        shared.scratch.clear()
        LocalResponseWriter.write(response, to: nil, isPersistent: false, into: &shared.scratch)
        write(shared.scratch)
    }

    /// A peer that takes nothing for a minute is gone, whatever its keep-alive says.
    private func checkWriteStall(_ now: NIODeadline) {
        guard let context, !context.channel.isWritable else {
            stall = WriteStall()
            return
        }
        let waiting = (try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
        if stall.observe(waitingBytes: waiting, now: now) > shared.limits.writeStall { abort() }
    }

    /// The time for transfers is over; silent connections have their own.
    func cutTransfer() {
        switch phase {
        case .dialing, .relaying, .collecting, .answering, .upgraded: abort()
        case .head, .lingering, .closed: break
        }
    }

    /// A stop has begun.
    func beginDrain(now: NIODeadline) {
        isFromBeforeStop = true
        switch phase {
        case .upgraded: abort()
        // A silent connection has `silentDrain` from now on; a request on it is still answered.
        case .head where (pending?.readableBytes ?? 0) == 0: waitingSince = now
        case .head, .dialing, .relaying, .collecting, .answering, .lingering, .closed: break
        }
    }
}

/// Notices when a peer takes nothing: the bytes that wait for it do not become fewer.
struct WriteStall {
    private var waitingBytes = -1
    private var since = NIODeadline.distantPast

    /// How long nothing was taken.
    mutating func observe(waitingBytes: Int, now: NIODeadline) -> TimeAmount {
        if waitingBytes != self.waitingBytes {
            self.waitingBytes = waitingBytes
            since = now
        }
        return now - since
    }
}
