package import UpstreamSelection

/// What the gateway carries at one moment, and what its switching of paths has done since it started.
package struct GatewayTraffic: Sendable, Equatable {
    /// What is under way on one path.
    package struct OnPath: Sendable, Equatable {
        /// Requests whose answer has not begun.
        package var requests = 0
        /// Answers that are being relayed, and upgraded connections.
        package var streams = 0

        package init() {}
    }

    /// Only paths with something under way.
    package var paths: [UpstreamPath.Name: OnPath] = [:]
    /// The addresses of the signed-in visitors who have something under way.
    package var users: Set<String> = []
    package var switching = SwitchTally()

    package init() {}

    static func + (first: Self, second: Self) -> Self {
        var sum = first
        for (name, path) in second.paths {
            sum.paths[name, default: OnPath()].requests += path.requests
            sum.paths[name, default: OnPath()].streams += path.streams
        }
        sum.users.formUnion(second.users)
        sum.switching = first.switching + second.switching
        return sum
    }
}

/// What was done so that a visitor does not notice a path's trouble, counted since the start.
package struct SwitchTally: Sendable, Equatable {
    /// Requests that were sent once more.
    package var replays: UInt64 = 0
    /// Connects that another path won than the one that was tried first.
    package var racesWonByOther: UInt64 = 0
    /// Answers and upgraded connections that ended with their path.
    package var streamsEnded: UInt64 = 0

    package init() {}

    static func + (first: Self, second: Self) -> Self {
        var sum = first
        sum.replays += second.replays
        sum.racesWonByOther += second.racesWonByOther
        sum.streamsEnded += second.streamsEnded
        return sum
    }
}
