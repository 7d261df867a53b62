import Testing

@testable import Gateway

struct EdgeFieldNameTests {
    private func name(_ text: String) -> FieldName {
        Array(text.utf8).withUnsafeBytes { FieldName($0) }
    }

    @Test func `nobody speaks for us in any spelling`() {
        let reserved = [
            "x-forwarded-user", "x-forwarded-email", "x-forwarded-host", "x-forwarded-proto",
            "x-forwarded-port",
            "x-forwarded-server", "x-forwarded-preferred-username", "x-forwarded-groups",
            "x-forwarded-access-token",
            "x-forwarded-prefix", "x-forwarded-uri", "x-runegate-user", "x-runegate-authenticated",
            "x-runegate-jwt-assertion", "x-runegate-x", "x-real-ip", "forwarded",
        ]
        for plain in reserved {
            let cased = [plain, plain.uppercased(), plain.capitalized]
            for spelling in cased {
                for sign in ["-", "_", ".", "~", "!", "|"] {
                    let variant = spelling.replacing("-", with: sign)
                    #expect(name(variant) == .reserved, "\(variant)")
                }
            }
        }
        #expect(name("x-forwarded_user") == .reserved)
        #expect(name("X_Forwarded-For") == .reserved)
        #expect(name("X-Forwarded-" + String(repeating: "a", count: 200)) == .reserved)
        #expect(name("X_Forwarded." + String(repeating: "a", count: 200)) == .reserved)
    }

    @Test(arguments: [
        "x-forwardeduser", "my-x-forwarded-user", "forwarded-x", "x-real-ips", "xforwarded-for", "x-runegat",
    ])
    func `similar names are the app's`(text: String) {
        #expect(name(text) == .other)
    }

    @Test(arguments: [
        ("Host", FieldName.host), ("CONNECTION", .connection), ("Content-Length", .contentLength),
        ("transfer-encoding", .transferEncoding), ("Upgrade", .upgrade), ("Expect", .expect),
        ("Cookie", .cookie),
        ("Set-Cookie", .setCookie), ("Clear-Site-Data", .clearSiteData), ("Origin", .origin),
        ("TE", .hopByHop),
        ("Trailer", .hopByHop), ("Keep-Alive", .hopByHop), ("Proxy-Connection", .hopByHop),
        ("Proxy", .hopByHop),
        ("HTTP2-Settings", .hopByHop), ("X-Forwarded-For", .forwardedFor), ("Content_Length", .disguised),
        ("Host_", .other), ("Transfer.Encoding", .disguised), ("Keep_Alive", .disguised),
        ("Sec_WebSocket_Key", .disguised),
        ("User_Agent", .other), ("X-Custom", .other), ("Cookie2", .other), ("set_cookie", .other),
        ("T_E", .other),
    ])
    func `names are told apart`(text: String, expected: FieldName) {
        #expect(name(text) == expected)
    }
}

extension String {
    /// The first letter of each part between dashes in capitals.
    fileprivate var capitalized: String {
        split(separator: "-").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined(separator: "-")
    }
}
