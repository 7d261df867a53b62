import GateModel
import Glibc

/// Looks at this machine before anything is written to it; the judging is in the values beside this file.
package struct MachineInspection: Sendable {
    let answers: VPSAnswers
    let mayInstall: Bool

    package init(answers: VPSAnswers, mayInstall: Bool) {
        self.answers = answers
        self.mayInstall = mayInstall
    }

    /// Every finding; installs what is missing when that is allowed and nothing else is wrong.
    package func results() async -> [CheckResult] {
        var results = [
            Distribution(osRelease: MachineFile.text("/etc/os-release") ?? "").result,
            Self.clock.result,
            NameCheck(
                domain: answers.domain, found: MachineAddresses.lookUp(answers.domain.ascii),
                own: MachineAddresses.own()
            ).result,
            Self.networks.result(for: answers.tunnel),
        ]
        results += ports.map(\.result)
        results.append(firewalls.result(ports: answers.ports))
        results.append(nginx)
        if let mail = answers.mail { results.append(await MailCheck(mail: mail).result()) }
        let isRight = !results.contains { $0.verdict == .fail }
        results.append(packages(isRight: isRight))
        return results
    }

    static var clock: ClockCheck {
        let said = try? Program("timedatectl", "show", "--property=NTPSynchronized", "--value").run()
        let answer = said.flatMap { $0.isSuccess ? String(decoding: $0.output, as: UTF8.self) : nil }
        return ClockCheck(
            nowUnixSeconds: Int64(time(nil)), isSynchronized: answer.map { $0.hasPrefix("yes") })
    }

    static var networks: LocalNetworks {
        LocalNetworks(
            networks: MachineAddresses.interfaces()
                + LocalNetworks.routes(MachineFile.text("/proc/net/route") ?? ""),
            resolvers: LocalNetworks.resolvers(MachineFile.text("/etc/resolv.conf") ?? ""))
    }

    private var ports: [PortFinding] {
        let holders = PortHolders()
        let web: Set<String> = ["nginx"]
        return [
            holders.finding(port: Port(known: 80), isTCP: true, expected: web),
            holders.finding(port: Port(known: 443), isTCP: true, expected: web),
            holders.finding(port: answers.ports.rathole, isTCP: true, expected: ["rathole"]),
            holders.finding(
                port: answers.ports.wireGuard, isTCP: false,
                expected: ["kernel", "wireguard-go", "boringtun-cli"]),
        ]
    }

    private var firewalls: OtherFirewalls {
        let ufw = Program.find("ufw") == nil ? nil : try? Program("ufw", "status").run()
        let firewalld =
            Program.find("firewall-cmd") == nil ? nil : try? Program("firewall-cmd", "--state").run()
        return OtherFirewalls(
            ufwStatus: ufw.map { String(decoding: $0.output, as: UTF8.self) },
            isFirewalldActive: firewalld?.isSuccess == true)
    }

    private var nginx: CheckResult {
        guard Program.find("nginx") != nil else { return CheckResult("nginx", .pass, "not installed yet") }
        guard let dump = try? Program("nginx", "-T").run() else {
            return CheckResult("nginx", .warn, "`nginx -T` could not be started")
        }
        guard dump.isSuccess else {
            let last = dump.diagnostics.split(separator: "\n").first ?? ""
            return CheckResult(
                "nginx", .fail,
                "its configuration was broken before Runegate came: \(last). Mend that first; `nginx -t` says when."
            )
        }
        return NginxSites(dump: String(decoding: dump.output, as: UTF8.self)).result(domain: answers.domain)
    }

    private func packages(isRight: Bool) -> CheckResult {
        Self.packages(PackageCheck.vps, mayInstall: mayInstall && isRight)
    }

    static func packages(_ needs: [String: String], mayInstall: Bool) -> CheckResult {
        let check = PackageCheck(needs: needs) { Program.find($0) != nil }
        guard !check.missing.isEmpty, mayInstall else { return check.result }
        do throws(Fault) {
            try check.install.succeed(remedy: "Run `apt-get update`, then the same command again.")
            return CheckResult("packages", .pass, "installed: \(check.missing.joined(separator: ", "))")
        } catch {
            return CheckResult("packages", .fail, error.description)
        }
    }
}
