import Testing

@testable import TunnelSupervisor

// A deadline that is looked at late is looked at again: so much later, and not for ever.

private func looks(_ patience: Patience, lateBy lateness: [Int]) -> (looks: [Duration], isOver: Bool) {
    var patience = patience
    var looks: [Duration] = []
    for lateness in lateness {
        let now = patience.due + .milliseconds(lateness)
        looks.append(now)
        if patience.isOver(at: now) { return (looks, true) }
    }
    return (looks, false)
}

@Test(arguments: [0, 1, 100])
func `whoever looks in time decides at once`(lateness: Int) {
    let (at, isOver) = looks(Patience(.milliseconds(300), from: .seconds(5)), lateBy: [lateness])
    #expect(isOver)
    #expect(at == [.milliseconds(5300 + lateness)])
}

@Test func `a timer that fires a little early has not ended anything`() {
    var patience = Patience(.milliseconds(300), from: .zero)
    let early = patience.isOver(at: .milliseconds(299))
    #expect(!early)
    #expect(patience.due == .milliseconds(300))
}

@Test(arguments: [(450, 600, 610), (60_000, 60_300, 60_301)])
func `a late look gives as much time again as was missing, and one more wait at most`(
    lateLook: Int, due: Int, nextLook: Int
) {
    var patience = Patience(.milliseconds(300), from: .zero)
    let late = patience.isOver(at: .milliseconds(lateLook))
    #expect(!late)
    #expect(patience.due == .milliseconds(due))
    let inTime = patience.isOver(at: .milliseconds(nextLook))
    #expect(inTime)
}

@Test func `whoever is always late decides all the same`() {
    let late = looks(
        Patience(.milliseconds(700), from: .zero), lateBy: [Int](repeating: 500, count: 10))
    #expect(late.isOver)
    #expect(late.looks.count == 5, "four times half a second of grace, and then no more")
}
