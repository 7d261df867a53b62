import GateModel
import TOMLKit
import Testing

@testable import GateConfig

private func place(_ line: Int, _ column: Int, _ valueLine: Int, _ valueColumn: Int) -> TOMLLocator.Place {
    TOMLLocator.Place(
        key: TextPosition(line: line, column: column),
        value: TextPosition(line: valueLine, column: valueColumn))
}

@Test func `keys are found behind everything that a value may hold`() throws {
    let text = """
        # base_url = "no"
        a = "x = \\" # y" # comment
          b   =   'c = [' 
        list = [ "e = 1", # f = 2
          'g', # ]
        ]
        text = \"""
        h = 1
        \\\""" still
        "" \"""
        raw = '''
        i = 2
        ''''
        "quoted key" = { j = "}", k = [1] }
        dotted.key = 1
        é = 1
        last = true
        [table]
        a = 2
        [[array.of]]
        b = 3
        """
    // Only what the library accepts is walked over.
    let table = try? TOMLTable(string: text.replacing("é = 1", with: "e1 = 1"))
    #expect(table != nil)
    let places = TOMLLocator.places(in: text)
    #expect(places["a"] == place(2, 1, 2, 5))
    #expect(places["b"] == place(3, 3, 3, 11))
    #expect(places["list"] == place(4, 1, 4, 8))
    #expect(places["text"] == place(7, 1, 7, 8))
    #expect(places["raw"] == place(11, 1, 11, 7))
    #expect(places["quoted key"] == place(14, 1, 14, 16))
    #expect(places["dotted"] == place(15, 1, 15, 14))
    #expect(places["é"] == place(16, 1, 16, 5))
    #expect(places["last"] == place(17, 1, 17, 8))
    #expect(places["table"]?.key == TextPosition(line: 18, column: 1))
    #expect(places["array"]?.key == TextPosition(line: 20, column: 1))
    #expect(Set(places.keys).isDisjoint(with: ["base_url", "e", "f", "g", "h", "i", "j", "k"]))
}

@Test func `the locator ends on any text`() {
    var generator = SystemRandomNumberGenerator()
    let pieces = [
        "a", "=", "\"", "'", "\"\"\"", "'''", "[", "]", "{", "}", "#", "\n", "\\", " ", ".", ",", "é",
    ]
    for _ in 0..<5000 {
        let text = (0..<Int.random(in: 0...20, using: &generator)).map { _ in
            pieces.randomElement(using: &generator) ?? ""
        }.joined()
        _ = TOMLLocator.places(in: text)
        _ = EnvironmentFile.parse(text)
    }
}

private func load(_ toml: String) -> LoadedConfiguration {
    ConfigLoader.load(ConfigSources(files: MemoryFiles(["/etc/runegate/runegate.toml": toml])))
}

@Test func `a TOML file sets what its keys name`() throws {
    let files = MemoryFiles([
        "/etc/runegate/runegate.toml": """
        base_url = "http://127.0.0.1:9000"
        workers = 3
        allow_any_email = true
        allowed_emails = ["ann@example.com", "bob@example.com"]
        drain = "5s"
        """
    ])
    let settings = try settings(from: ConfigSources(files: files))
    #expect(settings.baseURL.origin == "http://127.0.0.1:9000")
    #expect(settings.workers == 3 && settings.policy.allowAny && settings.policy.emails.count == 2)
    #expect(settings.drain == .seconds(5))
}

@Test(arguments: [
    (
        "x = 1\nworkers = \"many\"",
        "2:11: RUNEGATE_WORKERS is \"many\"; expected a whole number from 1 to 256"
    ),
    ("x = 1\nworkers = 0", "2:11: RUNEGATE_WORKERS is \"0\"; expected a whole number from 1 to 256"),
    ("[workers]\na = 1", "1:1: workers is \"a table\"; expected a whole number from 1 to 256"),
    ("workers = 1.5", "1:11: workers is \"a floating-point number\"; expected a whole number from 1 to 256"),
    (
        "allowed_emails = [\"a,b\"]",
        "1:18: allowed_emails is \"a list with a comma in an element\"; expected e-mail addresses with commas between, "
            + "such as ann@example.com,bob@example.org"
    ),
    ("workers = [3]", "1:11: workers is \"a list of 3\"; expected a whole number from 1 to 256"),
    ("  base_uri = 1", "1:3: base_uri is \"unknown\"; expected a setting's name; did you mean base_url?"),
    (
        "colour_of_everything = 1",
        "1:1: colour_of_everything is \"unknown\"; expected a setting's name (docs/CONFIGURATION.md)"
    ),
])
func `a wrong key or value in TOML is told with line and column`(text: String, problem: String) {
    let problems = load(text).problems.filter { !$0.contains(": x is ") }
    #expect(problems == ["/etc/runegate/runegate.toml:\(problem)"])
}

@Test func `broken TOML is told with line and column`() throws {
    let problems = load("drain = \"5s\"\nworkers = = 3\n").problems
    #expect(problems.count == 1)
    let problem = try #require(problems.first)
    #expect(
        problem.hasPrefix(
            "/etc/runegate/runegate.toml:2:11: the line is \"workers = = 3\"; expected valid TOML"))
}

@Test func `no piece of a broken file that holds a secret is shown`() throws {
    let problems = load("jwt_secret = hunter2hunter2hunter2hunter2\n").problems
    #expect(problems.count == 1 && !problems[0].contains("hunter2"), "\(problems)")
    let file = MemoryFiles(["/etc/runegate/runegate.env": "RUNEGATE_SESSION_KEY=\"hunter2hunter2"])
    let environment = ConfigLoader.load(ConfigSources(files: file)).problems
    #expect(environment.count == 1 && !environment[0].contains("hunter2"), "\(environment)")
}

@Test(arguments: ["a = \"b\u{0}\"", "brand_name = \"a\\u0000b\"", "brand_name = \"a\\U00000000b\""])
func `a NUL does not hide the rest of a file`(text: String) {
    #expect(
        load(text).problems == ["/etc/runegate/runegate.toml: the line is \"\"; expected a text without NUL"])
}

@Test(arguments: [
    ("[ü]", 1, 2), ("[+x]", 1, 2), ("a = \"ü\" # ü\n[[ ! ]]", 2, 4), ("é = 1", 1, 1),
    ("a = [\n  [+1],\n]\nb = ü", 4, 5), ("a = [}", 1, 6), ("a = [{b = 1},\n }]", 2, 2),
])
func `what the library would die of is told with line and column`(text: String, line: Int, column: Int) {
    #expect(TOMLLocator.impossibleCharacter(in: text) == TextPosition(line: line, column: column))
    guard case .failure(let error) = TOMLFile.parse(text, path: "x.toml", hidesText: false) else {
        Issue.record("taken")
        return
    }
    #expect(error.place == .file(path: "x.toml", line: line, column: column))
}
