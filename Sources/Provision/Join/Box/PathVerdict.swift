/// What one path turned out to be, in words: from what the VPS's request met and what this machine sees.
package struct PathVerdict: Codable, Equatable, Sendable {
    /// `wireguard` or `rathole`.
    package let path: String
    package let state: State
    /// What is so, and what to do where something is.
    package let text: String

    package enum State: String, Codable, Sendable {
        /// The VPS's request got an answer of the app.
        case works
        /// The tunnel is up, and the app is not there.
        case appDown = "app-down"
        /// The tunnel does not carry anything.
        case down
        /// There is no such path.
        case absent
        /// The VPS could not be asked.
        case unknown
    }

    /// As the run ends with it.
    package var line: String { "\(path): \(text)" }

    /// WireGuard, when the VPS's request met `proof`; nil: it could not be asked.
    package static func wireGuard(_ proof: PathProof?, _ here: BoxReport) -> PathVerdict {
        let (state, text) = judgeWireGuard(proof, here)
        return PathVerdict(path: "wireguard", state: state, text: text)
    }

    private static func judgeWireGuard(_ proof: PathProof?, _ here: BoxReport) -> (State, String) {
        let trouble = here.app.trouble ?? "The app answers here."
        switch proof {
        case .answered(let status): return (.works, "works; the app answers through it (\(status))")
        case .appDown, .ended: return (.appDown, "the tunnel works, the app does not. \(trouble)")
        case .silent, .absent, nil: break
        }
        if let down = here.wireGuard.trouble { return (.down, "down. \(down)") }
        let seconds = here.wireGuard.handshakeSeconds ?? 0
        if proof == nil { return (.unknown, "up as seen from here (handshake \(seconds)s ago), not proven") }
        guard here.app.state == .answers else {
            return (.appDown, "the tunnel is up (handshake \(seconds)s ago). \(trouble)")
        }
        return (
            .down,
            "the tunnel is up (handshake \(seconds)s ago), and the public server's request does not get to the app. Look "
                + "for another firewall on this machine (`nft list ruleset`), and try again in a minute."
        )
    }

    /// Rathole, likewise.
    package static func rathole(_ proof: PathProof?, _ here: BoxReport) -> PathVerdict {
        let (state, text) = judgeRathole(proof, here)
        return PathVerdict(path: "rathole", state: state, text: text)
    }

    /// Its port on the VPS is there only while a client is connected, and takes connections even when the client's way
    /// to the app fails.
    private static func judgeRathole(_ proof: PathProof?, _ here: BoxReport) -> (State, String) {
        guard let rathole = here.rathole else {
            return (
                .absent,
                "not installed here, so there is no fallback: while WireGuard is broken, nobody reaches the app. Install "
                    + "rathole 0.5.0 on both machines, then run `sudo runegate provision vps` there and this again."
            )
        }
        if case .answered(let status) = proof {
            return (.works, "works; the app answers through it (\(status))")
        }
        if let down = rathole.trouble { return (.down, "down. \(down)") }
        guard let proof else { return (.unknown, "connected as seen from here, not proven") }
        if let trouble = here.app.trouble, proof != .absent {
            return (.appDown, "connected; it is proven once the app answers. \(trouble)")
        }
        return (
            .down,
            proof == .absent
                ? "connected, but the public server does not take this machine for the one that joined. See why: "
                    + "journalctl -u rathole, on both machines."
                : "connected, and the public server's request got no answer. Start it anew: systemctl restart rathole; "
                    + "see why: journalctl -u rathole, on both machines."
        )
    }
}
