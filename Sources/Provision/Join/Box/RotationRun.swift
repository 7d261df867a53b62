package import GateModel

/// Leads a rotation to its end: asks, stores, changes this machine's tunnels, in the order that ``BoxRotation`` wants.
package struct RotationRun {
    private let client: JoinClient
    private let files: any BoxRecords
    /// Makes this machine's tunnels run with what is given; having done it twice changes nothing.
    private let settle: @Sendable (BoxTunnels) async throws(Fault) -> Void

    package init(
        client: JoinClient, files: any BoxRecords,
        settle: @escaping @Sendable (BoxTunnels) async throws(Fault) -> Void
    ) {
        self.client = client
        self.files = files
        self.settle = settle
    }

    /// Gives a tunnel new keys.
    ///
    /// - Returns: Whether they are in use; otherwise both sides have the old ones.
    /// - Throws: When the end is not reached; ``resume()`` goes on, and `runegate tend` does so by itself.
    package func rotate(_ tunnel: RotatedTunnel) async throws(Fault) -> Bool {
        guard var state = try files.state() else { throw JoinClient.notJoined }
        guard let question = state.beginRotation(tunnel) else {
            throw Fault(
                code: "rotation-under-way", problem: "Another rotation is not over yet",
                remedy:
                    "`runegate tend` ends it within two minutes while the VPS can be reached; try again then."
            )
        }
        try files.store(state)
        return try await go(on: .ask(question))
    }

    /// Ends a rotation that was interrupted; nil when there is none.
    package func resume() async throws(Fault) -> Bool? {
        guard var state = try files.state(), state.rotation != nil else { return nil }
        let progress = state.giveUpRotation()
        try files.store(state)
        return try await go(on: progress)
    }

    private static let unfinished = Fault(
        code: "rotation-unfinished",
        problem: "The VPS could not change its tunnels, so the rotation is not over",
        remedy:
            "On the VPS: journalctl -u runegate-enroll, systemctl status wg-quick@wg0 rathole. `runegate tend` goes on by "
            + "itself every 30 seconds, and brings both machines to the same keys."
    )

    private func go(on first: RotationProgress) async throws(Fault) -> Bool {
        var progress = first
        var lastFault: Fault?
        while true {
            guard var state = try files.state() else { throw JoinClient.notJoined }
            do throws(Fault) {
                try await settle(state.wantedTunnels)
                guard case .ask(let question) = progress else { break }
                let answer = try await client.ask(question)
                // The question's number was stored on the way.
                state = try files.state() ?? state
                progress = state.take(answer)
                // Asked the same at once it would say the same.
                if progress == .ask(question) { throw Self.unfinished }
            } catch {
                // Twice in a row: there is nothing more to try now.
                if let lastFault { throw lastFault }
                lastFault = error
                state = try files.state() ?? state
                progress = state.giveUpRotation()
                try files.store(state)
                continue
            }
            lastFault = nil
            try files.store(state)
        }
        if case .over(let isKept) = progress { return isKept }
        return false
    }
}
