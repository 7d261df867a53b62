import Synchronization

/// Where new requests go, as decided at one moment.
///
/// A request reads it once and keeps it.
package struct Selection: Sendable, Equatable {
    /// The path for new requests.
    package var current: UpstreamPath
    /// The other path, if there is one and it may be tried when `current` hesitates.
    package var alternative: UpstreamPath?
    /// How long a connect on `current` may take before it is raced on `alternative`.
    package var raceAfter: Duration
    /// Paths that are dead: they are tried only when there is no other, and nothing is reused there.
    package var dead: Set<UpstreamPath.Name>
    /// The dead paths on which nothing can go on: what runs there is ended.
    ///
    /// On the others an app that is busy may still answer those whom it has, or the line be back in a moment.
    package var lost: Set<UpstreamPath.Name>
    /// Paths whose probes are being lost: what is sent once goes on no connection that was idle there.
    package var doubtful: Set<UpstreamPath.Name>
    /// What keeps every request from the app; nil while a path works, or nobody watches the paths.
    package var outage: Outage?
    /// Counts the publications, so that a reader can tell a switch from a repetition.
    package var generation: UInt64

    /// A selection; without `lost` nothing can go on on any dead path.
    package init(
        current: UpstreamPath, alternative: UpstreamPath? = nil,
        raceAfter: Duration = .milliseconds(250), dead: Set<UpstreamPath.Name> = [],
        lost: Set<UpstreamPath.Name>? = nil, doubtful: Set<UpstreamPath.Name> = [],
        outage: Outage? = nil, generation: UInt64 = 0
    ) {
        self.current = current
        self.alternative = alternative
        self.raceAfter = raceAfter
        self.dead = dead
        self.lost = lost ?? dead
        self.doubtful = doubtful
        self.outage = outage
        self.generation = generation
    }
}

/// What live traffic tells about a path.
///
/// Only active probes decide about liveness; these start a probe burst.
package enum PassiveObservation: Sendable, Equatable {
    /// A request is about to be sent: visitors are there, so probes become frequent.
    /// Said as well while bytes of a visitor move to the app.
    case requestBegan(UpstreamPath.Name)
    /// There was no connection to be had, or a fresh one ended without a byte on a path that accepts
    /// connections with nobody behind it.
    case connectFailed(UpstreamPath.Name)
    /// The first byte of an answer takes long on a path in doubt.
    case firstByteLate(UpstreamPath.Name)
    /// Bytes of the app have arrived.
    case byteSeen(UpstreamPath.Name)
}

/// The hand-over between whoever decides about paths and whoever uses them.
///
/// Neither imports the other.
package final class SelectionBoard: Sendable {
    private let selection: Mutex<Selection>
    private let observer = Mutex<Observer?>(nil)
    private let listeners = Mutex<[Int: @Sendable (Selection) -> Void]>([:])
    private let listenersSoFar = Atomic(0)

    /// Who hears of observations.
    ///
    /// A type of its own, because a closure that is itself a generic's value is wrapped twice more at each access.
    private struct Observer {
        let observe: @Sendable (PassiveObservation) -> Void
    }

    package init(_ initial: Selection) {
        self.selection = Mutex(initial)
    }

    /// The user's end: read once per request, report what was seen.
    package var reader: SelectionReader { SelectionReader(board: self) }

    /// The decider's end: replaces the selection, whose generation is counted here.
    ///
    /// Whoever listens hears of it before this returns.
    package func publish(_ next: Selection) {
        let published = selection.withLock {
            let generation = $0.generation + 1
            $0 = next
            $0.generation = generation
            return $0
        }
        for hear in listeners.withLock({ Array($0.values) }) { hear(published) }
    }

    /// Names who hears of observations; called on event loops, so it must return at once.
    package func onObservation(_ observe: @escaping @Sendable (PassiveObservation) -> Void) {
        observer.withLock { $0 = Observer(observe: observe) }
    }

    fileprivate var current: Selection { selection.withLock { $0 } }

    fileprivate func onPublish(_ hear: @escaping @Sendable (Selection) -> Void) -> PublicationListener {
        let number = listenersSoFar.add(1, ordering: .relaxed).newValue
        listeners.withLock { $0[number] = hear }
        return PublicationListener(board: self, number: number)
    }

    fileprivate func stopHearing(_ number: Int) {
        listeners.withLock { $0[number] = nil }
    }

    fileprivate func report(_ observation: PassiveObservation) {
        observer.withLock { $0 }?.observe(observation)
    }
}

/// The gateway's end of a ``SelectionBoard``.
package struct SelectionReader: Sendable {
    fileprivate let board: SelectionBoard

    package var current: Selection { board.current }

    package func report(_ observation: PassiveObservation) { board.report(observation) }

    /// Has `hear` called with every publication from now on, until the listener is told to stop.
    ///
    /// It is called on the publisher's thread, so it must return at once. What was published by two threads at the
    /// same time may be heard in either order; ``Selection/generation`` tells which is newer.
    package func onPublish(_ hear: @escaping @Sendable (Selection) -> Void) -> PublicationListener {
        board.onPublish(hear)
    }
}

/// Somebody who hears of publications.
package struct PublicationListener: Sendable {
    fileprivate let board: SelectionBoard
    fileprivate let number: Int

    /// Hears of nothing more; a publication that is being made may still be heard.
    package func stop() { board.stopHearing(number) }
}
