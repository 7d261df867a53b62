import GateModel
import Testing

@testable import Gateway

struct EdgeClientAddressTests {
    private func visitor(
        _ peer: String?, _ forwarded: String?, trusted: [String] = ["127.0.0.0/8", "::1", "10.0.0.0/8"]
    )
        throws -> String
    {
        let address = ClientAddress(trusted: try trusted.map { try IPNetwork($0) })
        return address.visitor(peer: try peer.map { try IPAddress($0) }, forwarded: forwarded).description
    }

    @Test(arguments: [
        ("203.0.113.9", "198.51.100.1", "203.0.113.9"),
        ("127.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("127.0.0.1", "6.6.6.6, 198.51.100.1", "198.51.100.1"),
        ("127.0.0.1", "6.6.6.6, 198.51.100.1, 10.1.2.3", "198.51.100.1"),
        ("127.0.0.1", "10.0.0.1, 10.0.0.2", "10.0.0.1"),
        ("127.0.0.1", "198.51.100.1, rubbish", "127.0.0.1"),
        ("127.0.0.1", "rubbish, 198.51.100.1", "198.51.100.1"),
        ("127.0.0.1", "", "127.0.0.1"),
        ("127.0.0.1", ",", "127.0.0.1"),
        ("127.0.0.1", "2001:db8::7", "2001:db8::7"),
        ("127.0.0.1", "[2001:db8::7]:443", "2001:db8::7"),
        ("127.0.0.1", "198.51.100.1:5555", "198.51.100.1"),
        ("127.0.0.1", "::ffff:198.51.100.1", "198.51.100.1"),
        ("::1", "198.51.100.1", "198.51.100.1"),
    ])
    func `the last hop that is no proxy of ours is the visitor`(
        peer: String, forwarded: String, expected: String
    ) throws {
        #expect(try visitor(peer, forwarded) == expected)
    }

    @Test func `a Unix socket is trusted`() throws {
        #expect(try visitor(nil, "198.51.100.1") == "198.51.100.1")
        #expect(try visitor(nil, nil) == "127.0.0.1")
    }

    @Test func `nobody is trusted when nobody is named`() throws {
        #expect(try visitor("127.0.0.1", "198.51.100.1", trusted: []) == "127.0.0.1")
    }
}
