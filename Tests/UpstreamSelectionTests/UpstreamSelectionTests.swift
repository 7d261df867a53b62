import GateModel
import TestSupport
import Testing
import UpstreamSelection

private let wireGuard = UpstreamPath(
    name: .wireGuard, endpoint: Endpoint(scheme: .http, host: "10.0.0.2", port: 7860), interface: "wg0")
private let rathole = UpstreamPath(
    name: .rathole, endpoint: Endpoint(scheme: .http, host: "127.0.0.1", port: 5202))

@Test func `a reader sees what was published last, and that it is new`() {
    let board = SelectionBoard(Selection(current: wireGuard, alternative: rathole))
    let reader = board.reader
    #expect(reader.current.current == wireGuard)
    #expect(reader.current.generation == 0)
    board.publish(Selection(current: rathole, raceAfter: .milliseconds(300), dead: [.wireGuard]))
    board.publish(
        Selection(current: rathole, raceAfter: .milliseconds(300), dead: [.wireGuard], generation: 9))
    #expect(
        reader.current
            == Selection(
                current: rathole, raceAfter: .milliseconds(300), dead: [.wireGuard], generation: 2))
}

@Test func `every listener hears of publications with their number until it stops`() {
    let board = SelectionBoard(Selection(current: wireGuard))
    let first = Box<[UInt64]>([])
    let second = Box<[UpstreamPath.Name]>([])
    let listener = board.reader.onPublish { first.value.append($0.generation) }
    _ = board.reader.onPublish { second.value.append($0.current.name) }
    board.publish(Selection(current: rathole))
    listener.stop()
    board.publish(Selection(current: wireGuard))
    #expect(first.value == [1])
    #expect(second.value == [.rathole, .wireGuard])
}

@Test func `observations reach whoever listens last, and nobody before that`() {
    let board = SelectionBoard(Selection(current: wireGuard))
    let seen = Box<[PassiveObservation]>([])
    board.reader.report(.byteSeen(.wireGuard))
    board.onObservation { _ in Issue.record("replaced") }
    board.onObservation { seen.value.append($0) }
    board.reader.report(.requestBegan(.wireGuard))
    board.reader.report(.connectFailed(.rathole))
    #expect(seen.value == [.requestBegan(.wireGuard), .connectFailed(.rathole)])
}

@Test func `an observer stays one call away, however much was reported`() {
    let board = SelectionBoard(Selection(current: wireGuard))
    let depths = Box<Set<UInt>>([])
    board.onObservation { _ in
        var here: UInt8 = 0
        _ = withUnsafePointer(to: &here) { depths.value.insert(UInt(bitPattern: $0)) }
    }
    for _ in 0..<100 { board.reader.report(.byteSeen(.wireGuard)) }
    // Each frame between the two would put it elsewhere on the stack.
    #expect(depths.value.count == 1)
}
