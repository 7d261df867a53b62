import GateModel
import Testing

@testable import Provision

// Which Rathole can be used, from what it says of itself.

private let said = """

    Build Timestamp:     2023-10-01T07:14:07.124361Z
    Build Version:       0.5.0
    Commit SHA:          Some("be14d124a22e298d12d92e56ef4fec0e51517998")
    cargo Target Triple: x86_64-unknown-linux-gnu
    cargo Features:      async_socks5,client,default,hot_reload,noise,server,tls
    """

private func check(_ said: String?, at path: String = "/usr/local/bin/rathole") throws -> RatholeCheck {
    RatholeCheck(program: try ProgramPath(path), said: said)
}

@Test func `the version that is meant is used without a word`() throws {
    for text in [said, "rathole 0.5.0\n", "rathole v0.5.0-16-g5a9dd6d\n", "rathole 0.5.3"] {
        #expect(try check(text).result.verdict == .pass, "\(text)")
        #expect(try check(text).usable != nil)
    }
}

@Test func `a later one or a silent one is used with a warning`() throws {
    for text in ["rathole 0.6.1\n", "rathole 1.0.0\n", "", "tunnel\n"] {
        #expect(try check(text).result.verdict == .warn, "\(text)")
        #expect(try check(text).usable != nil)
    }
}

@Test func `one that cannot do what is asked of it is not used, and it is said what to do`() throws {
    let cases = [
        try check("rathole 0.4.8\n"), try check(nil), try check(said.replacing("noise,", with: "")),
        try check(said, at: "/home/ann/rathole"), RatholeCheck(program: nil, said: nil),
    ]
    for each in cases {
        #expect(each.usable == nil)
        #expect(each.result.verdict == .warn)
        #expect(each.result.text.contains("no fallback path") && each.result.text.contains("--rathole FILE"))
    }
}
