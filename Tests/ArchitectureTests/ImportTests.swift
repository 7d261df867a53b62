import Testing

/// Which of our modules each of them may import; those that all may are left out.
///
/// What is missing here has no business there.
private let allowed: [String: Set<String>] = [
    "GateModel": [],
    "GateConfig": [],
    "Cryptography": [],
    "Systemd": [],
    "Logs": [],
    "TLS": [],
    "UpstreamSelection": [],
    "Mail": ["TLS"],
    "Store": ["Cryptography"],
    "Identity": ["Store", "Mail", "Cryptography"],
    "Gateway": ["Identity", "UpstreamSelection", "TLS"],
    "WireGuardKernel": [],
    "TunnelSupervisor": ["UpstreamSelection", "WireGuardKernel", "Store"],
    "Control": ["Identity", "Mail", "Store", "TunnelSupervisor"],
    "Provision": ["Cryptography", "Mail", "TLS", "WireGuardKernel"],
    "Demo": ["Cryptography"],
]

/// Values, settings and the service manager are for everybody but the values themselves.
private let forEverybody: Set<String> = ["GateModel", "GateConfig", "Systemd"]

/// An import that must not happen although the build would allow it, and why.
private struct Ban: CustomStringConvertible {
    var module: String
    var imports: Set<String>
    var reason: String

    var description: String {
        "\(module) must not import \(imports.sorted().joined(separator: ", ")): \(reason)"
    }
}

private let bans = [
    Ban(
        module: "GateModel", imports: ["Foundation", "FoundationEssentials", "GateConfig", "Systemd"],
        reason: "values know nothing but values"),
    Ban(
        module: "Gateway", imports: ["Foundation", "FoundationEssentials"],
        reason: "the hot path neither allocates nor bridges for it"),
    Ban(
        module: "UpstreamSelection", imports: ["Foundation", "FoundationEssentials"],
        reason: "it is read once a request"),
    Ban(
        module: "Gateway", imports: ["TunnelSupervisor", "Store", "Mail", "Control"],
        reason: "requests and probes meet in UpstreamSelection only, and the database is Identity's to ask"),
    Ban(
        module: "TunnelSupervisor", imports: ["Gateway", "Identity"],
        reason: "which path is alive does not depend on who asks"),
    Ban(
        module: "Identity", imports: ["NIOCore", "NIOPosix", "NIOHTTP1", "Gateway"],
        reason: "who somebody is has nothing to do with HTTP"),
    Ban(
        module: "Mail", imports: ["Store", "Identity", "GRDB"],
        reason: "the mailer process never opens the database"),
    Ban(
        module: "Logs", imports: ["GateConfig", "Foundation", "FoundationEssentials"],
        reason: "it formats a line a request, from values that the composition root hands over"),
    Ban(
        module: "Systemd", imports: ["GateConfig", "Foundation", "FoundationEssentials"],
        reason: "it is a thin layer over the library"),
    Ban(
        module: "GateConfig", imports: ["Systemd", "Foundation", "Glibc"],
        reason: "its inputs are values; only SystemConfigFiles touches the file system"),
]

/// Who may import a library from outside.
private let owners: [String: Set<String>] = [
    "COpenSSL": ["Cryptography", "TLS"],
    "CSystemd": ["Systemd"],
    "CQREncode": ["Control"],
    "CMNL": ["WireGuardKernel"],
    "GRDB": ["Store"],
    "TOMLKit": ["GateConfig"],
    "ArgumentParser": ["runegate"],
    "ServiceLifecycle": ["runegate", "TunnelSupervisor"],
]

@Test func `modules import downwards only`() throws {
    let modules = try SourceTree.swiftModules()
    #expect(modules.count > 10, "the sources are not where this test looks for them")
    let ours = Set(modules)
    for module in modules where module != "runegate" {
        let permitted = try #require(allowed[module], "\(module) is not in the table of docs/ARCHITECTURE.md")
        let everybody = module == "GateModel" ? [] : forEverybody
        let extra: Set<String> = module == "Logs" ? ["Systemd"] : []
        for found in try SourceTree.imports(of: module) where ours.contains(found.module) {
            #expect(
                permitted.union(everybody).union(extra).contains(found.module),
                "\(found.file) imports \(found.module)")
        }
    }
}

@Test(arguments: bans)
private func `an import with a reason against it does not happen`(ban: Ban) throws {
    for found in try SourceTree.imports(of: ban.module) where ban.imports.contains(found.module) {
        if ban.module == "GateConfig", found.file.hasSuffix("/ConfigFiles.swift") { continue }
        Issue.record("\(found.file) imports \(found.module): \(ban.reason)")
    }
}

@Test func `a library from outside is imported by its owner only`() throws {
    for module in try SourceTree.swiftModules() {
        for found in try SourceTree.imports(of: module) {
            guard let permitted = owners[found.module] else { continue }
            #expect(permitted.contains(module), "\(found.file) imports \(found.module)")
        }
    }
}

@Test func `the test itself sees imports of every form`() throws {
    let imports = try SourceTree.imports(of: "Cryptography").map(\.module)
    #expect(imports.contains("COpenSSL") && imports.contains("GateModel"))
}
