import GateModel
import UpstreamSelection

/// How an app that does not answer keeps silent, as the last full probe of a path that reaches the box shows it.
struct AppFault: Equatable {
    let outcome: FullOutcome
    /// The path that shows it.
    let path: UpstreamPath

    /// The end of a sentence: `nothing listens there on port 7860`.
    var words: String {
        switch outcome {
        case .refused: "nothing listens there on port \(path.endpoint.port)"
        case .silent: "the app accepts, but answers no request in time"
        default: "the app's connections end without an answer"
        }
    }

    var remedy: String {
        switch outcome {
        case .silent:
            "See on the aibox whether the app hangs; if only that page is slow, let RUNEGATE_PROBE_PATH name a quick one."
        case .refused: "Start the app on the aibox, on the port that the targets name."
        default:
            "Start the app on the aibox, on the port that the targets name, or see in its log why it hangs up."
        }
    }
}

extension FailoverMachine {
    /// What is wrong with the app while ``isAppDown``.
    ///
    /// WireGuard's own word about the app's port is worth more than that of Rathole, whose server accepts whatever
    /// the app does.
    var appFault: AppFault {
        let reaching = paths.filter(\.isBoxReachedWithoutApp)
        let health = reaching.first { $0.watch != .fullOnly } ?? reaching.first ?? paths[current]
        return AppFault(outcome: health.lastFull?.outcome ?? .closed, path: health.path)
    }
}
