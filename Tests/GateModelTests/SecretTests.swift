import GateModel
import Testing

@Test func `a secret shows itself nowhere`() {
    let secret = Secret(text: "hunter2-hunter2")
    struct Holder { var password: Secret }
    var dumped = ""
    dump(Holder(password: secret), to: &dumped)
    let texts = [
        "\(secret)", String(describing: secret), String(reflecting: secret), "\([secret])",
        "\(["k": secret])",
        "\(Optional(secret) as Any)", "\(Holder(password: secret))", dumped,
    ]
    for text in texts {
        #expect(!text.contains("hunter2"), "\(text)")
        #expect(!text.contains("104"), "the bytes: \(text)")
    }
}

@Test func `a secret gives its bytes and text to who asks`() {
    #expect(Secret(text: "ab").bytes == [0x61, 0x62])
    #expect(Secret(bytes: [0x61, 0x62]).text == "ab")
}

@Test(arguments: [
    (ConfigError.Place.environment, "environment"),
    (.file(path: "/etc/x.toml", line: 14, column: 18), "/etc/x.toml:14:18"),
    (.file(path: "/etc/x.toml", line: 14, column: 0), "/etc/x.toml:14"),
    (.file(path: "/etc/x.toml", line: 0, column: 0), "/etc/x.toml"),
    (.credential("jwt-secret"), "credential jwt-secret"), (.flag("--listen"), "--listen"),
    (.nowhere, "configuration"),
])
func `a place reads as an editor or an operator expects it`(place: ConfigError.Place, text: String) {
    #expect(place.description == text)
}

@Test func `a configuration error names place, key, value and what is allowed`() {
    let error = ConfigError(
        place: .file(path: "a.toml", line: 2, column: 9), key: "workers", found: .text("many"),
        expected: "1 to 64")
    #expect(error.description == #"a.toml:2:9: workers is "many"; expected 1 to 64"#)
}

@Test func `the system's time goes forward and names its boot`() {
    let time = SystemTime()
    let first = time.now()
    let second = time.now()
    #expect(second.sinceBoot >= first.sinceBoot)
    #expect(first.unixSeconds > 1_700_000_000)
    #expect(!time.bootID.isEmpty)
    #expect(time.bootID == SystemTime().bootID)
}
