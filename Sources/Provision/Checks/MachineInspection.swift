import GateModel
import Glibc

/// Looks at this machine before anything is written to it; the judging is in the values beside this file.
package struct MachineInspection: Sendable {
    let answers: VPSAnswers
    let mayInstall: Bool
    /// Whether nothing at all may be changed, not even by installing.
    let isDryRun: Bool

    package init(answers: VPSAnswers, mayInstall: Bool, isDryRun: Bool = false) {
        self.answers = answers
        self.mayInstall = mayInstall
        self.isDryRun = isDryRun
    }

    /// Every finding; installs what is missing when that is allowed and nothing else is wrong.
    package func results() async -> [CheckResult] {
        var results = [
            Distribution(osRelease: MachineFile.text("/etc/os-release") ?? "").result,
            Self.clock.result,
            NameCheck(
                domain: answers.domain, found: MachineAddresses.lookUp(answers.domain.ascii),
                own: MachineAddresses.own(), endpoint: answers.endpoint.address
            ).result,
            Self.networks.result(for: answers.tunnel, on: .vps),
        ]
        let holders = PortHolders()
        results += ports.map { $0.result(heldBy: holders.holders(of: $0)) }
        results.append(firewalls.result(ports: answers.ports))
        results.append(nginx)
        results.append(RatholeCheck(answers.ratholeProgram).result)
        if let mail = answers.mail { results.append(await MailCheck(mail: mail).result()) }
        let isRight = !isDryRun && !results.contains { $0.verdict == .fail }
        results.append(Self.packages(PackageCheck.vps, mayInstall: mayInstall, isRight: isRight))
        return results
    }

    /// Whether the kernel knows IPv6 at all; where it does not, nothing can listen on it.
    package static var hasIPv6: Bool { MachineAddresses.haveIPv6 }

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
            // Behind systemd's own resolver, which is all that the first file may name, are those of the second.
            resolvers: ["/etc/resolv.conf", "/run/systemd/resolve/resolv.conf"].flatMap {
                LocalNetworks.resolvers(MachineFile.text($0) ?? "")
            })
    }

    private var ports: [WantedPort] {
        [
            .web(Port(known: 80)), .web(Port(known: 443)),
            .rathole(answers.ports.rathole, program: answers.ratholeProgram),
            .wireGuard(answers.ports.wireGuard),
        ]
    }

    private var firewalls: OtherFirewalls {
        let ufw = Program.find("ufw") == nil ? nil : try? Program("ufw", "status").run()
        let firewalld =
            Program.find("firewall-cmd") == nil ? nil : try? Program("firewall-cmd", "--state").run()
        return OtherFirewalls(
            ufw: ufw.map { UfwStatus(String(decoding: $0.output, as: UTF8.self)) },
            isFirewalldActive: firewalld?.isSuccess == true)
    }

    private var nginx: CheckResult {
        guard Program.find("nginx") != nil else { return CheckResult("nginx", .pass, "not installed yet") }
        guard let dump = try? Program("nginx", "-T").run() else {
            return CheckResult("nginx", .warn, "`nginx -T` could not be started")
        }
        guard dump.isSuccess else { return NginxSites.result(refusal: dump.diagnostics) }
        return NginxSites(dump: String(decoding: dump.output, as: UTF8.self)).result(domain: answers.domain)
    }

    /// Looks for programs, and installs the packages of those that are missing.
    ///
    /// - Parameters:
    ///   - needs: Packages by the program that is needed of them.
    ///   - mayInstall: Whether packages may be installed at all.
    ///   - isRight: Whether everything else is right; before that nothing is installed.
    /// - Returns: What is missing, or that nothing is.
    static func packages(
        _ needs: [String: String], mayInstall: Bool, isRight: Bool
    ) -> CheckResult {
        let check = PackageCheck(needs: needs) { Program.find($0) != nil }
        guard !check.missing.isEmpty, mayInstall else { return check.result }
        guard isRight else {
            return CheckResult(
                "packages", .warn,
                "missing: \(check.missing.joined(separator: ", ")); installed once everything else is right")
        }
        do throws(Fault) {
            try check.install.succeed(remedy: "Run `apt-get update`, then the same command again.")
            return CheckResult("packages", .pass, "installed: \(check.missing.joined(separator: ", "))")
        } catch {
            return CheckResult("packages", .fail, error.description)
        }
    }
}
