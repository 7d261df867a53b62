package import GateModel

extension RecordFiles {
    /// Makes a join code; the one before is void.
    ///
    /// - Parameters:
    ///   - answers: The VPS's.
    ///   - replaces: Whether the code may put another box in the place of one that joined.
    ///   - time: The clocks.
    /// - Returns: The code; its secret is nowhere else.
    /// - Throws: When a box has joined that it may not replace.
    package func offerJoin(
        _ answers: VPSAnswers, replaces: Bool, time: any TimeSource = SystemTime()
    ) throws(Fault) -> JoinCode {
        try changeEnrolment { state throws(Fault) in
            let code = JoinCode(
                domain: answers.domain, endpoint: answers.endpoint, ports: answers.ports,
                tunnel: answers.tunnel, appPort: answers.appPort, keys: state.keys)
            guard
                state.offerCode(
                    secret: code.secret, replaces: replaces, at: time.now(), bootID: time.bootID)
            else {
                throw Fault(
                    code: "already-joined", problem: "A box has joined already",
                    remedy:
                        "`sudo runegate provision join --replace` prints a code for another in its place.")
            }
            return code
        }
    }
}

extension VPSAnswers {
    /// Whether a join code that was made with these answers would lead to a machine that was set up with `other`.
    package func saysTheSameToTheAibox(as other: VPSAnswers) -> Bool {
        domain == other.domain && endpoint == other.endpoint && ports == other.ports
            && tunnel == other.tunnel && appPort == other.appPort
    }
}
