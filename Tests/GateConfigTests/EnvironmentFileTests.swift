import Testing

@testable import GateConfig

@Test(arguments: [
    ("A=b", "b"), ("A = b ", "b"), ("export A=b", "b"), ("\tA=b\r", "b"), ("A=", ""), ("A=b # comment", "b"),
    ("A=b#c", "b#c"), ("A=# comment", ""), ("A=\"b # c\" # d", "b # c"), ("A='b \"c\" \\n'", "b \"c\" \\n"),
    (#"A="b\n\t\"\\\$""#, "b\n\t\"\\$"), ("A=a b  c", "a b  c"), ("A=\"\"", ""), ("A=x=y", "x=y"),
    ("A=é", "é"), ("\u{feff}A=b", "b"), ("A='$HOME'", "$HOME"), ("A=$HOME", "$HOME"),
])
func `an assignment is read`(line: String, value: String) {
    let parsed = EnvironmentFile.parse(line)
    #expect(parsed.errors.isEmpty)
    #expect(parsed.assignments.map(\.name) == ["A"] && parsed.assignments.map(\.value) == [value])
}

@Test func `export alone is a name like any other`() {
    #expect(EnvironmentFile.parse("export=1").assignments.map(\.name) == ["export"])
}

@Test(arguments: ["", "   ", "# A=b", "\t#"])
func `blank lines and comments say nothing`(line: String) {
    let parsed = EnvironmentFile.parse(line)
    #expect(parsed.assignments.isEmpty && parsed.errors.isEmpty)
}

@Test(arguments: [
    ("A", 2, "= behind the name"), ("A b=c", 3, "= behind the name"), ("1A=b", 1, "NAME=value"),
    ("=b", 1, "NAME=value"),
    ("A=\"b", 5, "the closing \""), ("A='b", 5, "the closing '"), ("A=\"b\" c", 7, "nothing but a comment"),
    (#"A="\x""#, 5, "behind a backslash"), ("é=b", 1, "NAME=value"), ("A-B=c", 2, "= behind the name"),
    (#"A="b\"#, 6, "behind a backslash"),
])
func `a broken line is named with its column`(line: String, column: Int, expected: String) {
    let parsed = EnvironmentFile.parse("X=1\n\(line)\nY=2")
    #expect(parsed.assignments.map(\.name) == ["X", "Y"])
    #expect(parsed.errors.map(\.position) == [TextPosition(line: 2, column: column)])
    #expect(parsed.errors.first?.expected.contains(expected) == true, "\(parsed.errors)")
}

@Test func `names and values know their places`() {
    let parsed = EnvironmentFile.parse("\n  export A = 'b'\n")
    #expect(parsed.assignments.first?.namePosition == TextPosition(line: 2, column: 10))
    #expect(parsed.assignments.first?.valuePosition == TextPosition(line: 2, column: 14))
}
