import Foundation
import Testing

@testable import WireGuardKernel

/// The probe beside the tests' own program.
private func probe() throws -> String {
    let own = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    let beside = URL(filePath: own).deletingLastPathComponent().appending(path: "wireguard-probe").path
    try #require(FileManager.default.isExecutableFile(atPath: beside), "no wireguard-probe at \(beside)")
    return beside
}

/// `wg show all dump` for one interface, with `-` for its secret keys.
///
/// wireguard-go tells no public key of its own; `wg` reckons it from the private key, which we do not look at.
private func dumpOfWG(_ name: String) throws -> String {
    try Command.run("wg show all dump").split(separator: "\n").compactMap { line in
        var fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
        guard fields[0] == name else { return nil }
        if fields.count == 5 { (fields[1], fields[2]) = ("-", "(none)") } else { fields[2] = "-" }
        return fields.joined(separator: "\t")
    }.joined(separator: "\n") + "\n"
}

/// Where a test runs that has real interfaces: as root, with the programs that make them.
@Suite(.enabled(if: UserspaceTunnel.isPossible, "needs root, wireguard-go and wireguard-tools"), .serialized)
struct UserspaceTunnelTests {
    @Test func `what wg says of wireguard-go is what we read`() throws {
        let tunnel = try UserspaceTunnel()
        try tunnel.start()
        for end in [tunnel.here, tunnel.there] {
            try Command.run("ip -n \(end.name) link set \(end.name) up")
        }
        try tunnel.exchange()
        let many = (0..<300).map { "10.\($0 / 200).\($0 % 200).0/24" }.joined(separator: ",")
        try Command.run(
            "wg set \(tunnel.here.name) peer \(tunnel.there.publicKey) allowed-ips 10.0.0.2/32,\(many)")
        let probe = try probe()
        for end in [tunnel.here, tunnel.there] {
            // A keepalive between the two readings changes a counter.
            var isEqual = false
            for _ in 0..<5 where !isEqual {
                let read = try Command.run("ip netns exec \(end.name) \(probe) dump \(end.name)")
                isEqual = try sorted(dumpOfWG(end.name)) == sorted(read)
            }
            #expect(isEqual, "\(end.name)")
        }
        #expect(try dumpOfWG(tunnel.here.name).contains(",10.1.99.0/24"))
    }

    /// The order of allowed IPs is nobody's promise.
    private func sorted(_ dump: String) -> [[String]] {
        dump.split(separator: "\n").map { line in
            line.split(separator: "\t").map { $0.split(separator: ",").sorted().joined(separator: ",") }
        }
    }

    @Test func `the link's events arrive: it appears, goes up, down and away`() throws {
        let tunnel = try UserspaceTunnel()
        let name = tunnel.here.name
        let watch = try LineReader("ip netns exec \(name) \(try probe()) watch \(name)")
        #expect(watch.line(containing: "exists=false up=false fault=wireguard-no") != nil, "\(watch.seen)")
        try tunnel.start()
        #expect(watch.line(containing: "exists=true up=false") != nil, "\(watch.seen)")
        try Command.run("ip -n \(name) link set \(name) up")
        #expect(watch.line(containing: "exists=true up=true peers=1") != nil, "\(watch.seen)")
        try Command.run("ip -n \(tunnel.there.name) link set \(tunnel.there.name) up")
        try tunnel.exchange()
        #expect(watch.line(containing: "peers=1 endpoint=true handshake=1") != nil, "\(watch.seen)")
        try Command.run("ip -n \(name) link set \(name) down")
        #expect(watch.line(containing: "exists=true up=false") != nil, "\(watch.seen)")
        try Command.run("ip -n \(name) link delete \(name)")
        #expect(watch.line(containing: "exists=false up=false") != nil, "\(watch.seen)")
    }

    @Test func `what is no WireGuard interface, or none at all, is told apart from it`() throws {
        let probe = try probe()
        let missing = try Command.result("\(probe) dump rg-missing")
        // Without the module the kernel cannot say more than that.
        #expect(missing.output.hasPrefix("fault wireguard-no-"))
        let loopback = try Command.result("\(probe) dump lo")
        #expect(loopback.code == 1)
        #expect(loopback.output.hasPrefix("fault wireguard-"))
    }
}
