/// What `runegate tunnels` says on the aibox: what this side sees for itself.
package struct BoxReport: Codable, Equatable, Sendable {
    package let verdict: Verdict
    package let wireGuard: WireGuard
    /// Nil without Rathole.
    package let rathole: Rathole?
    package let app: App
    /// What to do, in the order of what matters most.
    package let advice: [String]

    package enum Verdict: String, Codable, Sendable {
        case ok, degraded, down
        case appDown = "app-down"
        case notJoined = "not-joined"

        /// As the VPS's own: 0 all well, 1 degraded, 2 down, app down or not joined.
        package var exitCode: Int32 {
            switch self {
            case .ok: 0
            case .degraded: 1
            case .down, .appDown, .notJoined: 2
            }
        }
    }

    package struct WireGuard: Codable, Equatable, Sendable {
        package let isUp: Bool
        package let endpoint: String?
        package let handshakeSeconds: Int64?

        package init(isUp: Bool, endpoint: String?, handshakeSeconds: Int64?) {
            self.isUp = isUp
            self.endpoint = endpoint
            self.handshakeSeconds = handshakeSeconds
        }

        /// A key older than 180 s carries nothing (`REJECT_AFTER_TIME`, whitepaper §6.1).
        var works: Bool { isUp && (handshakeSeconds ?? .max) < 180 }
    }

    package struct Rathole: Codable, Equatable, Sendable {
        package let server: String
        package let isConnected: Bool

        package init(server: String, isConnected: Bool) {
            self.server = server
            self.isConnected = isConnected
        }
    }

    package struct App: Codable, Equatable, Sendable {
        package let address: String
        /// Nil when it does not answer.
        package let status: Int?

        package init(address: String, status: Int?) {
            self.address = address
            self.status = status
        }
    }

    package init(wireGuard: WireGuard, rathole: Rathole?, app: App) {
        self.wireGuard = wireGuard
        self.rathole = rathole
        self.app = app
        let fallbackWorks = rathole?.isConnected ?? false
        if !wireGuard.works, !fallbackWorks {
            verdict = .down
        } else if app.status == nil {
            verdict = .appDown
        } else {
            verdict = wireGuard.works && (rathole == nil || fallbackWorks) ? .ok : .degraded
        }
        advice = Self.advice(wireGuard, rathole, app)
    }

    private static func advice(_ wireGuard: WireGuard, _ rathole: Rathole?, _ app: App) -> [String] {
        var advice: [String] = []
        if !wireGuard.isUp {
            advice.append("WireGuard is not up. Start it: systemctl start wg-quick@wg0")
        } else if !wireGuard.works {
            advice.append(
                "The VPS does not answer over WireGuard: see that UDP may leave this network, and `wg show` there."
            )
        }
        if let rathole, !rathole.isConnected {
            advice.append(
                "Rathole has no connection to \(rathole.server). See why: journalctl -u rathole")
        }
        if app.status == nil { advice.append("Nothing answers on \(app.address). Start the app.") }
        return advice
    }

    /// One line a thing, and what to do.
    package var text: String {
        var lines = ["verdict    \(verdict.rawValue)"]
        let age = wireGuard.handshakeSeconds.map { "handshake \($0)s ago" } ?? "no handshake"
        lines.append(
            "wireguard  "
                + (wireGuard.isUp ? "\(age), endpoint \(wireGuard.endpoint ?? "unknown")" : "not up"))
        if let rathole {
            lines.append(
                "rathole    \(rathole.isConnected ? "connected to" : "no connection to") \(rathole.server)")
        } else {
            lines.append("rathole    not installed: there is no fallback path")
        }
        lines.append("app        \(app.address) " + (app.status.map { "answers \($0)" } ?? "is silent"))
        return (lines + advice).joined(separator: "\n")
    }
}
