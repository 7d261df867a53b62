import Foundation
import Testing

@testable import Provision

// The samples under `deploy/`, and the files for unusual machines under `Tests/Provision/Rendered/`, are what is
// rendered. `UPDATE_GENERATED=1 swift test --filter ProvisionTests` writes them; then read the difference.

private let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

private let isUpdating = ProcessInfo.processInfo.environment["UPDATE_GENERATED"] == "1"

@Test(arguments: Plan.Machine.allCases)
func `a sample is what is rendered for the example answers`(machine: Plan.Machine) throws {
    for file in try examplePlan(machine).files {
        guard let path = samplePath(of: file, on: machine) else { continue }
        try expect(file.contents, at: "deploy/\(path)")
    }
}

@Test func `nothing else lies beside the samples`() throws {
    let rendered = try Plan.Machine.allCases.flatMap { machine in
        try examplePlan(machine).files.compactMap { samplePath(of: $0, on: machine) }
    }
    let written = ["install.sh", "README.md", "files.txt"]
    let found = try FileManager.default.subpathsOfDirectory(
        atPath: root.appendingPathComponent("deploy").path
    )
    .filter { path in
        var isDirectory: ObjCBool = false
        _ = FileManager.default.fileExists(
            atPath: root.appendingPathComponent("deploy/\(path)").path, isDirectory: &isDirectory)
        return !isDirectory.boolValue
    }
    #expect(Set(found) == Set(rendered + written))
}

@Test(arguments: UnusualMachine.allCases)
func `an unusual machine gets what was reviewed`(machine: UnusualMachine) throws {
    let plan = try machine.plan()
    let directory = "Tests/Provision/Rendered/\(machine.rawValue)"
    for file in plan.files { try expect(file.contents, at: directory + file.path) }
    let found = try FileManager.default.subpathsOfDirectory(
        atPath: root.appendingPathComponent(directory).path)
    let planned = Set(plan.files.map { String($0.path.dropFirst()) })
    #expect(found.filter { planned.contains($0) }.count == planned.count)
    #expect(found.allSatisfy { path in planned.contains { $0 == path || $0.hasPrefix(path + "/") } })
}

private func examplePlan(_ machine: Plan.Machine) throws -> Plan {
    switch machine {
    case .vps:
        VPSPlan.make(answers: try ExampleMachines.vpsAnswers(), secrets: try ExampleMachines.vpsSecrets())
    case .aibox:
        AiboxPlan.make(
            answers: try ExampleMachines.aiboxAnswers(), secrets: try ExampleMachines.aiboxSecrets())
    }
}

/// Where a file's sample lies below `deploy/`; nil for bare secrets, of which there is nothing to see.
private func samplePath(of file: PlannedFile, on machine: Plan.Machine) -> String? {
    if file.path.hasPrefix("/etc/runegate/credentials/") { return nil }
    let folders = [
        ("/etc/systemd/system/", "systemd"), ("/etc/sysusers.d/", "sysusers.d"),
        ("/etc/sysctl.d/", "sysctl.d"),
        ("/etc/nginx/conf.d/", "nginx"), ("/etc/wireguard/", "wireguard"), ("/etc/rathole/", "rathole"),
        ("/etc/letsencrypt/renewal-hooks/deploy/", "certbot"), ("/etc/runegate/", "runegate"),
    ]
    for (prefix, folder) in folders where file.path.hasPrefix(prefix) {
        let name = file.path.dropFirst(prefix.count)
        // The VPS has more of them; the aibox's stand in a folder of their own.
        return machine == .vps ? "\(folder)/\(name)" : "\(folder)/aibox/\(name)"
    }
    Issue.record("no place below deploy/ for \(file.path)")
    return nil
}

private func expect(_ contents: [UInt8], at path: String) throws {
    let file = root.appendingPathComponent(path)
    if isUpdating {
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(contents).write(to: file)
    }
    let committed = try String(contentsOf: file, encoding: .utf8)
    #expect(
        committed == String(decoding: contents, as: UTF8.self),
        "\(path); run: UPDATE_GENERATED=1 swift test --filter ProvisionTests")
}
