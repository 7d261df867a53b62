import Testing
import UpstreamSelection

@testable import Gateway

// Which connects are made, and which of them wins: events in, actions out.

private let first = UpstreamPath.loopback(.wireGuard, port: 1)
private let second = UpstreamPath.loopback(.rathole, port: 2)
private let raceAfter = Duration.milliseconds(250)

struct ConnectRaceTests {
    private typealias Step = (event: ConnectRace.Event, actions: [ConnectRace.Action])

    private static let both = Selection(current: first, alternative: second, raceAfter: raceAfter)
    private static let alone = Selection(current: first, raceAfter: raceAfter)
    private static let firstDead = Selection(
        current: first, alternative: second, raceAfter: raceAfter, dead: [.wireGuard])
    private static let allDead = Selection(
        current: first, alternative: second, raceAfter: raceAfter, dead: [.wireGuard, .rathole])
    private static let moved = Selection(current: second, raceAfter: raceAfter, dead: [.wireGuard])
    private static let aloneDead = Selection(current: first, raceAfter: raceAfter, dead: [.wireGuard])

    private func expect(
        _ selection: Selection, avoiding: UpstreamPath.Name? = nil, _ steps: [Step],
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        var race = ConnectRace(selection, avoiding: avoiding)
        for step in steps {
            let actions = race.take(step.event)
            #expect(actions == step.actions, "\(step.event)", sourceLocation: sourceLocation)
        }
    }

    @Test func `a prompt connect wins alone`() {
        expect(
            Self.both,
            [
                (.started, [.connect(first), .awaitHesitation(raceAfter)]),
                (.connected(first), [.win(first)]), (.hesitated, []),
            ])
    }

    @Test func `a hesitating connect is raced, and the first that stands wins`() {
        expect(
            Self.both,
            [
                (.started, [.connect(first), .awaitHesitation(raceAfter)]), (.hesitated, [.connect(second)]),
                (.connected(second), [.win(second)]), (.connected(first), []),
            ])
        expect(
            Self.both,
            [
                (.started, [.connect(first), .awaitHesitation(raceAfter)]), (.hesitated, [.connect(second)]),
                (.connected(first), [.win(first)]), (.failed(second, .refused), []),
            ])
    }

    @Test func `a failed connect is raced at once`() {
        expect(
            Self.both,
            [
                (.started, [.connect(first), .awaitHesitation(raceAfter)]),
                (.failed(first, .unreachable), [.connect(second)]), (.hesitated, []),
                (.connected(second), [.win(second)]),
            ])
    }

    @Test(arguments: [
        (UpstreamFailure.refused, UpstreamFailure.unreachable, UpstreamFailure.refused),
        (.unreachable, .lost, .lost), (.untrusted("name"), .refused, .untrusted("name")),
        (.unreachable, .unreachable, .unreachable),
    ])
    func `when both fail, the more telling failure counts`(
        one: UpstreamFailure, other: UpstreamFailure, expected: UpstreamFailure
    ) {
        for (one, other) in [(one, other), (other, one)] {
            expect(
                Self.both,
                [
                    (.started, [.connect(first), .awaitHesitation(raceAfter)]),
                    (.failed(first, one), [.connect(second)]), (.failed(second, other), [.fail(expected)]),
                ])
        }
    }

    @Test func `a failed rival leaves the first connect its time`() {
        expect(
            Self.both,
            [
                (.started, [.connect(first), .awaitHesitation(raceAfter)]), (.hesitated, [.connect(second)]),
                (.failed(second, .refused), []), (.connected(first), [.win(first)]),
            ])
    }

    @Test func `a single path has no race and no timer`() {
        expect(
            Self.alone,
            [(.started, [.connect(first)]), (.failed(first, .refused), [.fail(.refused)]), (.overdue, [])])
    }

    @Test func `an avoided path is tried last`() {
        expect(
            Self.both, avoiding: .wireGuard,
            [
                (.started, [.connect(second), .awaitHesitation(raceAfter)]), (.hesitated, [.connect(first)]),
            ])
    }

    @Test(arguments: [nil, UpstreamPath.Name.rathole])
    func `a dead path is tried only when the other has failed, and for a moment`(avoided: UpstreamPath.Name?)
    {
        expect(
            Self.firstDead, avoiding: avoided,
            [
                (.started, [.connect(second)]), (.hesitated, []),
                (
                    .failed(second, .lost), [.connect(first), .awaitEnd(ConnectRace.deadlineOnDead)]
                ), (.overdue, [.fail(.lost)]),
            ])
    }

    @Test func `with every path dead it is tried for a moment only`() {
        expect(
            Self.allDead,
            [
                (
                    .started,
                    [
                        .connect(first), .awaitHesitation(raceAfter),
                        .awaitEnd(ConnectRace.deadlineOnDead),
                    ]
                ), (.hesitated, [.connect(second)]), (.failed(second, .refused), []),
                (.overdue, [.fail(.refused)]), (.connected(first), []),
            ])
    }

    @Test func `a path that dies meanwhile is raced at once`() {
        expect(
            Self.both,
            [
                (.started, [.connect(first), .awaitHesitation(raceAfter)]),
                (.published(Self.firstDead), [.connect(second)]), (.hesitated, []),
                (.connected(second), [.win(second)]),
            ])
        expect(
            Self.alone, [(.started, [.connect(first)]), (.published(Self.moved), [.connect(second)])])
        expect(
            Self.alone,
            [
                (.started, [.connect(first)]),
                (.published(Self.aloneDead), [.awaitEnd(ConnectRace.deadlineOnDead)]),
                (.published(Self.aloneDead), []), (.overdue, [.fail(.unreachable)]),
            ])
    }

    @Test func `an alternative that turns up is used when the connect has hesitated`() {
        expect(
            Self.alone,
            [
                (.started, [.connect(first)]), (.published(Self.both), [.awaitHesitation(raceAfter)]),
                (.hesitated, [.connect(second)]),
            ])
    }
}
