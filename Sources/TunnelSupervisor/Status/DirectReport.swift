package import GateModel
package import NIOCore
import UpstreamSelection

/// How things are where no tunnel is configured: there is one path, nothing watches it, and it is looked at
/// when somebody asks.
package struct DirectReport: Sendable {
    /// Shorter than whoever asks over the control socket waits.
    private static let deadline: Duration = .milliseconds(1500)

    private let path: UpstreamPath
    private let settings: TunnelSettings
    private let addTLS: TunnelService.AddTLS?
    private let loop: any EventLoop
    private let time: any TimeSource

    /// - Parameters:
    ///   - settings: Their one path is the way to the app.
    ///   - loop: Where the app is asked from.
    ///   - time: The clock.
    ///   - addTLS: Puts TLS into the connection to an `https` target.
    package init(
        _ settings: TunnelSettings, loop: any EventLoop, time: any TimeSource = SystemTime(),
        addTLS: TunnelService.AddTLS? = nil
    ) {
        self.path = settings.paths[0]
        self.settings = settings
        self.addTLS = addTLS
        self.loop = loop
        self.time = time
    }

    /// Asks the app, and says what came of it.
    package func make() async -> TunnelReport {
        let began = time.now()
        let outcome = await ask()
        var machine = FailoverMachine(
            paths: [path], failback: settings.failback, at: began)
        _ = machine.take(.full(path.name, outcome, sentAt: began.sinceBoot), at: time.now())
        let report = machine.report(at: time.now())
        let how = "no tunnels are configured; serving \(path.endpoint) directly"
        guard !outcome.hasBytes else { return report.saying(.ok, how) }
        let evidence = report.paths.first?.evidence ?? ""
        let problem = TunnelReport.Problem(
            code: "app-down", problem: "The app at \(path.endpoint) does not answer (\(evidence))",
            remedy: "Start the app, or correct RUNEGATE_TARGET_SERVICE.")
        return report.saying(.appDown, how, [problem])
    }

    private func ask() async -> FullOutcome {
        let promise = loop.makePromise(of: FullOutcome.self)
        loop.execute { [self] in
            let probe = FullProbe(host: settings.host, target: settings.probePath, addTLS: addTLS)
            // Some apps never answer HEAD, and nobody is here to find that out first.
            probe.send(
                .get, over: path, on: loop, deadline: Self.deadline,
                clock: { [time] in time.now().sinceBoot },
                report: { promise.succeed($0 ?? .silent) })
        }
        return (try? await promise.futureResult.get()) ?? .silent
    }
}

extension TunnelReport {
    fileprivate func saying(
        _ verdict: TunnelVerdict, _ summary: String, _ problems: [Problem] = []
    ) -> TunnelReport {
        TunnelReport(
            verdict: verdict, summary: summary, paths: paths, rule: rule, preference: preference, drill: nil,
            isQuiet: false, switches: [], problems: problems)
    }
}
