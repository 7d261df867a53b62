import GateModel
import Testing

@testable import Provision

// What each checked answer takes, and what it refuses.

@Test(arguments: [
    ("10.0.0.0/24", "10.0.0.1", "10.0.0.2"), ("172.30.7.4/30", "172.30.7.5", "172.30.7.6"),
    ("100.64.0.0/10", "100.64.0.1", "100.64.0.2"),
    ("192.168.255.252/30", "192.168.255.253", "192.168.255.254"),
])
func `a tunnel network gives both machines an address`(text: String, vps: String, aibox: String) throws {
    let network = try TunnelNetwork(text)
    #expect(network.vps.description == vps && network.aibox.description == aibox)
}

@Test(arguments: [
    "10.0.0.7/24", "10.0.0.0/31", "10.0.0.0", "8.8.8.0/24", "10.0.0.0/7", "172.16.0.0/11", "fd00::/64",
    "10.0.0.0/24 ",
    "::ffff:10.0.0.0/120", "",
])
func `a tunnel network that is public, too small or not what it says is refused`(text: String) {
    #expect(throws: Malformed.self) { try TunnelNetwork(text) }
}

@Test(arguments: [
    ("App.Example.com", "app.example.com:51820"), ("192.0.2.1", "192.0.2.1:51820"),
    ("2001:DB8::1", "[2001:db8::1]:51820"), ("[2001:db8::1]", "[2001:db8::1]:51820"),
])
func `a public host stands in an endpoint as WireGuard and Rathole read it`(text: String, endpoint: String)
    throws
{
    #expect(try PublicHost(text).endpoint(port: Port(known: 51820)) == endpoint)
}

@Test(arguments: [
    "", "0.0.0.0", "::", "[::]", "a b", "a:1", "http://a", "0x7f.1", "1.2.3", "-a.com", "[::1", "a\nb",
])
func `a public host that no machine has is refused`(text: String) {
    #expect(throws: Malformed.self) { try PublicHost(text) }
}

@Test(arguments: ["0", "65536", "+1", " 1", "1 ", "", "１", "1e3", "000001"])
func `a port is a number from 1 to 65535`(text: String) {
    #expect(throws: Malformed.self) { try Port(text) }
}

@Test(arguments: ["", " ", "a\nb", "a\u{0}", "a\u{202e}b", "a\u{2028}b", String(repeating: "x", count: 201)])
func `a plain text is one visible line`(text: String) {
    #expect(throws: Malformed.self) { try PlainText(text) }
}

@Test(arguments: [
    "rathole", "/", "/usr//bin", "/usr/../bin/x", "/a b", "/a%h", "/a$b", "/a\nb", "/é", "/a;b", "/a'b",
])
func `a program's path is absolute and plain`(text: String) {
    #expect(throws: Malformed.self) { try ProgramPath(text) }
}

@Test(arguments: ["1279", "1501", "01400", "1400.0"])
func `an MTU is what a link may have`(text: String) {
    #expect(throws: Malformed.self) { try MTU(text) }
}
