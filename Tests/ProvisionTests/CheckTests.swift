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
    let table = SocketTable(tcpTable, transport: .tcp)
    #expect(table.inodes(port: Port(known: 80)) == [4711])
    #expect(table.inodes(port: Port(known: 2333)) == [4712])
    #expect(table.inodes(port: Port(known: 443)).isEmpty)
    #expect(SocketTable("", transport: .tcp).entries.isEmpty)
    #expect(SocketTable("x\ny\n: : :\n", transport: .udp).entries.isEmpty)
}

@Test(arguments: [
    ([PortHolder](), CheckResult.Verdict.pass), ([.program("nginx", process: 7)], .pass),
    ([.program("apache2", process: 812)], .fail),
    ([.program("nginx", process: 7), .program("caddy", process: 812)], .fail), ([.kernel], .fail),
])
func `a port is ours, free, or taken by somebody who is named`(
    holders: [PortHolder], verdict: CheckResult.Verdict
) {
    let result = WantedPort.web(Port(known: 443)).result(heldBy: holders)
    #expect(result.verdict == verdict)
    if holders.contains(.program("apache2", process: 812)) {
        #expect(result.text.contains("apache2 (process 812)"))
        #expect(result.text.contains("systemctl status 812"))
    }
    #expect(!result.text.contains("--"), "no flag moves port 443")
}

@Test func `our own tunnels may hold their ports, those of others are told with another port`() throws {
    let wireGuard = WantedPort.wireGuard(Port(known: 51820))
    #expect(wireGuard.result(heldBy: [.wireGuard(interface: "wg0")]).verdict == .pass)
    let other = wireGuard.result(heldBy: [.wireGuard(interface: "office")])
    #expect(other.verdict == .fail)
    #expect(
        other.text.contains("the WireGuard interface office") && other.text.contains("--wireguard-port 51821")
    )
    let program = try ProgramPath("/opt/rathole-0.5.0-static/rathole-with-a-name")
    let rathole = WantedPort.rathole(Port(known: 2333), program: program)
    #expect(rathole.result(heldBy: [.program("rathole-with-a-", process: 3)]).verdict == .pass)
    #expect(
        WantedPort.rathole(Port(known: 65535), program: nil).result(heldBy: [.kernel]).text.contains(
            "--rathole-port 1024"))
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
    #expect(LocalNetworks(networks: routes, resolvers: []).result(for: .standard, on: .vps).verdict == .fail)
    let own = LocalNetworks(networks: [routes[1]], resolvers: [])
    #expect(own.result(for: .standard, on: .vps).verdict == .pass)
    let other = try TunnelNetwork("192.168.77.0/30")
    #expect(LocalNetworks(networks: routes, resolvers: []).result(for: other, on: .vps).verdict == .pass)
    let resolver = LocalNetworks(
        networks: [], resolvers: LocalNetworks.resolvers("# x\nnameserver 10.0.0.2\n"))
    #expect(resolver.result(for: .standard, on: .vps).text.contains("asks 10.0.0.2"))
    #expect(resolver.result(for: .standard, on: .aibox).text.contains("On the VPS choose"))
    let proposed = try TunnelNetwork("10.87.13.0/24")
    let everything = LocalNetworks(
        networks: [.init(name: "eth0", block: try IPNetwork("10.0.0.0/8"))], resolvers: [])
    #expect(!everything.result(for: proposed, on: .vps).text.contains("--tunnel-network 10."))
}

@Test(arguments: [
    ([String](), ["203.0.113.5"], CheckResult.Verdict.fail),
    (["203.0.113.5"], ["203.0.113.5", "fe80::1"], .pass),
    (["203.0.113.5", "2001:db8::5"], ["203.0.113.5"], .fail),
    (["2001:db8::5"], ["2001:db8::5"], .pass),
    (["203.0.113.5"], ["10.1.2.3"], .warn),
    (["203.0.113.9"], ["203.0.113.5"], .fail),
    (["127.0.1.1"], ["203.0.113.5"], .warn),
    (["127.0.1.1", "203.0.113.5"], ["203.0.113.5"], .pass),
])
func `the name has to lead here and nowhere else`(
    found: [String], own: [String], verdict: CheckResult.Verdict
) throws {
    let check = NameCheck(
        domain: try DomainName("app.example.com"), found: try found.map { try IPAddress($0) },
        own: try own.map { try IPAddress($0) })
    #expect(check.result.verdict == verdict)
}

@Test func `an address that is led on to this machine is the owner's word`() throws {
    let domain = try DomainName("app.example.com")
    let floating = try IPAddress("203.0.113.9")
    let own = [try IPAddress("203.0.113.5")]
    let refused = NameCheck(domain: domain, found: [floating], own: own).result
    #expect(refused.verdict == .fail && refused.text.contains("--endpoint 203.0.113.9"))
    #expect(
        NameCheck(domain: domain, found: [floating], own: own, endpoint: floating).result.verdict == .pass)
}

@Test func `the record that leads elsewhere is named, and no answer is not no record`() throws {
    let domain = try DomainName("app.example.com")
    let own = [try IPAddress("203.0.113.5")]
    let mixed = NameCheck(domain: domain, found: own + [try IPAddress("2001:db8::5")], own: own).result
    #expect(mixed.text.contains("2001:db8::5") && mixed.text.contains("AAAA record"))
    #expect(!mixed.text.contains("A and"))
    let silent = NameCheck(domain: domain, found: nil, own: own).result
    #expect(silent.verdict == .fail && silent.text.contains("no name server answers"))
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
    for site in [
        "server { listen 80; server_name \"app.example.com\"; }",
        "server_name www.example.com\n  app.example.com;",
    ] {
        let odd = NginxSites(dump: "# configuration file /etc/nginx/odd.conf:\n\(site)\n")
        #expect(odd.result(domain: try DomainName("app.example.com")).verdict == .fail)
    }
    let comment = NginxSites(
        dump: "# configuration file /etc/nginx/odd.conf:\n# server_name app.example.com;\n")
    #expect(comment.result(domain: try DomainName("app.example.com")).verdict == .pass)
}

@Test func `an nginx that was broken is told with its reason, our own site is put right`() {
    let theirs = """
        nginx: [warn] conflicting server name "x" on 0.0.0.0:80, ignored
        nginx: [emerg] unknown directive "sever" in /etc/nginx/sites-enabled/old:3
        nginx: configuration file /etc/nginx/nginx.conf test failed
        """
    let result = NginxSites.result(refusal: theirs)
    #expect(result.verdict == .fail)
    #expect(result.text.contains("unknown directive \"sever\" in /etc/nginx/sites-enabled/old:3"))
    let ours = #"nginx: [emerg] cannot load certificate "/etc/runegate/tls/site.pem": no such file"#
    #expect(NginxSites.result(refusal: ours).verdict == .warn)
    #expect(NginxSites.result(refusal: "").verdict == .fail)
}

@Test func `another firewall is told about with the rules that it lacks`() {
    let ports = TunnelPorts()
    let status = """
        Status: active

        To                         Action      From
        --                         ------      ----
        443/tcp                    ALLOW       Anywhere
        8080/tcp                   ALLOW       Anywhere
        2333/tcp                   ALLOW       192.0.2.0/24
        """
    let active = OtherFirewalls(ufw: UfwStatus(status), isFirewalldActive: false).result(ports: ports)
    #expect(active.text.contains("ufw allow 80/tcp && ufw allow 51820/udp && ufw allow 2333/tcp"))
    #expect(!active.text.contains("allow 443/tcp"))
    let inactive = OtherFirewalls(ufw: UfwStatus("Status: inactive\n"), isFirewalldActive: false)
    #expect(inactive.result(ports: ports).verdict == .pass)
    let firewalld = OtherFirewalls(ufw: nil, isFirewalldActive: true)
    #expect(firewalld.result(ports: ports).text.contains("--add-port=51820/udp"))
}

@Test(arguments: [
    ("80,443/tcp                 ALLOW       Anywhere", true),
    ("80                         ALLOW       Anywhere", true),
    ("Nginx Full                 ALLOW       Anywhere", true),
    ("1:1024/tcp                 LIMIT       Anywhere", true),
    ("80/tcp                     ALLOW IN    Anywhere                   # web", true),
    ("80/udp                     ALLOW       Anywhere", false),
    ("80/tcp                     DENY        Anywhere", false),
    ("80/tcp                     ALLOW OUT   Anywhere", false),
    ("80/tcp on eth1             ALLOW       Anywhere", false),
    ("192.0.2.1 80/tcp           ALLOW       Anywhere", false),
    ("OpenSSH                    ALLOW       Anywhere", false),
    ("80/tcp (v6)                ALLOW       Anywhere (v6)", false),
    ("Anywhere                   ALLOW       192.0.2.1", false),
])
func `a rule of ufw opens a port to everybody or does not`(line: String, opens: Bool) {
    #expect(UfwStatus("Status: active\n\n\(line)\n").allows(80, .tcp) == opens)
}

@Test func `what is missing is named with the command that installs it`() {
    let check = PackageCheck(needs: PackageCheck.vps) { $0 != "nft" && $0 != "certbot" }
    #expect(check.missing == ["certbot", "nftables"])
    #expect(check.install.description.hasSuffix("certbot nftables"))
    #expect(PackageCheck(needs: PackageCheck.vps) { _ in true }.result.verdict == .pass)
}

@Test func `a clock that is years off is refused`() {
    #expect(ClockCheck(nowUnixSeconds: 0, isSynchronized: true).result.verdict == .fail)
    #expect(ClockCheck(nowUnixSeconds: 5_000_000_000, isSynchronized: true).result.text.contains("ahead"))
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

@Test func `a first interface is started once`() {
    let new = changed("/etc/wireguard/wg0.conf", nil, "[Interface]\n")
    let addition = changed("/etc/systemd/system/wg-quick@wg0.service.d/runegate.conf", nil, "[Service]\n")
    let list = ServiceActions(after: [new, addition], plan: plan).list
    #expect(list == [.reloadManager, .enable(plan.units)])
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
