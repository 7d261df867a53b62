package import GateModel

/// How long ago the last handshake was, whatever happens to the wall clock.
///
/// The kernel tells the wall-clock time of a handshake. For the first one seen the age can only be reckoned by that
/// clock; from the next one on it is the time since the value changed, by the clock that never steps.
package struct HandshakeAge: Equatable, Sendable {
    /// Values closer than this, in seconds, are the same handshake: boringtun's are reckoned anew each time.
    private static let tolerance: Int64 = 2

    private var value: Int64?
    /// The wall clock less the boot clock, in seconds, at the newest sample.
    private var offset: Int64 = 0
    /// The boot time at which the handshake happened, as far as it is known.
    private var happened: Duration = .zero

    package init() {}

    /// Takes the value of one sample, seen at `now`.
    package mutating func observe(lastHandshake: Int64?, at now: Moment) {
        guard let lastHandshake else {
            value = nil
            return
        }
        let offset = now.unixSeconds - now.sinceBoot.components.seconds
        defer { self.offset = offset }
        if let value {
            let change = lastHandshake - value
            // What is reckoned from the wall clock steps with it.
            let isStep = abs(change - (offset - self.offset)) <= Self.tolerance
            if isStep { self.value = lastHandshake }
            if isStep || abs(change) <= Self.tolerance { return }
        }
        let isFirst = value == nil
        value = lastHandshake
        happened =
            isFirst ? now.sinceBoot - .seconds(max(0, now.unixSeconds - lastHandshake)) : now.sinceBoot
    }

    /// The age at `now`; nil when there was no handshake.
    package func age(at now: Moment) -> Duration? {
        value == nil ? nil : max(.zero, now.sinceBoot - happened)
    }
}
