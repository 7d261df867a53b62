import Testing

@testable import Identity

// What the tokens' JSON may look like, and what nobody should read.

@Suite struct StrictJSONTests {
    @Test func `a flat object of strings and whole numbers is read`() {
        let text = #" { "a" : "x\u00e9\ud83d\ude00\n\/" , "b":-15,"c":0 } "#
        #expect(
            StrictJSON.object(Array(text.utf8)) == [
                "a": .string("xé😀\n/"), "b": .integer(-15), "c": .integer(0),
            ])
        #expect(StrictJSON.object(Array("{}".utf8)) == [:])
    }

    @Test(arguments: [
        "", "{", "[]", "null", "{\"a\":1,\"a\":1}", "{\"a\":1,\"\\u0061\":2}", "{\"a\":1}x", "{\"a\":1}{}",
        "{\"a\":1,}",
        "{\"a\":1.0}", "{\"a\":1e3}", "{\"a\":01}", "{\"a\":+1}", "{\"a\":-}", "{\"a\":1234567890123456}",
        "{\"a\":true}",
        "{\"a\":null}", "{\"a\":{}}", "{\"a\":[]}", "{a:1}", "{'a':1}", "{\"a\":\"\\x\"}",
        "{\"a\":\"\\ud800\"}",
        "{\"a\":\"\\udc00\\ud800\"}", "{\"a\":\"\\u12\"}", "{\"a\":\"\n\"}", "{\"a\"}", "{\"a\":}",
        "{\"a\":1 \"b\":2}", "{,}",
        "\u{feff}{}", "{\"a\":1}\0",
    ])
    func `anything else is refused`(text: String) {
        #expect(StrictJSON.object(Array(text.utf8)) == nil)
    }

    @Test func `invalid UTF-8 is refused`() {
        #expect(StrictJSON.object(Array("{\"a\":\"".utf8) + [0xc3] + Array("\"}".utf8)) == nil)
        #expect(StrictJSON.object(Array("{\"a\":\"".utf8) + [0xed, 0xa0, 0x80] + Array("\"}".utf8)) == nil)
    }

    @Test func `what is written is read back`() {
        let members: [(name: String, value: StrictJSON.Value)] = [
            ("a", .string("\"\\\n\u{1}é")), ("b", .integer(-7)),
        ]
        #expect(
            StrictJSON.object(StrictJSON.encode(members)) == ["a": members[0].value, "b": members[1].value])
    }
}
