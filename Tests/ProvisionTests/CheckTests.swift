import GateModel
import Testing

@testable import Provision

// What is made of what the machine says, as tables.

@Test(arguments: [
    (
        "ID=debian\nVERSION_ID=\"12\"\nPRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\n",
        CheckResult.Verdict.pass
    ),
    ("ID=debian\nVERSION_ID=\"13\"\n", .pass),
    ("ID=ubuntu\nVERSION_ID=\"24.04\"\n", .pass),
    ("ID=ubuntu\nVERSION_ID=\"22.04\"\n", .warn),
    ("ID=fedora\nVERSION_ID=41\n", .fail),
    ("", .fail),
])
func `the systems that are meant pass, their kin is warned of, others are refused`(
    text: String, verdict: CheckResult.Verdict
) {
    #expect(Distribution(osRelease: text).result.verdict == verdict)
}

private let tcpTable = """
      sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
       0: 00000000:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4711 1 0 100 0 0 10 0
       1: 0100007F:091D 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4712 1 0 100 0 0 10 0
       2: 0100007F:0050 0100007F:D431 01 00000000:00000000 00:00000000 00000000     0        0 4713 1 0 100 0 0 10 0
    """

@Test func `only listeners hold a port`() {
    let table = SocketTable(tcpTable, isTCP: true)
    #expect(table.inodes(port: 80) == [4711])
    #expect(table.inodes(port: 2333) == [4712])
    #expect(table.inodes(port: 443).isEmpty)
    #expect(SocketTable("", isTCP: true).entries.isEmpty)
    #expect(SocketTable("x\ny\n: : :\n", isTCP: false).entries.isEmpty)
}

@Test(arguments: [
    ([String](), CheckResult.Verdict.pass), (["nginx"], .pass), (["apache2"], .fail),
    (["caddy", "nginx"], .fail),
])
func `a port is ours, free, or taken by somebody who is named`(
    holders: [String], verdict: CheckResult.Verdict
) {
    let finding = PortFinding(port: 443, transport: "TCP", holders: holders, expected: ["nginx"])
    #expect(finding.result.verdict == verdict)
    if verdict == .fail { #expect(finding.result.text.contains(holders[0])) }
}

private let routeTable = """
    Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
    eth0\t00000000\t010011AC\t0003\t0\t0\t0\t00000000\t0\t0\t0
    eth1\t0000000A\t00000000\t0001\t0\t0\t0\t000000FF\t0\t0\t0
    wg0\t0200000A\t00000000\t0005\t0\t0\t0\tFFFFFFFF\t0\t0\t0
    """

@Test func `routes are read as the kernel writes them, without the default one`() throws {
    #expect(
        LocalNetworks.routes(routeTable) == [
            .init(name: "a route over eth1", block: try IPNetwork("10.0.0.0/8")),
            .init(name: "a route over wg0", block: try IPNetwork("10.0.0.2/32")),
        ])
}

@Test func `an address that means somebody else here is a clash, our own interface is none`() throws {
    let routes = LocalNetworks.routes(routeTable)
    #expect(LocalNetworks(networks: routes, resolvers: []).result(for: .standard).verdict == .fail)
    let own = LocalNetworks(networks: [routes[1]], resolvers: [])
    #expect(own.result(for: .standard).verdict == .pass)
    let other = try TunnelNetwork("192.168.77.0/30")
    #expect(LocalNetworks(networks: routes, resolvers: []).result(for: other).verdict == .pass)
    let resolver = LocalNetworks(
        networks: [], resolvers: LocalNetworks.resolvers("# x\nnameserver 10.0.0.2\n"))
    #expect(resolver.result(for: .standard).text.contains("asks 10.0.0.2"))
}

@Test(arguments: [
    ([String](), ["203.0.113.5"], CheckResult.Verdict.fail),
    (["203.0.113.5"], ["203.0.113.5", "fe80::1"], .pass),
    (["203.0.113.5", "2001:db8::5"], ["203.0.113.5"], .fail),
    (["2001:db8::5"], ["2001:db8::5"], .pass),
    (["203.0.113.5"], ["10.1.2.3"], .warn),
    (["203.0.113.9"], ["203.0.113.5"], .fail),
])
func `the name has to lead here and nowhere else`(
    found: [String], own: [String], verdict: CheckResult.Verdict
) throws {
    let check = NameCheck(
        domain: try DomainName("app.example.com"), found: try found.map { try IPAddress($0) },
        own: try own.map { try IPAddress($0) })
    #expect(check.result.verdict == verdict)
}

@Test func `another site of the same name is found by its file`() throws {
    let dump = """
        # configuration file /etc/nginx/nginx.conf:
        http {
        # configuration file /etc/nginx/conf.d/runegate.conf:
            server_name app.example.com;
        # configuration file /etc/nginx/sites-enabled/old:
            server_name  www.example.com app.example.com;
        """
    let result = NginxSites(dump: dump).result(domain: try DomainName("app.example.com"))
    #expect(result.verdict == .fail)
    #expect(result.text.contains("/etc/nginx/sites-enabled/old"))
    #expect(NginxSites(dump: dump).result(domain: try DomainName("new.example.com")).verdict == .pass)
}

@Test func `another firewall is told about with the rules that it lacks`() {
    let ports = TunnelPorts()
    let active = OtherFirewalls(
        ufwStatus: "Status: active\n443/tcp ALLOW Anywhere\n", isFirewalldActive: false)
    #expect(active.result(ports: ports).text.contains("ufw allow 80/tcp && ufw allow 51820/udp"))
    #expect(!active.result(ports: ports).text.contains("allow 443/tcp"))
    let inactive = OtherFirewalls(ufwStatus: "Status: inactive\n", isFirewalldActive: false)
    #expect(inactive.result(ports: ports).verdict == .pass)
    let firewalld = OtherFirewalls(ufwStatus: nil, isFirewalldActive: true)
    #expect(firewalld.result(ports: ports).text.contains("--add-port=51820/udp"))
}

@Test func `what is missing is named with the command that installs it`() {
    let check = PackageCheck(needs: PackageCheck.vps) { $0 != "nft" && $0 != "certbot" }
    #expect(check.missing == ["certbot", "nftables"])
    #expect(check.install.description.hasSuffix("certbot nftables"))
    #expect(PackageCheck(needs: PackageCheck.vps) { _ in true }.result.verdict == .pass)
}

@Test func `a clock that is years behind is refused`() {
    #expect(ClockCheck(nowUnixSeconds: 0, isSynchronized: true).result.verdict == .fail)
    #expect(ClockCheck(nowUnixSeconds: 1_800_000_000, isSynchronized: false).result.verdict == .warn)
    #expect(ClockCheck(nowUnixSeconds: 1_800_000_000, isSynchronized: nil).result.verdict == .pass)
}

// MARK: What follows from changed files

private func changed(_ path: String, _ old: String?, _ new: String?) -> FileChange {
    let owner = FileOwner(userID: 0, groupID: 0)
    return FileChange(
        path: path, kind: old == nil ? .new : new == nil ? .removed : .changed,
        found: old.map { FoundFile(contents: Array($0.utf8), mode: 0o644, owner: owner) },
        planned: new.map { PlannedFile(path: path, text: $0) })
}

private let plan = Plan(
    machine: .vps, files: [], units: ["wg-quick@wg0.service", "runegate.socket", "runegate.service"])

@Test func `nothing changed, nothing is restarted`() {
    #expect(ServiceActions(after: [], plan: plan).list == [.enable(plan.units)])
}

@Test func `a policy is reloaded, a key needs a restart`() {
    let policy = ServiceActions(after: [changed("/etc/runegate/runegate.env", "a", "b")], plan: plan)
    #expect(policy.list == [.enable(plan.units), .reload("runegate.service")])
    let key = ServiceActions(
        after: [
            changed("/etc/runegate/runegate.env", "a", "b"),
            changed("/etc/runegate/credentials/session-key", "a", "b"),
        ], plan: plan)
    #expect(key.list == [.enable(plan.units), .restart("runegate.service")])
}

@Test func `a new peer keeps the interface, a new address does not`() {
    let old = "[Interface]\nAddress = 10.0.0.1/32\nPrivateKey = a\n"
    let peer = changed("/etc/wireguard/wg0.conf", old, old + "[Peer]\nPublicKey = b\n")
    #expect(ServiceActions(after: [peer], plan: plan).list.last == .reload("wg-quick@wg0.service"))
    let moved = changed("/etc/wireguard/wg0.conf", old, old.replacing("10.0.0.1", with: "10.9.0.1"))
    #expect(ServiceActions(after: [moved], plan: plan).list.last == .restart("wg-quick@wg0.service"))
}

@Test func `a changed socket is opened anew behind its service`() {
    let socket = changed("/etc/systemd/system/runegate.socket", "a", "b")
    #expect(
        ServiceActions(after: [socket], plan: plan).list == [
            .reloadManager, .stop(["runegate.socket", "runegate.service"]), .enable(plan.units),
        ])
}

@Test func `a new socket has nobody to stop, a changed one its own service`() {
    let new = changed("/etc/systemd/system/runegate.socket", nil, "a")
    #expect(ServiceActions(after: [new], plan: plan).list == [.reloadManager, .enable(plan.units)])
    let control = changed("/etc/systemd/system/runegate-control.socket", "a", "b")
    #expect(
        ServiceActions(after: [control], plan: plan).list.contains(
            .stop(["runegate-control.socket", "runegate.service"])))
}

// MARK: Differences

@Test func `a difference shows what changed with three lines around it`() {
    let old = (1...9).map { "line \($0)\n" }.joined()
    let lines = LineDifference(
        old: Array(old.utf8), new: Array(old.replacing("line 5", with: "line five").utf8)
    ).unified()
    #expect(lines.count == 9)
    #expect(lines.contains("-line 5") && lines.contains("+line five") && lines.contains(" line 2"))
    #expect(!lines.contains(" line 1"))
}

@Test func `a secret's difference is told without its lines`() {
    let change = FileChange(
        path: "/x", kind: .new, found: nil, planned: PlannedFile(path: "/x", text: "hunter2", isSecret: true))
    #expect(!ChangeListing([change]).differences.joined().contains("hunter2"))
}

@Test func `a clash on the aibox names what to type on the VPS, since the code is still good`() {
    let clash = LocalNetworks(networks: LocalNetworks.routes(routeTable), resolvers: [])
        .result(for: .standard, on: .aibox)
    #expect(clash.verdict == .fail)
    #expect(clash.text.contains("The join code was not used"))
    #expect(clash.text.contains("provision vps --tunnel-network"))
}

@Test func `an interface of somebody else's with our name is found`() {
    #expect(AiboxInspection.interface(exists: true, isOurs: false).verdict == .fail)
    #expect(AiboxInspection.interface(exists: true, isOurs: true).verdict == .pass)
    #expect(AiboxInspection.interface(exists: false, isOurs: false).verdict == .pass)
}
