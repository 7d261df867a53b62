/// What the aibox gets once it has joined.
package enum AiboxPlan {
    /// Every file and unit of the aibox; no port of it is open to anybody but the VPS, and that through the tunnel.
    package static func make(answers: AiboxAnswers, secrets: AiboxSecrets) -> Plan {
        var files = [
            PlannedFile(path: Paths.users, SystemFiles.aiboxUsers),
            PlannedFile(path: Paths.firewall, AiboxFirewall.render(answers)),
            PlannedFile(secret: Paths.wireGuard, WireGuardFile.aibox(answers, secrets)),
            PlannedFile(secret: Paths.ratholeClient, RatholeFile.client(answers, secrets)),
            PlannedFile(unit: "runegate-firewall.service", FirewallUnit.render(.aibox)),
            PlannedFile(unit: FirewallUnit.dropInName, FirewallUnit.dropIn(.aibox)),
            PlannedFile(unit: WireGuardUnit.dropInName, WireGuardUnit.dropIn(.aibox)),
            PlannedFile(unit: "runegate-tend.service", TendUnits.service),
            PlannedFile(unit: "runegate-tend.timer", TendUnits.timer),
        ]
        var units = ["runegate-firewall.service", "wg-quick@wg0.service"]
        if let program = answers.ratholeProgram {
            files.append(PlannedFile(unit: "rathole.service", RatholeUnit.render(.client, program: program)))
            units.append("rathole.service")
        }
        return Plan(
            machine: .aibox,
            directories: [
                PlannedDirectory(path: "/etc/runegate"),
                PlannedDirectory(path: "/etc/wireguard", mode: 0o700),
            ],
            files: files, units: units + ["runegate-tend.timer"])
    }
}
