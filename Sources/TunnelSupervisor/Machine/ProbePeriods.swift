/// How often a path is probed.
///
/// The next probe is due one period after the last; a period that shrinks makes it due at once.
package enum ProbePeriods {
    /// Without a request or a relayed byte for so long it is quiet.
    package static let quietAfter: Duration = .seconds(30)

    /// The period of the light probe: while there is doubt, while visitors are there, in quiet.
    package static func light(of health: PathHealth, isQuiet: Bool) -> Duration {
        if health.isInDoubt { return .milliseconds(50) }
        return isQuiet ? .seconds(2) : .milliseconds(100)
    }

    /// The period of the full probe: `isWanted` when traffic is on this path or has nowhere else to go,
    /// `canBeLeft` when it is on this path and has somewhere else to go, so that its end shall show soon.
    package static func full(
        of health: PathHealth, isWanted: Bool, canBeLeft: Bool, isQuiet: Bool
    ) -> Duration {
        switch health.watch {
        case .fullOften: light(of: health, isQuiet: isQuiet)
        case .lightAndFull: besideLight(health, isQuiet: isQuiet)
        case .fullOnly: alone(health, isWanted: isWanted, canBeLeft: canBeLeft, isQuiet: isQuiet)
        }
    }

    /// The period while a full probe shall tell whether the silence on `silent` is that path's own.
    static func comparison(with silent: PathHealth, isQuiet: Bool) -> Duration {
        if silent.isInDoubt { return .milliseconds(100) }
        return isQuiet ? .seconds(30) : .milliseconds(500)
    }

    private static func besideLight(_ health: PathHealth, isQuiet: Bool) -> Duration {
        // One that gets through says that only the light probe's kind is being dropped.
        if health.isInDoubt || health.isReturning { return .milliseconds(250) }
        // The path breathes again: find out quickly whether it carries requests.
        if health.state == .down, health.hasAnsweredSinceLastFull, health.cause != .appUnreachable {
            return isQuiet ? .seconds(2) : .milliseconds(100)
        }
        if isQuiet { return .seconds(15) }
        return health.state == .down ? .milliseconds(500) : .seconds(1)
    }

    private static func alone(
        _ health: PathHealth, isWanted: Bool, canBeLeft: Bool, isQuiet: Bool
    ) -> Duration {
        if health.isInDoubt { return .milliseconds(100) }
        if health.isReturning { return .milliseconds(250) }
        if isQuiet { return .seconds(30) }
        if canBeLeft { return .milliseconds(150) }
        return isWanted ? .milliseconds(500) : .seconds(2)
    }
}
