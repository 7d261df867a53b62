import NIOCore
import Testing
import UpstreamSelection

@testable import Gateway

// What is known about the paths, and what follows for requests that wait.

private let wireGuard = UpstreamPath.loopback(.wireGuard, port: 1, interface: "wg0")
/// Something else in WireGuard's place: it may accept with nobody behind it.
private let standIn = UpstreamPath.loopback(.wireGuard, port: 1)
private let rathole = UpstreamPath.loopback(.rathole, port: 2)
private let begin = NIODeadline.uptimeNanoseconds(1_000_000_000_000)

struct PathViewTests {
    private func view(dead: Set<UpstreamPath.Name> = [], doubtful: Set<UpstreamPath.Name> = []) -> PathView {
        PathView(
            Selection(current: wireGuard, alternative: rathole, dead: dead, doubtful: doubtful), at: begin)
    }

    @Test func `a death is told once, and older publications are nothing new`() {
        var view = view()
        let dead = Selection(current: rathole, dead: [.wireGuard], generation: 2)
        let older = Selection(current: wireGuard, generation: 1)
        let again = Selection(current: rathole, dead: [.wireGuard], generation: 3)
        let died = [dead, dead, older, again].map { view.take($0, at: begin) }
        #expect(died == [[.wireGuard], nil, nil, []])
        #expect(view.selection == again)
    }

    struct Waiting {
        var dead: Set<UpstreamPath.Name> = []
        var doubtful: Set<UpstreamPath.Name> = []
        var path = wireGuard
        /// Milliseconds after the doubt began.
        var sentAt: Int64 = 0
        var mayReplay = true
        /// Whether it does not even take the 600 ms.
        var isAtOnce = false
        let expected: PathView.Wait
    }

    private static let waits = [
        // A sound path: however long it takes.
        Waiting(sentAt: -600_000, expected: .on),
        // In doubt, and the request waits since before the doubt: the doubt has to last.
        Waiting(doubtful: [.wireGuard], sentAt: -60_000, expected: .hedge),
        Waiting(doubtful: [.wireGuard], sentAt: 1, expected: .on),
        // Not twice, and not what may not be repeated.
        Waiting(doubtful: [.wireGuard], sentAt: -60_000, mayReplay: false, expected: .on),
        // A dead path that accepts with nobody behind it.
        Waiting(dead: [.rathole], path: rathole, mayReplay: false, expected: .giveUp),
        Waiting(dead: [.rathole], path: rathole, isAtOnce: true, expected: .hedge),
        // It was sent while the path was sound, and the app may be busy.
        Waiting(dead: [.rathole], path: rathole, sentAt: -1, mayReplay: false, expected: .on),
        Waiting(dead: [.wireGuard, .rathole], path: rathole, sentAt: -1, expected: .on),
        Waiting(dead: [.wireGuard, .rathole], path: rathole, expected: .giveUp),
        Waiting(dead: [.wireGuard, .rathole], path: standIn, expected: .giveUp),
        // A connection on a dead path that could not stand if nobody were there.
        Waiting(dead: [.wireGuard, .rathole], expected: .on),
        Waiting(dead: [.wireGuard], isAtOnce: true, expected: .hedge),
    ]

    @Test(arguments: waits) func `what becomes of a request 600 ms after the doubt began`(_ waiting: Waiting)
    {
        let view = view(dead: waiting.dead, doubtful: waiting.doubtful)
        let verdicts = [599, 600].map { (milliseconds: Int64) in
            view.judge(
                waiting.path, sentAt: begin + .milliseconds(waiting.sentAt), mayReplay: waiting.mayReplay,
                isRepeatable: waiting.mayReplay,
                at: begin + .milliseconds(milliseconds))
        }
        #expect(verdicts == [waiting.isAtOnce ? waiting.expected : .on, waiting.expected])
    }

    @Test(arguments: [rathole, wireGuard])
    func `a busy app, or a line, has five seconds for what may be asked again, also if it was sent twice`(
        path: UpstreamPath
    ) {
        let view = view(dead: [.wireGuard, .rathole])
        let verdicts = [true, false].map { isRepeatable in
            [4999, 5000].map { (milliseconds: Int64) in
                view.judge(
                    path, sentAt: begin - .milliseconds(1), mayReplay: false,
                    isRepeatable: isRepeatable, at: begin + .milliseconds(milliseconds))
            }
        }
        #expect(verdicts == [[.on, .giveUp], [.on, .on]])
    }

    @Test func `a dead path on which something may go on has not died`() {
        var view = view()
        let busy = Selection(current: rathole, dead: [.rathole], lost: [], generation: 1)
        let gone = Selection(current: wireGuard, dead: [.rathole], generation: 2)
        #expect([busy, gone].map { view.take($0, at: begin) } == [[], [.rathole]])
    }

    @Test func `a doubt that ends begins anew`() {
        var view = view(doubtful: [.wireGuard])
        _ = view.take(Selection(current: wireGuard, alternative: rathole, generation: 1), at: begin)
        #expect(view.isCurrentSound)
        #expect(!view.needsWatch)
        let later = begin + .milliseconds(500)
        _ = view.take(
            Selection(current: wireGuard, alternative: rathole, doubtful: [.wireGuard], generation: 2),
            at: later)
        #expect(!view.isCurrentSound)
        #expect(view.needsWatch)
        let wait = {
            view.judge(
                wireGuard, sentAt: begin, mayReplay: true, isRepeatable: true, at: later + .milliseconds($0))
        }
        #expect(wait(599) == .on)
        #expect(wait(600) == .hedge)
    }

    struct Loss {
        var path = UpstreamPath.Name.wireGuard
        var wasKept = false
        var dead: Set<UpstreamPath.Name> = []
        let isWorthIt: Bool
    }

    private static let losses = [
        Loss(isWorthIt: true), Loss(path: .rathole, isWorthIt: true),
        Loss(wasKept: true, dead: [.wireGuard], isWorthIt: true), Loss(dead: [.rathole], isWorthIt: false),
        Loss(wasKept: true, dead: [.rathole], isWorthIt: true),
        Loss(wasKept: true, dead: [.wireGuard, .rathole], isWorthIt: false),
    ]

    @Test(arguments: losses) func `a lost request is sent once more where that may help`(_ loss: Loss) {
        let view = view(dead: loss.dead)
        #expect(view.isWorthReplaying(lostOn: loss.path, wasKept: loss.wasKept) == loss.isWorthIt)
    }
}
