import GateModel
import Glibc
import Provision
import TestSupport
import Testing

// Putting files in place, on a real file system.

/// A tree of one test's own, with what the tests ask about it.
struct TestTree {
    let directory = TemporaryDirectory()
    var path: String { directory.path }

    func installation() throws -> Installation {
        Installation(in: try TargetTree(root: path), names: .leftAlone)
    }

    @discardableResult
    func apply(
        _ files: [PlannedFile], rules: ChangeRules = ChangeRules(), checks: any SetChecks = NoChecks()
    ) throws -> Bool {
        let plan = Plan(machine: .vps, files: files, units: [])
        let installation = try installation()
        let writer = try installation.beginWriting()
        return try writer.apply(
            plan, changes: try installation.changes(to: plan, rules: rules), checks: checks)
    }

    func kinds(_ files: [PlannedFile], rules: ChangeRules = ChangeRules()) throws -> [FileChange.Kind] {
        try installation().changes(to: Plan(machine: .vps, files: files, units: []), rules: rules).map(\.kind)
    }

    func uninstall(removesEdited: Bool = false) throws -> UninstallReport {
        try installation().beginWriting().uninstall(removesEdited: removesEdited)
    }

    func write(_ path: String, _ text: String) {
        let file = open(self.path + path, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
        defer { close(file) }
        _ = Array(text.utf8).withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
    }

    func text(_ path: String) throws -> String? {
        try installation().file(path).map { String(decoding: $0.contents, as: UTF8.self) }
    }

    func makeDirectories(_ paths: String...) {
        for path in paths { mkdir(self.path + path, 0o755) }
    }

    /// Every name below the tree, hidden ones too.
    var everything: [String] {
        var found: [String] = []
        var waiting = [""]
        while let next = waiting.popLast() {
            guard let stream = opendir(path + "/" + next) else { continue }
            defer { closedir(stream) }
            while let entry = readdir(stream) {
                let name = withUnsafePointer(to: &entry.pointee.d_name) {
                    $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
                }
                guard name != ".", name != ".." else { continue }
                found.append("\(next)/\(name)")
                if Int32(entry.pointee.d_type) == Int32(DT_DIR) { waiting.append("\(next)/\(name)") }
            }
        }
        return found.sorted()
    }

    /// Whether nothing half done is there: no staged, replaced or journal file.
    var isWhole: Bool { !everything.contains { $0.contains(".runegate-") || $0.contains("journal") } }
}

let firstSet = [
    PlannedFile(path: "/etc/runegate/runegate.env", text: "A=1\n"),
    PlannedFile(path: "/etc/wireguard/wg0.conf", text: "PrivateKey = x\n", mode: 0o600, isSecret: true),
    PlannedFile(path: "/etc/nginx/conf.d/runegate.conf", text: "server {}\n"),
]
let secondSet = [
    PlannedFile(path: "/etc/runegate/runegate.env", text: "A=2\n"),
    PlannedFile(path: "/etc/wireguard/wg0.conf", text: "PrivateKey = y\n", mode: 0o600, isSecret: true),
    PlannedFile(path: "/etc/runegate/more.toml", text: "b = 1\n"),
]

@Test func `the first run writes everything, the second changes nothing`() throws {
    let tree = TestTree()
    #expect(try tree.apply(firstSet) == true)
    #expect(try tree.text("/etc/runegate/runegate.env") == "A=1\n")
    #expect(try tree.installation().file("/etc/wireguard/wg0.conf")?.mode == 0o600)
    let before = tree.everything
    #expect(try tree.kinds(firstSet) == [.same, .same, .same])
    #expect(try tree.apply(firstSet) == false)
    #expect(tree.everything == before)
    #expect(tree.isWhole)
}

@Test func `a file that has no use any more goes, with its directories`() throws {
    let tree = TestTree()
    try tree.apply(firstSet)
    #expect(try tree.kinds(secondSet) == [.changed, .changed, .new, .removed])
    try tree.apply(secondSet)
    #expect(try tree.text("/etc/nginx/conf.d/runegate.conf") == nil)
    #expect(!tree.everything.contains("/etc/nginx"))
    #expect(try tree.text("/etc/runegate/more.toml") == "b = 1\n")
}

@Test func `an uninstall leaves nothing, and a second one has nothing to do`() throws {
    let tree = TestTree()
    try tree.apply(firstSet)
    try tree.apply(secondSet)
    let report = try tree.uninstall()
    #expect(report.removed.count == 3)
    #expect(report.left.isEmpty)
    #expect(tree.everything.isEmpty)
    #expect(try tree.uninstall() == UninstallReport())
    #expect(tree.everything.isEmpty)
}

@Test func `an uninstall leaves directories that others use`() throws {
    let tree = TestTree()
    try tree.apply(firstSet)
    tree.write("/etc/nginx/conf.d/other.conf", "x")
    _ = try tree.uninstall()
    #expect(tree.everything == ["/etc", "/etc/nginx", "/etc/nginx/conf.d", "/etc/nginx/conf.d/other.conf"])
}

@Test func `a file edited by hand stays while the plan has nothing new for it`() throws {
    let tree = TestTree()
    try tree.apply(firstSet)
    tree.write("/etc/runegate/runegate.env", "A=mine\n")
    #expect(try tree.kinds(firstSet) == [.edited, .same, .same])
    #expect(try tree.apply(firstSet) == false)
    #expect(try tree.text("/etc/runegate/runegate.env") == "A=mine\n")
    #expect(try tree.kinds(firstSet, rules: .init(restoresEdited: true)).first == .editedReplaced)
}

@Test func `a file edited by hand is kept aside when the plan changes it`() throws {
    let tree = TestTree()
    try tree.apply(firstSet)
    tree.write("/etc/runegate/runegate.env", "A=mine\n")
    try tree.apply(secondSet)
    #expect(try tree.text("/etc/runegate/runegate.env") == "A=2\n")
    let kept = "/etc/runegate/provision/kept/etc%2Frunegate%2Frunegate.env.edited"
    #expect(try tree.text(kept) == "A=mine\n")
    #expect(try tree.installation().file(kept)?.mode == 0o600)
    #expect(try tree.uninstall().left == [kept])
}

@Test func `an uninstall names what was edited, and takes it only when told to`() throws {
    let tree = TestTree()
    try tree.apply(firstSet)
    tree.write("/etc/runegate/runegate.env", "A=mine\n")
    #expect(try tree.uninstall().left == ["/etc/runegate/runegate.env"])
    #expect(tree.everything == ["/etc", "/etc/runegate", "/etc/runegate/runegate.env"])

    let other = TestTree()
    try other.apply(firstSet)
    other.write("/etc/runegate/runegate.env", "A=mine\n")
    _ = try other.uninstall(removesEdited: true)
    #expect(other.everything.isEmpty)
}

@Test func `somebody else's file is refused, taken over on demand, and given back`() throws {
    let tree = TestTree()
    tree.makeDirectories("/etc", "/etc/wireguard")
    tree.write("/etc/wireguard/wg0.conf", "PrivateKey = theirs\n")
    let before = tree.everything
    #expect(throws: Fault.self) { try tree.apply(firstSet) }
    #expect(tree.everything == before)
    try tree.apply(firstSet, rules: .init(takesOver: true))
    #expect(try tree.text("/etc/wireguard/wg0.conf") == "PrivateKey = x\n")
    #expect(try tree.uninstall().restored == ["/etc/wireguard/wg0.conf"])
    #expect(try tree.text("/etc/wireguard/wg0.conf") == "PrivateKey = theirs\n")
    #expect(tree.everything == before)
}

@Test(arguments: ["/etc", "/etc/runegate", "/etc/runegate/runegate.env", "/etc/wireguard"])
func `a planted symbolic link is refused, and nothing is written through it`(path: String) throws {
    let tree = TestTree()
    let elsewhere = TemporaryDirectory()
    if path != "/etc" { tree.makeDirectories("/etc") }
    if path.hasSuffix(".env") { tree.makeDirectories("/etc/runegate") }
    symlink(elsewhere.path, tree.path + path)
    let before = tree.everything
    let fault = #expect(throws: Fault.self) { try tree.apply(firstSet) }
    #expect(fault?.description.contains("symbolic link") == true)
    #expect(elsewhere.entries.isEmpty)
    #expect(
        tree.everything.filter { !$0.hasPrefix("/etc/runegate") }
            == before.filter { !$0.hasPrefix("/etc/runegate") })
}

@Test func `a pipe where a file goes is refused and does not hold us up`() throws {
    let tree = TestTree()
    tree.makeDirectories("/etc", "/etc/runegate")
    mkfifo(tree.path + "/etc/runegate/runegate.env", 0o600)
    let fault = #expect(throws: Fault.self) { try tree.apply(firstSet) }
    #expect(fault?.description.contains("a pipe") == true)
}

@Test func `a directory that everybody may write to is refused`() throws {
    let tree = TestTree()
    tree.makeDirectories("/etc", "/etc/wireguard")
    chmod(tree.path + "/etc/wireguard", 0o777)
    let fault = #expect(throws: Fault.self) { try tree.apply(firstSet) }
    #expect(fault?.code == "provision-path-refused")
}

private struct Refusing: SetChecks {
    let whenInstalled: Bool
    private let fault = Fault(code: "no", problem: "nginx does not like it", remedy: "Mend it.")
    init(whenInstalled: Bool) { self.whenInstalled = whenInstalled }
    func staged(_ files: [StagedFile]) throws(Fault) { if !whenInstalled { throw fault } }
    func installed() throws(Fault) { if whenInstalled { throw fault } }
}

@Test(arguments: [false, true])
func `a set that a check refuses leaves the old one`(whenInstalled: Bool) throws {
    let tree = TestTree()
    try tree.apply(firstSet)
    let before = tree.everything
    let fault = #expect(throws: Fault.self) {
        try tree.apply(secondSet, checks: Refusing(whenInstalled: whenInstalled))
    }
    #expect(fault?.description.contains("the old files are in place") == true)
    #expect(tree.everything == before)
    #expect(try tree.kinds(firstSet) == [.same, .same, .same])

    let fresh = TestTree()
    #expect(throws: Fault.self) {
        try fresh.apply(firstSet, checks: Refusing(whenInstalled: whenInstalled))
    }
    #expect(fresh.everything.isEmpty)
}

@Test func `two runs do not write at once`() throws {
    let tree = TestTree()
    let installation = try tree.installation()
    let first = try installation.beginWriting()
    let fault = #expect(throws: Fault.self) { try installation.beginWriting() }
    #expect(fault?.code == "provision-busy")
    withExtendedLifetime(first) {}
}

@Test func `only the mode is wrong: it is put right`() throws {
    let tree = TestTree()
    try tree.apply(firstSet)
    chmod(tree.path + "/etc/wireguard/wg0.conf", 0o644)
    #expect(try tree.kinds(firstSet) == [.same, .changed, .same])
    try tree.apply(firstSet)
    #expect(try tree.installation().file("/etc/wireguard/wg0.conf")?.mode == 0o600)
}

@Test func `what a seed becomes is not ours to compare, but ours to take away`() throws {
    let tree = TestTree()
    let files = [
        PlannedFile(
            path: "/etc/runegate/tls/site.pem", contents: Array("self-signed".utf8), mode: 0o600, isSeed: true
        )
    ]
    try tree.apply(files)
    tree.write("/etc/runegate/tls/site.pem", "issued")
    #expect(try tree.kinds(files) == [.same])
    #expect(try tree.apply(files) == false)
    #expect(try tree.text("/etc/runegate/tls/site.pem") == "issued")
    #expect(try tree.uninstall().left.isEmpty)
    #expect(tree.everything.isEmpty)
}

@Test func `a record that gives itself is held against what was written`() throws {
    let tree = TestTree()
    let record = PlannedFile(path: "/etc/runegate/provision/state.json", text: "{\"generation\":1}")
    try tree.apply([record])
    tree.write(record.path, "{\"generation\":3}")
    // The plan is made from the record, whatever it holds.
    let read = PlannedFile(path: record.path, text: "{\"generation\":3}")
    let found = try tree.installation().drift(from: Plan(machine: .vps, files: [read], units: []))
    #expect(found.map(\.path).contains(record.path))
}
