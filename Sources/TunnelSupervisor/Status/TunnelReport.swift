/// What `runegate tunnels` says of one moment, in the words that people and scripts read.
///
/// No key, token or address of a visitor is in it.
package struct TunnelReport: Codable, Sendable, Equatable {
    package let verdict: TunnelVerdict
    /// The verdict as a sentence.
    package let summary: String
    /// One a path, in the configured order.
    package var paths: [PathReport]
    /// What will make traffic move next, and how far along that is.
    package let rule: String
    package let preference: Preference
    /// A try of the other path that is under way.
    package let drill: DrillReport?
    /// Whether no visitor has been there for a while, so that probes are rare.
    package let isQuiet: Bool
    /// The latest switches, the newest first.
    package let switches: [SwitchReport]
    /// What is wrong, each with what to do about it.
    package let problems: [Problem]
    /// Who is served now; nil while nobody counts.
    package var live: LiveUse?

    /// Something wrong, said for the person who has to mend it.
    package struct Problem: Codable, Sendable, Equatable {
        /// A stable word.
        package let code: String
        package let problem: String
        package let remedy: String
    }
}

/// The one word for how things are.
package enum TunnelVerdict: String, Codable, Sendable, Hashable, CaseIterable {
    /// Traffic is on the first path, and every path is proven.
    case ok
    /// Visitors are served, but not as configured or without a proven fallback.
    case degraded
    /// The box answers on no path.
    case down
    /// The box is reached, and the app does not answer there.
    case appDown = "app-down"
    /// No box has joined yet.
    case notJoined = "not-joined"

    /// The exit code of `runegate tunnels`; 3 is for a daemon that cannot be reached.
    package var exitCode: Int32 {
        switch self {
        case .ok: 0
        case .degraded: 1
        case .down, .appDown, .notJoined: 2
        }
    }
}

/// One path's row.
package struct PathReport: Codable, Sendable, Equatable {
    package let name: String
    package let target: String
    /// A relay inside this program, as in `runegate demo`.
    package let isSimulated: Bool
    /// Whether traffic is on it.
    package let isActive: Bool
    package let state: PathState
    /// Whether the app was reached over it just now.
    package let isProven: Bool
    /// Why it is or was down.
    package let cause: SwitchCause?
    /// What the state rests on: `handshake 41s, probe 200 in 18ms`.
    package let evidence: String
    /// For how long it has been in its state.
    package let sinceSeconds: Int64
    package let roundTripP50Milliseconds: Double?
    package let roundTripP95Milliseconds: Double?
    /// Switches away from it within the last day.
    package let departuresLastDay: Int
    /// Probes since the start whose end is known, and those of them that stayed unanswered.
    package var probesSent: Int?
    package var probesLost: Int?
    /// Requests that it has served since the start; nil while nobody counts.
    package var requests: UInt64?
    /// What of visitors passed over it since the start; nil while nobody counts.
    package var traffic: PathTraffic?
    /// What passed over WireGuard's interface since that was made, probes and overhead too; nil for other paths,
    /// and when it cannot be read.
    package var interfaceTraffic: PathTraffic?
}

/// Bytes of one path.
package struct PathTraffic: Codable, Sendable, Equatable {
    /// From the far side.
    package var receivedBytes: UInt64
    /// To the far side.
    package var sentBytes: UInt64

    package init(receivedBytes: UInt64, sentBytes: UInt64) {
        self.receivedBytes = receivedBytes
        self.sentBytes = sentBytes
    }
}

/// Who is served at one moment.
package struct LiveUse: Codable, Sendable, Equatable {
    /// Addresses that were signed in and did something within the last minute.
    package var users: Int
    /// Transfers under way; nil while nobody counts.
    package var streams: Int?

    package init(users: Int, streams: Int?) {
        self.users = users
        self.streams = streams
    }
}

/// A try of the other path that is under way.
package struct DrillReport: Codable, Sendable, Equatable {
    package let target: String
    /// Until traffic goes back though nobody said so.
    package let endsInSeconds: Int64
}

/// One switch.
package struct SwitchReport: Codable, Sendable, Equatable {
    package let unixSeconds: Int64
    package let from: String
    package let to: String
    package let cause: SwitchCause
    /// How long the old path had been silent; zero when it was left alive.
    package let gapMilliseconds: Int64
    /// What became of the streams that ran on the old path; nil while nobody counts them.
    package let streams: SwitchedStreams?
    /// Whether the paths were relays inside this program.
    package let isSimulated: Bool
}
