import Testing

/// Ways to silence the compiler about data races: each needs its reason in a comment beside it.
private let escapes = ["@unchecked Sendable", "nonisolated(unsafe)", "@preconcurrency"]

@Test func `nobody silences the compiler without saying why`() throws {
    for module in try SourceTree.swiftModules() {
        for file in try SourceTree.swiftFiles(under: "Sources/\(module)") {
            let lines = try SourceTree.text(of: file).split(separator: "\n", omittingEmptySubsequences: false)
            for (index, line) in lines.enumerated() where escapes.contains(where: line.contains) {
                let before = index > 0 ? lines[index - 1] : ""
                let hasReason = [before, line].contains { $0.contains("//") }
                #expect(hasReason, "\(file):\(index + 1) gives no reason")
            }
        }
    }
}
