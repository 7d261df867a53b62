import GateModel

/// What the VPS gets.
package enum VPSPlan {
    /// Every file and unit of the VPS.
    ///
    /// Before the join WireGuard has no peer, and Rathole's server waits for a key that nobody has and is not
    /// started.
    package static func make(answers: VPSAnswers, secrets: VPSSecrets) -> Plan {
        Plan(
            machine: .vps, directories: directories(answers),
            files: settings(answers) + credentials(secrets) + network(answers, secrets) + units(answers),
            units: startOrder(answers, hasPeer: secrets.joined != nil),
            certificate: SiteCertificate(domain: answers.domain, contact: answers.contact))
    }

    private static func directories(_ answers: VPSAnswers) -> [PlannedDirectory] {
        [
            PlannedDirectory(path: "/etc/runegate"),
            PlannedDirectory(path: Paths.credentials, mode: 0o700),
            PlannedDirectory(path: "/etc/runegate/config", mode: 0o700),
            PlannedDirectory(path: "/etc/runegate/tls", mode: 0o700),
            PlannedDirectory(path: "/etc/wireguard", mode: 0o700),
            PlannedDirectory(path: SiteCertificate.challengeDirectory),
        ]
    }

    private static func settings(_ answers: VPSAnswers) -> [PlannedFile] {
        var files = [
            PlannedFile(path: Paths.users, SystemFiles.vpsUsers),
            PlannedFile(path: Paths.sysctl, SystemFiles.pingGroups),
            PlannedFile(path: Paths.environment, RunegateEnvironment.render(answers)),
        ]
        if let mail = answers.mail {
            files.append(PlannedFile(secret: Paths.mailAccount, MailAccountFile.render(mail)))
        }
        return files
    }

    /// The former secrets' files are there even when empty: a unit does not start without a credential it names.
    private static func credentials(_ secrets: VPSSecrets) -> [PlannedFile] {
        let values: [(String, [UInt8])] = [
            ("jwt-secret", secrets.jwtSecret.bytes),
            ("jwt-secret-previous", list(secrets.jwtSecretPrevious)),
            ("session-key", secrets.sessionKey.bytes),
            ("session-key-previous", list(secrets.sessionKeyPrevious)),
        ]
        return values.map {
            PlannedFile(path: "\(Paths.credentials)/\($0.0)", contents: $0.1, mode: 0o600, isSecret: true)
        }
    }

    private static func list(_ secrets: [Secret]) -> [UInt8] {
        Array(secrets.map(\.bytes).joined(separator: [UInt8(ascii: ",")]))
    }

    private static func network(_ answers: VPSAnswers, _ secrets: VPSSecrets) -> [PlannedFile] {
        var files = [
            PlannedFile(path: Paths.firewall, VPSFirewall.render(answers)),
            PlannedFile(secret: Paths.wireGuard, WireGuardFile.vps(answers, secrets)),
            PlannedFile(secret: Paths.ratholeServer, RatholeFile.server(answers, secrets)),
            PlannedFile(path: Paths.nginx, NginxSite.render(answers)),
            PlannedFile(path: SiteCertificate.installHook, RenewalHook.render(answers), mode: 0o755),
        ]
        if let program = answers.ratholeProgram {
            files.append(PlannedFile(unit: "rathole.service", RatholeUnit.render(.server, program: program)))
        }
        return files
    }

    private static func units(_ answers: VPSAnswers) -> [PlannedFile] {
        [
            PlannedFile(unit: "runegate-firewall.service", FirewallUnit.render(.vps)),
            PlannedFile(unit: FirewallUnit.dropInName, FirewallUnit.dropIn(.vps)),
            PlannedFile(unit: WireGuardUnit.dropInName, WireGuardUnit.dropIn(.vps)),
            PlannedFile(unit: "runegate.service", GatewayUnits.service),
            PlannedFile(unit: "runegate.service.d/addresses.conf", GatewayUnits.addresses(answers)),
            PlannedFile(unit: "runegate.socket", GatewayUnits.socket),
            PlannedFile(unit: "runegate-control.socket", GatewayUnits.controlSocket),
            PlannedFile(unit: "runegate-mailer.service", HelperUnits.mailer),
            PlannedFile(unit: "runegate-mailer.socket", HelperUnits.socket(for: .mailer)),
            PlannedFile(unit: "runegate-wireguard.service", HelperUnits.reader),
            PlannedFile(unit: "runegate-wireguard.socket", HelperUnits.socket(for: .reader)),
            PlannedFile(unit: "runegate-enroll.service", HelperUnits.enroll(answers)),
            PlannedFile(unit: "runegate-enroll.socket", HelperUnits.socket(for: .enroll)),
        ]
    }

    /// The firewall before the tunnel, the sockets before who uses them.
    private static func startOrder(_ answers: VPSAnswers, hasPeer: Bool) -> [String] {
        var units = ["runegate-firewall.service", "wg-quick@wg0.service", "runegate-wireguard.socket"]
        if answers.mail != nil { units.append("runegate-mailer.socket") }
        units += ["runegate-enroll.socket", "runegate-control.socket", "runegate.socket", "runegate.service"]
        if hasPeer, answers.ratholeProgram != nil { units.append("rathole.service") }
        return units
    }
}
