import Foundation
import Glibc
import TestSupport

/// Two wireguard-go interfaces in network namespaces of their own, joined by a cable.
///
/// All of it goes away with this object. Needs root.
final class UserspaceTunnel {
    static let isPossible =
        geteuid() == 0 && ["ip", "wg", "wireguard-go"].allSatisfy(Command.isInstalled)
        && FileManager.default.fileExists(atPath: "/dev/net/tun")

    /// One end: namespace and interface have the same name, which no other test has.
    struct End {
        let name: String
        let privateKeyFile: String
        let publicKey: String
    }

    let here: End
    let there: End
    private let directory = TemporaryDirectory()
    private var programs: [Process] = []

    /// Makes the namespaces and the cable; no interface yet.
    init() throws {
        let suffix = UInt32.random(in: .min ... .max)
        here = try Self.end("a\(String(suffix, radix: 36))", directory.path)
        there = try Self.end("b\(String(suffix, radix: 36))", directory.path)
        for end in [here, there] { try Command.run("ip netns add \(end.name)") }
        try Command.run(
            "ip -n \(here.name) link add cable type veth peer name cable netns \(there.name)")
        for (end, number) in [(here, 1), (there, 2)] {
            try Command.run("ip -n \(end.name) address add 192.0.2.\(number)/24 dev cable")
            try Command.run("ip -n \(end.name) link set cable up")
        }
    }

    deinit {
        for program in programs {
            kill(program.processIdentifier, SIGKILL)
            program.waitUntilExit()
        }
        for end in [here, there] {
            _ = try? Command.result("ip netns delete \(end.name)")
            unlink("/var/run/wireguard/\(end.name).sock")
        }
    }

    /// Starts wireguard-go and configures both ends to know each other; `here` has no endpoint, as behind nobody's
    /// NAT.
    func start() throws {
        for end in [here, there] { try startProgram(end) }
        try Command.run(
            "wg set \(here.name) private-key \(here.privateKeyFile) listen-port 51820 peer \(there.publicKey) "
                + "allowed-ips 10.0.0.2/32,fd00::/64")
        try Command.run(
            "wg set \(there.name) private-key \(there.privateKeyFile) peer \(here.publicKey) "
                + "endpoint 192.0.2.1:51820 persistent-keepalive 25 allowed-ips 10.0.0.1/32")
        for (end, number) in [(here, 1), (there, 2)] {
            try Command.run("ip -n \(end.name) address add 10.0.0.\(number)/24 dev \(end.name)")
        }
    }

    /// Waits until the ends have shaken hands: the keepalive of one begins that when its link is up.
    func exchange() throws {
        try wait("no handshake") {
            try Command.run("wg show \(here.name) latest-handshakes").contains("\t1")
        }
    }

    private func wait(_ failure: String, until isTrue: () throws -> Bool) throws {
        let deadline = ContinuousClock.now + .seconds(30)
        while try !isTrue() {
            guard ContinuousClock.now < deadline else { throw Command.Failed(description: failure) }
            usleep(20_000)
        }
    }

    private static func end(_ name: String, _ directory: String) throws -> End {
        let file = "\(directory)/\(name)"
        let key = try Command.run("wg genkey")
        try key.write(toFile: file, atomically: true, encoding: .utf8)
        let publicKey = try Command.run("sh \(try publicKeyScript(directory)) \(file)")
        return End(
            name: name, privateKeyFile: file,
            publicKey: publicKey.trimmingCharacters(in: .whitespacesAndNewlines))
    }

    /// `wg pubkey` reads its standard input only.
    private static func publicKeyScript(_ directory: String) throws -> String {
        let path = "\(directory)/public-key.sh"
        try "wg pubkey < \"$1\"\n".write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }

    /// Starts one in the foreground, and waits until it answers.
    private func startProgram(_ end: End) throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["ip", "netns", "exec", end.name, "wireguard-go", "-f", end.name]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        try process.run()
        programs.append(process)
        try wait("wireguard-go does not answer") {
            try Command.result("wg show \(end.name) listen-port").code == 0
        }
    }
}
