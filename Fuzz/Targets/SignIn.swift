import Cryptography
import GateModel
import NIOCore

@testable import Gateway
@testable import Identity

// What strangers type and send at the door: cookies, forms, tokens, addresses, return paths.

func fuzzCookie(_ bytes: UnsafeRawBufferPointer) {
    let names = CookieNames(sessionName: "runegate_id", hasHostPrefix: true)
    var stripped = ByteBuffer()
    CookieField.write(bytes, without: names, into: &stripped)
    guard stripped.readableBytes > 0 else { return }
    // What is left for the app must hold nothing of ours, and stripping twice must change nothing.
    var again = ByteBuffer()
    let others = ByteBuffer(bytes: stripped.readableBytesView.dropFirst("Cookie: ".utf8.count).dropLast(2))
    others.withUnsafeReadableBytes { others in
        for name in [names.session, names.nonce, names.confirmation] {
            var search = CookieSearch(for: name)
            search.read(others)
            precondition(search.value == nil, "our cookie was left")
        }
        CookieField.write(others, without: names, into: &again)
    }
    precondition(again == stripped, "stripping is not stable")
}

func fuzzForm(_ bytes: UnsafeRawBufferPointer) {
    _ = try? FormFields(body: Array(bytes), contentType: ["application/x-www-form-urlencoded"])
    _ = try? FormFields(body: Array(bytes), contentType: ["application/json"])
}

private let keyring = Keyring(
    jwtSecret: Secret(bytes: Array(repeating: 1, count: 32)),
    sessionKey: Secret(bytes: Array(repeating: 2, count: 64)))

func fuzzToken(_ bytes: UnsafeRawBufferPointer) {
    let text = String(decoding: bytes, as: UTF8.self)
    precondition(
        LinkToken.verify(text, keys: keyring.links, origin: "https://app.example.com") == nil, "forged link")
    precondition(SessionToken.verify(text, keys: keyring.session) == nil, "forged session")
    // The parts, too, without the signature in the way.
    if let object = StrictJSON.object(Array(bytes)) {
        let members = object.sorted { $0.key < $1.key }.map { (name: $0.key, value: $0.value) }
        precondition(StrictJSON.object(StrictJSON.encode(members)) == object, "JSON does not come back")
    }
}

func fuzzAddress(_ bytes: UnsafeRawBufferPointer) {
    let text = String(decoding: bytes, as: UTF8.self)
    if let email = try? EmailAddress(text) {
        precondition(email.description.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f }, "not plain ASCII")
        precondition(email.description.utf8.count { $0 == UInt8(ascii: "@") } == 1, "not one @")
        precondition((try? EmailAddress(email.description)) == email, "reads differently the second time")
    }
    if let domain = try? DomainName(text) {
        precondition((try? DomainName(domain.ascii)) == domain, "the A-label form reads differently")
    }
    _ = try? BaseURL(text)
    _ = try? ListenAddress(text)
    _ = try? IPNetwork(text)
}

func fuzzRedirect(_ bytes: UnsafeRawBufferPointer) {
    guard let path = SafeRedirect.check(String(decoding: bytes, as: UTF8.self)) else { return }
    let start = Array(path.utf8.prefix(2))
    precondition(start.first == UInt8(ascii: "/"), "not a path")
    precondition(
        start.count < 2 || (start[1] != UInt8(ascii: "/") && start[1] != UInt8(ascii: "\\")), "a host")
    precondition(path.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: "\\") }, "odd bytes")
}
