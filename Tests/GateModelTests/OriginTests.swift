import GateModel
import Testing

@Test(arguments: [
    ("http://127.0.0.1:7860", "http://127.0.0.1:7860"),
    ("HTTP://LocalHost", "http://localhost:80"),
    ("https://app.example.com/", "https://app.example.com:443"),
    ("http://[::1]:8080", "http://[::1]:8080"),
    ("http://[2001:DB8:0::1]", "http://[2001:db8::1]:80"),
    ("https://bücher.example:8443", "https://xn--bcher-kva.example:8443"),
])
func `an endpoint is read into its canonical form`(text: String, canonical: String) throws {
    #expect(try Endpoint(text).description == canonical)
}

@Test(arguments: [
    "", "http", "http:", "http://", "//host", "host:80", "ftp://host", "http:/host", "http://host:",
    "http://host:0",
    "http://host:65536", "http://host:+80", "http://host:8a", "http://host:000080", "http://host/path",
    "http://host?query", "http://host#fragment", "http://user@host", "http://user:secret@host",
    "http://ho st",
    "http://host\u{0}", "http://127.0.0.1\u{0}.example.com", "http://::1", "http://[::1", "http://[::1]x",
    "http://[127.0.0.1]", "http://[::1%25eth0]", "http://127.1", "http://127.0.0.01", "http://2130706433",
    "http://0x7f.1", "http://0x7f000001", "http://example.0x1", "http://1.2.3.4.5", "http://host:80:80",
    "http:// ",
    "http://host//", "http://a..b", "http://*",
])
func `what is no endpoint is refused`(text: String) {
    #expect(throws: Malformed.self) { try Endpoint(text) }
    #expect(throws: Malformed.self) { try BaseURL(text) }
}

@Test func `the default port is left out of an origin and any other is not`() throws {
    #expect(try BaseURL("https://app.example.com:443").origin == "https://app.example.com")
    #expect(try BaseURL("https://app.example.com:8443").origin == "https://app.example.com:8443")
    #expect(try BaseURL("http://[::1]:80/").origin == "http://[::1]")
    #expect(try BaseURL("https://APP.example.com").isHTTPS)
}

@Test func `a public origin accepts its own host only`() throws {
    #expect(
        try BaseURL("https://app.example.com").acceptedAuthorities == [
            "app.example.com", "app.example.com:443",
        ])
    #expect(try BaseURL("https://app.example.com:8443").acceptedAuthorities == ["app.example.com:8443"])
}

@Test(arguments: ["http://localhost:7870", "http://127.0.0.1:7870", "http://[::1]:7870"])
func `a loopback origin accepts its three spellings, with the port`(text: String) throws {
    let url = try BaseURL(text)
    #expect(url.isLoopback)
    #expect(url.acceptedAuthorities == ["localhost:7870", "127.0.0.1:7870", "[::1]:7870"])
}

@Test func `a name below localhost is loopback, and another one`() throws {
    let url = try BaseURL("http://owner.localhost:7870")
    #expect(url.isLoopback)
    #expect(url.acceptedAuthorities == ["owner.localhost:7870"])
    #expect(try !url.sharesHost(with: BaseURL("http://localhost:7870")))
    #expect(try url.sharesHost(with: BaseURL("http://owner.localhost:1")))
    #expect(try BaseURL("http://[::1]:1").sharesHost(with: BaseURL("http://localhost:2")))
}

@Test(arguments: ["http://localhost.example.com", "http://128.0.0.1", "http://[::2]", "http://notlocalhost"])
func `a name that only looks like loopback is none`(text: String) throws {
    #expect(try !BaseURL(text).isLoopback)
}
