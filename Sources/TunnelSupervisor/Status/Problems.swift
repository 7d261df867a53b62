import GateModel
import Glibc
import UpstreamSelection

// What is wrong with the paths, and what to do about it.

extension FailoverMachine {
    func problems(at now: Moment) -> [TunnelReport.Problem] {
        var problems = paths.compactMap { $0.problem(isBesideAnswering: isAppAnswering, at: now) }
        problems += paths.compactMap { $0.readingProblem(at: now) }
        if isAppDown {
            problems.append(
                TunnelReport.Problem(
                    code: "app-down",
                    problem: "The box is reached over \(appFault.path.name.rawValue), and \(appFault.words)",
                    remedy: appFault.remedy))
        }
        if isAppGarbled {
            problems.append(
                TunnelReport.Problem(
                    code: "app-garbled", problem: "What answers behind the tunnels does not speak HTTP",
                    remedy: "See which program listens on the aibox on the port that the targets name."))
        }
        return problems
    }

    private var isAppAnswering: Bool { paths.contains { $0.answeringSince != nil } }
}

extension PathHealth {
    /// What is wrong with this path; nil when nothing is, or when the fault is the app's.
    fileprivate func problem(isBesideAnswering: Bool, at now: Moment) -> TunnelReport.Problem? {
        switch state {
        case .down: watch == .fullOnly ? ratholeProblem : wireGuardProblem(at: now)
        case .up where isAppMissing && isBesideAnswering:
            Self.problem(
                "app-unreachable", "The app answers over the other path, but not over \(path.name.rawValue)",
                "On the aibox let the app listen on its tunnel address, and look at its firewall.")
        case .unknown, .up, .suspect, .probation: nil
        }
    }

    /// Why nothing is known of the handshake; probes decide without it.
    fileprivate func readingProblem(at now: Moment) -> TunnelReport.Problem? {
        guard let handshake, handshake.fact(at: now.sinceBoot) == .unknown,
            let fault = handshake.details.fault
        else { return nil }
        return Self.problem(fault.code, "The handshake is unknown: \(fault.problem)", fault.remedy)
    }

    private func wireGuardProblem(at now: Moment) -> TunnelReport.Problem? {
        let interface = path.interface ?? "the tunnel"
        switch handshake?.fact(at: now.sinceBoot) ?? .unknown {
        case .interfaceGone:
            return handshake?.details.fault.map { Self.problem($0.code, $0.problem, $0.remedy) }
                ?? Self.problem(
                    "interface-gone", "The interface \(interface) is down or missing",
                    "Start it: `sudo systemctl start wg-quick@\(interface)`.")
        case .noPeer:
            return Self.problem(
                "not-joined", "\(interface) has no peer yet",
                "Run `sudo runegate provision join` here, then `sudo runegate provision aibox` on the aibox.")
        case .noEndpoint, .none:
            return Self.problem(
                "no-handshake", "WireGuard has never heard from the aibox",
                "See that the aibox is on, that UDP passes the firewall, and that both sides know each other's key: "
                    + "`sudo wg show \(interface)`.")
        case .age where cause == .unreachable, .unknown where cause == .unreachable:
            return unreachableProblem
        case .age(let age) where age >= HandshakeFact.rejectAfter:
            return Self.problem(
                "peer-silent", "The last handshake is \(Span.words(age.components.seconds)) old",
                "The aibox is off, offline or blocked: run `sudo runegate tunnels` there.")
        case .age where cause == .appUnreachable:
            return Self.problem(
                "app-unreachable", "The tunnel lives, but the app answers only over the other path",
                "On the aibox let the app listen on its tunnel address, and look at its firewall.")
        case .age, .unknown:
            return Self.problem(
                "path-silent", "Probes over \(path.name.rawValue) stay unanswered",
                "If it stays so, run `sudo runegate tunnels` on the aibox.")
        }
    }

    /// The kernel said so at once: the packets did not leave, or the far side's firewall turned them away.
    private var unreachableProblem: TunnelReport.Problem {
        var reason = ""
        if case .unreachable(let number)? = lastFull?.outcome {
            reason = ": \(String(cString: strerror(number)))"
        }
        return Self.problem(
            "path-unreachable", "Nothing gets through to \(path.endpoint)\(reason)",
            "See the route (`ip route get \(path.endpoint.host)`), the firewalls of this machine and of the aibox "
                + "(`sudo nft list ruleset`), and IPAddressAllow= in runegate.service.d/addresses.conf.")
    }

    private var ratholeProblem: TunnelReport.Problem? {
        switch cause {
        case .unreachable: unreachableProblem
        case .silent where lastFull?.outcome == .noConnection:
            Self.problem(
                "rathole-unreachable",
                "No connection to \(path.endpoint) comes about: something drops its packets",
                "See this machine's firewall (`sudo nft list ruleset`), and whether Rathole's server hangs: "
                    + "`systemctl status rathole`.")
        case .refused:
            Self.problem(
                "rathole-refused", "Nobody listens on \(path.endpoint): no Rathole client is joined",
                "Look at both sides: `systemctl status rathole` here and on the aibox.")
        case .closedUnanswered where closesInARow > ProbeThresholds.ratholePool:
            // The client lives: this is the app's fault.
            nil
        case .closedUnanswered:
            Self.problem(
                "rathole-closed", "Rathole accepts and closes: its client or the app behind it is gone",
                "On the aibox see `systemctl status rathole` and whether the app runs.")
        case .silent:
            Self.problem(
                "rathole-silent", "Rathole accepts, and nothing answers: the way to its client is cut",
                "It mends itself when the aibox is back; `sudo systemctl restart rathole` there is quicker.")
        default:
            Self.problem(
                "rathole-down", "Rathole does not lead to the app", "Look at `systemctl status rathole`.")
        }
    }

    private static func problem(_ code: String, _ problem: String, _ remedy: String) -> TunnelReport.Problem {
        TunnelReport.Problem(code: code, problem: problem, remedy: remedy)
    }
}
