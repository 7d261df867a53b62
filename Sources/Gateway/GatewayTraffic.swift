package import UpstreamSelection

/// What the gateway carries at one moment, and what it has carried and done about paths since it started.
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
    /// By the path that really served; only paths that have.
    package var served: [UpstreamPath.Name: ServedTally] = [:]
    /// The addresses of the signed-in visitors who have something under way.
    package var users: Set<String> = []
    package var switching = SwitchTally()
    /// Of paths that are lost now: how many answers and upgraded connections ended when they died.
    package var endedByDeath: [UpstreamPath.Name: Int] = [:]

    package init() {}

    static func + (first: Self, second: Self) -> Self {
        var sum = first
        for (name, path) in second.paths {
            sum.paths[name, default: OnPath()].requests += path.requests
            sum.paths[name, default: OnPath()].streams += path.streams
        }
        for (name, tally) in second.served { sum.served[name, default: ServedTally()] += tally }
        sum.users.formUnion(second.users)
        sum.switching = first.switching + second.switching
        sum.endedByDeath.merge(second.endedByDeath, uniquingKeysWith: +)
        return sum
    }
}

/// What one path served since the start.
package struct ServedTally: Sendable, Equatable {
    /// Requests that ended, and agreed upgrades.
    package var requests: UInt64 = 0
    /// Bytes of bodies and upgraded connections from the app, those of unfinished ones too.
    package var bytesToVisitors: UInt64 = 0
    /// The same to the app.
    package var bytesToApp: UInt64 = 0

    package init() {}

    static func += (sum: inout Self, other: Self) {
        sum.requests += other.requests
        sum.bytesToVisitors += other.bytesToVisitors
        sum.bytesToApp += other.bytesToApp
    }

    mutating func add(requests: UInt64 = 0, bytesToVisitor: UInt64, bytesToApp: UInt64) {
        self.requests += requests
        bytesToVisitors += bytesToVisitor
        self.bytesToApp += bytesToApp
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
