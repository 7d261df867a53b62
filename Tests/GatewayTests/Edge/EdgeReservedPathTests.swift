import Testing

@testable import Gateway

// Which paths are ours, which are the app's, and which only pretend.

struct EdgeReservedPathTests {
    private func classify(_ path: String) -> TargetClass {
        Array(path.utf8).withUnsafeBytes { ReservedPath.classify($0[...]) }
    }

    @Test(arguments: [
        "/.runegate", "/.runegate/", "/.runegate/login", "/.runegate/assets/app-1a2b.css", "/.runegate/a/b/c",
    ])
    func `the plain spelling is ours`(path: String) {
        #expect(classify(path) == .ours)
    }

    @Test(arguments: [
        "/", "/index.html", "/a%2Fb", "/a//b", "/a;v=1/b", "/a/../b", "/a%20b", "/files/.runegate-notes.txt",
        "/.runegatex", "/.runegate-old/x", "/home/.runegate/state.db", "/files/a%20b/.runegate/x", "/%zz",
        "/%",
        "/api/%E4%BD%A0%E5%A5%BD", "/run", "/truncate", "//files/run", "/a\\b", "/.well-known/x", "/..",
        "/%2e%2e/x",
        "/runegate/login", "/..runegate/x",
    ])
    func `everything else is the app's`(path: String) {
        #expect(classify(path) == .app)
    }

    @Test(arguments: [
        "/.runegate//login", "/.runegate/./login", "/.runegate/../x", "/.runegate/%6cogin",
        "/.runegate/login;x",
        "/.runegate/login%00", "/.runegate\\login", "/.runegate;x/login", "/.runegate%2flogin",
        "/.runegate%5clogin",
        "/.runegate%00/login", "/.runegate./login", "/.runegate%20/login", "/.runegate%09",
        "//.runegate/login",
        "///.runegate/x", "/./.runegate/x", "/a/../.runegate/x", "/a/b/../../.runegate/x",
        "/a/..;/.runegate/x",
        "/a/%2e%2e/.runegate/x", "/a/..%2f.runegate/x", "/\\.runegate/x", "/.%72unegate/x", "/%2erunegate/x",
        "/%2Erunegate/x", "/%252erunegate/x", "/%25252erunegate/x", "/.RUNEGATE/x", "/.Runegate",
        "/.runegat%65/x",
        "/.runegat%2565/x", "/%u002erunegate/x", "/%uff0erunegate/x", "/%c0%aerunegate/x",
        "/%e0%80%aerunegate/x",
        "/%ef%bc%8erunegate/x", "/a%2f..%2f.runegate/x", "/x/%2e%2e%2f.runegate%2flogin", "/%2f.runegate/x",
        "/%5c.runegate/x", "/.;/.runegate/x", "/.runegate?", "/%2e/.runegate/x", "/.runegate%3fx",
        "/.runegate%23x",
        "/.runegate%2f%2e%2e%2fx",
    ])
    func `what could be read as ours is neither`(path: String) {
        #expect(classify(path) == .disguised)
    }

    /// Every way to write each character of the first segment, one at a time.
    @Test func `no encoding of a single character hides the prefix`() {
        let plain = Array(".runegate".utf8)
        for index in plain.indices {
            let byte = plain[index]
            let hex = String(byte, radix: 16)
            let twice = "%25\(hex)"
            for spelling in [
                "%\(hex)", "%\(hex.uppercased())", twice, "%25\(twice.dropFirst())", "%u00\(hex)",
            ] {
                let head = String(decoding: plain[..<index], as: UTF8.self)
                let tail = String(decoding: plain[(index + 1)...], as: UTF8.self)
                for path in [
                    "/\(head)\(spelling)\(tail)/login", "//\(head)\(spelling)\(tail)",
                    "/x/../\(head)\(spelling)\(tail)/",
                ] {
                    #expect(classify(path) == .disguised, "\(path)")
                }
            }
        }
    }

    @Test func `more layers of encoding than anybody needs are refused`() {
        let nested = "/%" + String(repeating: "25", count: 12) + "41"
        #expect(classify(nested) == .disguised)
    }
}
