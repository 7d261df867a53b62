/// The line of `systemctl status` while the gateway does not serve.
package enum PassingStatus: Sendable, Equatable {
    /// The configuration is wrong.
    case refusedToStart(problems: Int)
    /// It could not start, or not go on.
    case failed(String)
    /// It lets transfers finish, so long at most.
    case stopping(within: Duration)

    package var line: String {
        switch self {
        case .refusedToStart(let count):
            "Not started: \(count) problem\(count == 1 ? "" : "s") in the configuration: runegate check"
        case .failed(let problem): "Not serving: \(problem)"
        case .stopping(let limit):
            "Stopping: transfers have \(limit.formatted) to finish; visitors are served meanwhile"
        }
    }
}

extension Duration {
    fileprivate var formatted: String {
        let (seconds, rest) = components
        return rest == 0 ? "\(seconds) s" : "\(seconds * 1000 + rest / 1_000_000_000_000_000) ms"
    }
}
