package import GateModel

/// What the aibox says when the VPS could not be asked, or refused: each a sentence and what to do.
package enum EnrollFault {
    private static let newCode = "On the VPS, `sudo runegate provision join` prints a new one."

    static func unreachable(domain: String, reason: String) -> Fault {
        Fault(
            code: "enroll-unreachable",
            problem: "https://\(domain)/.runegate/enroll cannot be reached: \(reason)",
            remedy:
                "See that \(domain) points to the VPS and that nginx and runegate run there, then try again: "
                + "nothing was changed.")
    }

    static func answered(_ status: Int, domain: String) -> Fault {
        switch status {
        case 404:
            Fault(
                code: "enroll-nobody",
                problem: "The VPS expects nobody: the join code has expired, was used, or was voided",
                remedy: newCode)
        case 429:
            Fault(
                code: "enroll-limited", problem: "The VPS takes no more tries from this address for now",
                remedy: "Wait a minute and try again.")
        case 502:
            Fault(
                code: "enroll-unit", problem: "The VPS's enrolment unit gave no answer",
                remedy: "On the VPS: systemctl status runegate-enroll.socket runegate-enroll.service")
        default:
            Fault(
                code: "enroll-answer", problem: "\(domain) answered with status \(status)",
                remedy:
                    "See that \(domain) is the VPS that printed the join code, and that runegate runs there.")
        }
    }

    static func refused(_ reason: RefusalReason, _ kind: RequestKind = .join) -> Fault {
        switch reason {
        case .unknown where kind == .channel:
            Fault(
                code: "box-unknown",
                problem:
                    "The VPS does not know this machine: another has taken its place, or the VPS was set up anew",
                remedy:
                    "To join it again: `sudo runegate provision join --replace` there, and here `sudo runegate provision "
                    + "aibox --rejoin`.")
        case .expired:
            Fault(
                code: "code-expired", problem: "The join code has expired: it was good for a day",
                remedy: newCode)
        case .used:
            Fault(code: "code-used", problem: "The join code was used already", remedy: newCode)
        case .replaced:
            Fault(
                code: "code-replaced", problem: "A newer join code has taken this one's place",
                remedy: newCode)
        case .spoiled:
            Fault(
                code: "code-spoiled", problem: "The join code was voided after too many wrong requests",
                remedy: newCode)
        case .unknown:
            Fault(
                code: "code-unknown",
                problem: "The VPS does not know this join code, or its keys have changed since",
                remedy: newCode)
        case .otherVersion, .malformed:
            Fault(
                code: "enroll-version", problem: "The VPS runs another version of Runegate",
                remedy: "Install the same version on both machines and try again.")
        case .unavailable:
            Fault(
                code: "enroll-unavailable", problem: "The VPS could not store what was asked",
                remedy: "On the VPS: journalctl -u runegate-enroll; then try again.")
        }
    }

    static func joinRefused(_ answer: JoinAnswer, at now: Moment) -> Fault {
        switch answer {
        case .clock(let seconds):
            Fault(
                code: "clock-off",
                problem: "The clocks of the two machines differ by \(distance(seconds, now.unixSeconds)) s",
                remedy:
                    "Set both right (timedatectl set-ntp true) and try again: WireGuard refuses a clock that goes "
                    + "back later.")
        case .occupied:
            Fault(
                code: "already-joined", problem: "Another box has joined this VPS",
                remedy: "On the VPS, `sudo runegate provision join --replace` prints a code that replaces it."
            )
        case .failed:
            Fault(
                code: "join-unfinished",
                problem: "The VPS has noted this machine and could not change its tunnels",
                remedy: "On the VPS: journalctl -u runegate-enroll; then run this again with the same code.")
        case .wrong, .welcome:
            Fault(
                code: "join-wrong", problem: "The VPS could not use this machine's request",
                remedy: "Install the same version of Runegate on both machines and try again.")
        }
    }

    static let unreadable = Fault(
        code: "enroll-garbled", problem: "The answer did not come from the VPS that made the join code",
        remedy:
            "Somebody on the way may have changed it. Try again from another network; nothing was changed.")

    /// Whether the VPS has for sure not noted this machine, so that nothing of the try is of use.
    package static func isFinal(_ fault: Fault) -> Bool {
        [
            "enroll-nobody", "code-expired", "code-used", "code-replaced", "code-spoiled", "code-unknown",
            "already-joined", "clock-off", "join-wrong",
        ].contains(fault.code)
    }

    private static func distance(_ left: Int64, _ right: Int64) -> UInt64 {
        let (difference, overflows) = left.subtractingReportingOverflow(right)
        return overflows ? .max : difference.magnitude
    }
}
