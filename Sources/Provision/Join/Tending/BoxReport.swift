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

        /// As the VPS's own: 0 all well, 1 degraded, 2 down or app down.
        package var exitCode: Int32 {
            switch self {
            case .ok: 0
            case .degraded: 1
            case .down, .appDown: 2
            }
        }
    }

    package struct WireGuard: Codable, Equatable, Sendable {
        package let isUp: Bool
        package let endpoint: String?
        package let handshakeSeconds: Int64?
        /// Whether the VPS answers echo requests through the tunnel; nil when it was not asked.
        package let isEchoing: Bool?

        package init(isUp: Bool, endpoint: String?, handshakeSeconds: Int64?, isEchoing: Bool? = nil) {
            self.isUp = isUp
            self.endpoint = endpoint
            self.handshakeSeconds = handshakeSeconds
            self.isEchoing = isEchoing
        }

        /// Not asked, its keys tell: one older than 180 s carries nothing (`REJECT_AFTER_TIME`, whitepaper §6.1).
        package var works: Bool { isUp && isEchoing ?? ((handshakeSeconds ?? .max) < 180) }
    }

    package struct Rathole: Codable, Equatable, Sendable {
        package let server: String
        package let isConnected: Bool
        /// Whether the VPS's port takes connections; known only while none stands.
        package let isServerThere: Bool

        package init(server: String, isConnected: Bool, isServerThere: Bool = true) {
            self.server = server
            self.isConnected = isConnected
            self.isServerThere = isServerThere
        }
    }

    package struct App: Codable, Equatable, Sendable {
        package let address: String
        package let state: State
        /// Nil when it does not answer.
        package let status: Int?

        package enum State: String, Codable, Sendable {
            case answers
            /// Nothing listens there.
            case refuses
            /// It takes connections and ends them without a word of HTTP.
            case hangsUp = "hangs-up"
            /// It takes connections and says nothing.
            case silent
        }

        package init(address: String, _ answer: PathProof) {
            self.address = address
            var status: Int?
            switch answer {
            case .answered(let answered):
                state = .answers
                status = Int(answered)
            case .appDown, .absent: state = .refuses
            case .ended: state = .hangsUp
            case .silent: state = .silent
            }
            self.status = status
        }

        /// What is wrong with it and what to do; nil when it answers.
        package var trouble: String? {
            switch state {
            case .answers: nil
            case .refuses: "Nothing listens on \(address). Start the app; nothing else is to be done."
            case .hangsUp:
                "What listens on \(address) hangs up without an answer. Is it the app, and does it speak plain HTTP?"
            case .silent: "The app on \(address) takes connections and does not answer. Is it still starting?"
            }
        }
    }

    package init(wireGuard: WireGuard, rathole: Rathole?, app: App) {
        self.wireGuard = wireGuard
        self.rathole = rathole
        self.app = app
        let fallbackWorks = rathole?.isConnected ?? false
        if !wireGuard.works, !fallbackWorks {
            verdict = .down
        } else if app.state != .answers {
            verdict = .appDown
        } else {
            verdict = wireGuard.works && (rathole == nil || fallbackWorks) ? .ok : .degraded
        }
        advice = [wireGuard.trouble, rathole?.trouble, app.trouble].compactMap(\.self)
    }

    /// One line a thing, and what to do.
    package var lines: [String] {
        [
            headline, "",
            "wireguard  " + wireGuard.words,
            "rathole    " + (rathole?.words ?? "not installed: there is no fallback path"),
            "app        " + app.words,
        ] + (advice.isEmpty ? [] : [""] + advice.map { "# \($0)" })
    }

    private var headline: String {
        switch verdict {
        case .ok: "OK - as seen from the aibox; the public server sees more: `runegate tunnels` there"
        case .degraded: "DEGRADED - one path is down"
        case .down: "DOWN - no path leads to the public server"
        case .appDown: "APP DOWN - the app does not answer here"
        }
    }
}

extension BoxReport.WireGuard {
    fileprivate var words: String {
        guard isUp else { return "not up" }
        let age = handshakeSeconds.map { "handshake \($0)s ago" } ?? "no handshake"
        let echo = isEchoing.map { $0 ? "answers, " : "does not answer, " } ?? ""
        return "\(echo)\(age), endpoint \(endpoint ?? "unknown")"
    }

    /// What is wrong with it and what to do; nil when it works.
    package var trouble: String? {
        guard isUp else {
            return
                "WireGuard is not up. Start it: systemctl start wg-quick@wg0; see why: journalctl -u wg-quick@wg0"
        }
        guard !works else { return nil }
        return
            "\(endpoint ?? "The public server") does not answer over WireGuard. See that UDP may leave this network, that "
            + "the provider lets it in there, and what `wg show wg0` says on both machines."
    }
}

extension BoxReport.Rathole {
    fileprivate var words: String { isConnected ? "connected to \(server)" : "no connection to \(server)" }

    /// What is wrong with it and what to do; nil when it works.
    package var trouble: String? {
        guard !isConnected else { return nil }
        return isServerThere
            ? "Rathole is not connected to \(server), which takes connections. See why: journalctl -u rathole"
            : "\(server) takes no connections. See that Rathole runs there (systemctl status rathole) and that TCP may "
                + "come in."
    }
}

extension BoxReport.App {
    fileprivate var words: String { "\(address) " + (status.map { "answers \($0)" } ?? "does not answer") }
}
