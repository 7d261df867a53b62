import GateModel
import NIOCore
import UpstreamSelection

/// Sends the probes of one path when they are due, and tells what came of them.
///
/// Everything happens on its event loop; what to believe is not decided here.
final class Prober {
    /// An answer may come so long after its echo was counted as lost, and still counts.
    private static let lateEchoes: Duration = .seconds(3)
    /// Full probes under way at a time: more than a burst has within its deadline.
    private static let fullLimit = 20

    private let path: UpstreamPath
    private let watch: Watch
    private let loop: any EventLoop
    private let clock: () -> Duration
    private let full: FullProbe
    private let report: (TunnelEvent) -> Void

    private var method = ProbeMethod()
    private var kind = LightKind()
    private var echoes: EchoSocket?
    private var nextSequence: UInt16 = 0
    /// When the echoes that may still be answered were sent.
    private var sentEchoes: [UInt16: (at: Duration, isTrial: Bool)] = [:]
    private var fullsUnderWay = 0
    private var lastFullReply: Duration?
    private(set) var lastLight: Duration?
    private(set) var lastFull: Duration?
    private var isStopped = false

    init(
        _ path: UpstreamPath, on loop: any EventLoop, full: FullProbe, clock: @escaping () -> Duration,
        report: @escaping (TunnelEvent) -> Void
    ) {
        self.path = path
        self.watch = Watch(path)
        self.loop = loop
        self.full = full
        self.clock = clock
        self.report = report
    }

    /// Ends the echoes; answers of other probes under way are dropped.
    func stop() {
        isStopped = true
        echoes?.close()
        echoes = nil
    }

    // MARK: Light probes

    /// Sends a light probe, which is lost when nothing answers within `timeout`.
    func sendLight(timeout: Duration) {
        let now = clock()
        lastLight = now
        if kind.isEcho, sendEcho(isTrial: false, timeout: timeout) { return }
        if kind.isTrialDue(at: now) { _ = sendEcho(isTrial: true, timeout: timeout) }
        sendConnect(timeout: timeout)
    }

    private func sendConnect(timeout: Duration) {
        let sentAt = clock()
        let name = path.name
        let lost = PatientTimer(timeout, on: loop, clock: clock) { [self] in
            tell(.light(name, .lost, sentAt: sentAt))
        }
        ConnectProbe.send(over: path, on: loop) { [self] answer in
            lost.cancel()
            let time = clock() - sentAt
            switch answer {
            case .accepted: tell(.light(name, .answered(after: time), sentAt: sentAt))
            case .refused: tell(.light(name, .refused(after: time), sentAt: sentAt))
            case .unreachable(let number): tell(.light(name, .unreachable(errno: number), sentAt: sentAt))
            case .notMade: break
            }
        }
    }

    /// Returns whether an echo was sent: the socket may not be open yet, or never.
    private func sendEcho(isTrial: Bool, timeout: Duration) -> Bool {
        if echoes == nil {
            echoes = EchoSocket(path, on: loop) { [self] in take($0) }
        }
        nextSequence &+= 1
        let sequence = nextSequence
        guard let echoes, echoes.send(sequence) else { return false }
        sentEchoes[sequence] = (clock(), isTrial)
        _ = PatientTimer(timeout, on: loop, clock: clock) { [self] in checkEcho(sequence) }
        _ = PatientTimer(Self.lateEchoes, on: loop, clock: clock) { [self] in sentEchoes[sequence] = nil }
        return true
    }

    private func take(_ event: EchoSocket.Event) {
        switch event {
        case .answered(let sequence):
            guard let sent = sentEchoes.removeValue(forKey: sequence) else { return }
            kind.echoAnswered()
            tell(.light(path.name, .answered(after: clock() - sent.at), sentAt: sent.at))
        case .unreachable(let number):
            // Beside connects an echo is only tried: a refusal of the kernel may be for echoes alone.
            guard kind.isEcho else { return }
            tell(.light(path.name, .unreachable(errno: number), sentAt: clock()))
        }
    }

    private func checkEcho(_ sequence: UInt16) {
        guard let sent = sentEchoes[sequence], !sent.isTrial else { return }
        kind.echoLost(isPathAnswering: lastFullReply.map { $0 >= sent.at } ?? false)
        tell(.light(path.name, .lost, sentAt: sent.at))
    }

    // MARK: Full probes

    /// Sends a full probe that has to be answered by `deadline`.
    func sendFull(deadline: Duration) {
        lastFull = clock()
        guard fullsUnderWay < Self.fullLimit else { return }
        fullsUnderWay += 1
        let sentAt = clock()
        let (verb, isTrial) = method.next(at: sentAt)
        full.send(verb, over: path, on: loop, deadline: deadline, clock: clock) { [self] outcome in
            fullsUnderWay -= 1
            guard let outcome else { return }
            method.note(outcome, of: verb, at: clock())
            if watch.isReached(by: outcome) { lastFullReply = clock() }
            if isTrial, outcome == .silent || outcome == .closed { return }
            tell(.full(path.name, outcome, sentAt: sentAt))
        }
    }

    private func tell(_ event: TunnelEvent) {
        if !isStopped { report(event) }
    }
}

@available(*, unavailable)
extension Prober: Sendable {}
