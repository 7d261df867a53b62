import GateModel
import Testing

@Test(arguments: [
    ("192.0.2.1", "192.0.2.1"), ("2001:DB8:0:0::1", "2001:db8::1"), ("::ffff:10.0.0.2", "10.0.0.2"),
    ("::", "::"),
    ("0:0:0:0:0:ffff:7f00:1", "127.0.0.1"),
])
func `an address has one canonical form`(text: String, canonical: String) throws {
    #expect(try IPAddress(text).description == canonical)
}

@Test(arguments: [
    "", "1", "127.1", "1.2.3", "1.2.3.4.5", "256.1.1.1", "01.2.3.4", "1.2.3.4 ", " 1.2.3.4", "0x7f.0.0.1",
    "::1%lo",
    "[::1]", "::ffff:256.0.0.1", ":::", "1::2::3", "g::1", "127.0.0.1\u{0}", "127.0.0.1\u{0}.evil.com",
    "١.٢.٣.٤",
])
func `what is no address is refused`(text: String) {
    #expect(throws: Malformed.self) { try IPAddress(text) }
}

@Test func `loopback is 127.0.0.0/8 and ::1, mapped or not`() throws {
    for text in ["127.0.0.1", "127.255.255.254", "::1", "::ffff:127.0.0.1"] {
        #expect(try IPAddress(text).isLoopback, "\(text)")
    }
    for text in ["128.0.0.1", "126.255.255.255", "::2", "::", "0.0.0.0", "::127.0.0.1", "100::1"] {
        #expect(try !IPAddress(text).isLoopback, "\(text)")
    }
    #expect(try IPAddress("0.0.0.0").isUnspecified && IPAddress("::").isUnspecified)
}

@Test(arguments: [
    ("10.0.0.0/8", "10.255.255.255", true), ("10.0.0.0/8", "11.0.0.0", false),
    ("10.1.2.3/8", "10.200.0.1", true), ("192.0.2.7", "192.0.2.7", true), ("192.0.2.7", "192.0.2.8", false),
    ("192.0.2.128/25", "192.0.2.127", false), ("192.0.2.128/25", "192.0.2.128", true),
    ("2001:db8::/33", "2001:db8:7fff::1", true), ("2001:db8::/33", "2001:db8:8000::1", false),
    ("::/0", "2001:db8::1", true), ("::/0", "192.0.2.1", false), ("0.0.0.0/0", "::1", false),
    ("10.0.0.0/8", "::ffff:10.1.1.1", true),
])
func `a block contains what its prefix says`(block: String, address: String, isInside: Bool) throws {
    #expect(try IPNetwork(block).contains(IPAddress(address)) == isInside)
}

@Test(arguments: [
    "", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/+8", "10.0.0.0/8/8", "10.0.0.0/ 8",
    "::/129",
    "::ffff:10.0.0.0/24", "::ffff:10.0.0.0/104", "10.0.0/8", "host/8", "10.0.0.0/8a", "10.0.0.0/٨",
])
func `what is no block is refused`(text: String) {
    #expect(throws: Malformed.self) { try IPNetwork(text) }
}

@Test func `a block describes itself by its first address`() throws {
    #expect(try IPNetwork("10.1.2.3/8").description == "10.0.0.0/8")
    #expect(try IPNetwork("10.1.2.3/8") == IPNetwork("10.0.0.0/8"))
    #expect(try IPNetwork("::1").description == "::1/128")
}

@Test(arguments: [
    ("127.0.0.1:7870", "127.0.0.1:7870", true), ("localhost:0", "127.0.0.1:0", true),
    ("[::1]:80", "[::1]:80", true),
    ("0.0.0.0:80", "0.0.0.0:80", false), ("[::]:80", "[::]:80", false),
    ("unix:/run/x.sock", "unix:/run/x.sock", true),
    ("[::ffff:127.0.0.1]:80", "127.0.0.1:80", true),
])
func `a listen address says whether only this machine reaches it`(
    text: String, canonical: String, isLoopback: Bool
)
    throws
{
    let address = try ListenAddress(text)
    #expect(address.description == canonical)
    #expect(address.isLoopback == isLoopback)
}

@Test(arguments: [
    "", "80", ":80", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:+80", "127.0.0.1:-1",
    "127.0.0.1: 80",
    "::1:80", "[::1]", "[127.0.0.1]:80", "[::1:80", "example.com:80", "unix:", "unix:run/x.sock",
    "unix:/a\u{0}b", "127.0.0.1\u{0}:80", "tcp://127.0.0.1:80", "127.0.0.1:٨٠",
])
func `what is no listen address is refused`(text: String) {
    #expect(throws: Malformed.self) { try ListenAddress(text) }
}

@Test func `a socket path ends where sun_path does`() throws {
    let longest = "/" + String(repeating: "s", count: 106)
    #expect(try ListenAddress("unix:\(longest)") == .unix(path: longest))
    #expect(throws: Malformed.self) { try ListenAddress("unix:\(longest)s") }
}
