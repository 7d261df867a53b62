import Testing

@testable import Gateway
@testable import Identity

@Suite struct SiteFormTests {
    private func form(_ body: [UInt8], _ type: [String]) -> Result<FormFields, FormFields.Problem> {
        Result { () throws(FormFields.Problem) in try FormFields(body: body, contentType: type) }
    }

    @Test(arguments: [
        ("email=a%40example.com", "a@example.com"), ("email=a%2Bb@example.com&next=%2Fx", "a+b@example.com"),
        ("next=/&email=a+b", "a b"), ("email=", ""), ("email", ""), ("&&email=a&", "a"), ("email=a=b", "a=b"),
        ("email=%C3%BC", "ü"),
    ])
    func `forms are decoded`(body: String, email: String) throws {
        let fields = try FormFields(urlEncoded: body.utf8)
        #expect(fields["email"] == email)
    }

    @Test(arguments: [
        "email=a&email=b", "email=a&%65mail=b", "email=%", "email=%4", "email=%zz", "email=%ff", "email=%c3",
        "email=a%00b", "email=a%0d%0ab", "email=a\nb", "%ff=1",
    ])
    func `ambiguous or broken forms are malformed`(body: String) {
        #expect(throws: FormFields.Problem.malformed) { try FormFields(urlEncoded: body.utf8) }
    }

    @Test func `bytes that are no UTF-8 are malformed`() {
        #expect(
            form(Array("email=".utf8) + [0xff, 0xfe], ["application/x-www-form-urlencoded"])
                == .failure(.malformed))
        let json = Array("{\"email\":\"".utf8) + [0xc3] + Array("\"}".utf8)
        #expect(form(json, ["application/json"]) == .failure(.malformed))
    }

    @Test(arguments: [
        ("{\"email\":\"a@example.com\"}", "a@example.com"),
        (" { \"next\" : \"/x\" ,\n\"email\":\"a\" } ", "a"),
        ("{\"email\":\"\\u0061\\ud83d\\ude00\"}", "a\u{1f600}"), ("{\"email\":\"a\",\"n\":1}", "a"),
        ("{\"email\":1}", nil), ("{}", nil), ("{\"Email\":\"a\"}", nil),
    ])
    func `flat objects are read, and what is no text is as good as absent`(body: String, email: String?)
        throws
    {
        let fields = try FormFields(json: Array(body.utf8))
        #expect(fields["email"] == email)
    }

    @Test(arguments: [
        "", "{", "[]", "null", "\"email\"", "{\"email\":}", "{\"email\":\"a\",}", "{\"email\":\"a\"}x",
        "{\"email\":\"a\",\"email\":\"b\"}", "{\"email\":\"a\",\"\\u0065mail\":\"b\"}", "{\"email\":[\"a\"]}",
        "{\"email\":{}}", "{\"email\":null}", "{'email':'a'}", "{\"email\":\"a\nb\"}",
        "{\"email\":\"\\ud800\"}",
        "{\"email\":\"a\"",
    ])
    func `anything that is no flat object is malformed`(body: String) {
        #expect(throws: FormFields.Problem.malformed) { try FormFields(json: Array(body.utf8)) }
    }

    @Test(arguments: [
        [], ["text/plain"], ["multipart/form-data; boundary=x"], ["application/json", "application/json"],
        ["application/jsonx"], ["application/xml"], [""],
    ])
    func `other media types are unsupported`(type: [String]) {
        #expect(form(Array("{}".utf8), type) == .failure(.unsupportedType))
    }

    @Test(arguments: ["application/json", "Application/JSON; charset=utf-8", "application/json ;x"])
    func `parameters and case of the media type do not matter`(type: String) throws {
        #expect(try FormFields(body: Array("{}".utf8), contentType: [type])["email"] == nil)
    }

    @Test func `what is written can be read again`() {
        let text = "\u{0}\u{1f}\"\\<script>\u{2028}é\u{1f600}\u{7f}/"
        let bytes = JSONText.object([("a", .text(text)), ("n", 1), ("l", .list([true, "x"]))]).bytes
        #expect(bytes.allSatisfy { $0 >= 0x20 || $0 == 0x0a })
        #expect(!bytes.contains(UInt8(ascii: "<")))
        #expect(StrictJSON.object(JSONText.object([("a", .text(text))]).bytes)?["a"]?.string == text)
    }
}
