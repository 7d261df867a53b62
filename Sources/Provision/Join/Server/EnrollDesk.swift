package import GateModel
import Logging

/// One request from octets to octets: the state durable first, then the tunnels, then the answer.
package struct EnrollDesk: Sendable {
    private let files: RecordFiles
    /// Makes this machine's tunnels run with what is given; having done it twice changes nothing.
    private let settle: @Sendable (ServerTunnels) throws(Fault) -> Void
    /// Asks the app over both paths.
    private let prove: @Sendable () -> (wireGuard: PathProof, rathole: PathProof)
    private let time: any TimeSource
    private let logger = Logger(label: "enroll")

    package init(
        files: RecordFiles, settle: @escaping @Sendable (ServerTunnels) throws(Fault) -> Void,
        prove: @escaping @Sendable () -> (wireGuard: PathProof, rathole: PathProof),
        time: any TimeSource = SystemTime()
    ) {
        self.files = files
        self.settle = settle
        self.prove = prove
        self.time = time
    }

    /// The answer to one request; empty when nobody is expected.
    package func answer(to octets: [UInt8]) -> [UInt8] {
        let step: EnrollStep
        do {
            step = try files.changeEnrolment { state in
                state.take(octets, at: time.now(), bootID: time.bootID)
            }
        } catch {
            log(error)
            return RefusalReason.unavailable.octets
        }
        let isSettled = settleIfNeeded()
        switch step {
        case .ignore: return []
        case .refuse(let reason):
            logger.notice("refused", metadata: ["why": "\(reason)"])
            return reason.octets
        case .answer(let sealer, let answer, let unsettled):
            logger.notice("answered", metadata: ["settled": "\(isSettled)"])
            return sealer.seal(isSettled ? answer : unsettled)
        case .prove(let sealer):
            let proof = prove()
            logger.notice(
                "asked over both paths",
                metadata: ["wireguard": "\(proof.wireGuard)", "rathole": "\(proof.rathole)"])
            return sealer.seal(
                ChannelAnswer.proof(wireGuard: proof.wireGuard, rathole: proof.rathole).octets)
        }
    }

    /// Ends what has had its time, and makes the tunnels as they shall be.
    ///
    /// - Returns: How long until there is something to end; nil when there is nothing.
    package func tidy() -> Duration? {
        let deadline = try? files.changeEnrolment { state in
            state.expire(at: time.now(), bootID: time.bootID)
            return state.rotation?.deadline
        }
        _ = settleIfNeeded()
        return (deadline ?? nil)?.remaining(at: time.now(), bootID: time.bootID)
    }

    /// Whether the tunnels are as they shall be.
    private func settleIfNeeded() -> Bool {
        do {
            try files.changeEnrolment { state throws(Fault) in
                guard !state.isSettled else { return }
                try settle(state.wantedTunnels)
                state.isSettled = true
            }
            return true
        } catch {
            log(error)
            return false
        }
    }

    private func log(_ fault: Fault) {
        logger.error(
            "the tunnels could not be changed",
            metadata: ["code": "\(fault.code)", "problem": "\(fault.problem)", "remedy": "\(fault.remedy)"])
    }
}
