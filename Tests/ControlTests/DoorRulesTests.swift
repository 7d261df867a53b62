import NIOHTTP1
import Testing

@testable import Control

/// Who may speak to the control socket at all.
struct DoorRulesTests {
    private func status(_ method: HTTPMethod, _ headers: HTTPHeaders) -> UInt? {
        DoorRules.refusal(of: ControlRequest(method: method, path: "/", headers: headers))?.status.code
    }

    @Test(arguments: [
        "localhost", "localhost:7871", "127.0.0.1", "127.8.8.8:1", "[::1]", "[::1]:7871", "LOCALHOST:1",
    ])
    func `loopback hosts are let in`(host: String) {
        #expect(status(.GET, ["host": host]) == nil)
    }

    @Test(arguments: [
        "", "example.com", "localhost.example.com", "127.0.0.1.example.com", "192.0.2.1", "[2001:db8::1]",
        "localhost:",
        "localhost:x", "localhost@evil", "0.0.0.0", "2130706433",
    ])
    func `other hosts are misdirected`(host: String) {
        #expect(status(.GET, ["host": host]) == 421)
    }

    @Test func `no host, or two, are misdirected`() {
        #expect(status(.GET, [:]) == 421)
        #expect(status(.GET, ["host": "localhost", "Host": "localhost"]) == 421)
    }

    @Test(arguments: [
        "null", "https://localhost:7871", "http://localhost", "http://localhost:7872",
        "http://127.0.0.1:7871",
        "http://evil.example.com", "",
    ])
    func `an origin that is not the host's is foreign`(origin: String) {
        #expect(status(.POST, ["host": "localhost:7871", "origin": origin]) == 403)
        #expect(status(.GET, ["host": "localhost:7871", "origin": origin]) == 403)
    }

    @Test func `the page's own form is let in, and a program without origin`() {
        #expect(status(.POST, ["host": "localhost:7871", "origin": "http://localhost:7871"]) == nil)
        #expect(status(.POST, ["host": "localhost:7871"]) == nil)
    }

    @Test(
        arguments: [("cross-site", 403), ("same-site", 403), ("same-origin", nil), ("none", nil)]
            as [(String, UInt?)])
    func `fetch metadata decides about changes where there is no origin`(site: String, expected: UInt?) {
        #expect(status(.POST, ["host": "localhost", "sec-fetch-site": site]) == expected)
        #expect(status(.GET, ["host": "localhost", "sec-fetch-site": site]) == nil)
    }
}
