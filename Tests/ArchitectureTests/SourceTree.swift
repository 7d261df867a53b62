import Foundation

/// The sources of this package as text: which module imports what.
enum SourceTree {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    struct Import: Hashable {
        /// The file, from the package's root.
        var file: String
        var module: String
    }

    /// Names of the folders under `Sources` that hold Swift.
    static func swiftModules() throws -> [String] {
        let sources = root.appendingPathComponent("Sources")
        return try FileManager.default.contentsOfDirectory(atPath: sources.path).sorted()
            .filter { try !swiftFiles(under: "Sources/\($0)").isEmpty }
    }

    static func imports(of module: String) throws -> [Import] {
        try swiftFiles(under: "Sources/\(module)").flatMap { file in
            try text(of: file).split(separator: "\n").compactMap { line in
                imported(by: line).map { Import(file: file, module: $0) }
            }
        }
    }

    static func swiftFiles(under folder: String) throws -> [String] {
        let base = root.appendingPathComponent(folder)
        guard let walk = FileManager.default.enumerator(atPath: base.path) else { return [] }
        return walk.compactMap { $0 as? String }.filter { $0.hasSuffix(".swift") }.sorted()
            .map { "\(folder)/\($0)" }
    }

    static func text(of file: String) throws -> String {
        try String(contentsOf: root.appendingPathComponent(file), encoding: .utf8)
    }

    /// The module that a line imports, without submodules and the name of a single declaration.
    private static func imported(by line: Substring) -> String? {
        var words = line.split(separator: " ")
        while let first = words.first,
            first.hasPrefix("@")
                || ["package", "internal", "public", "private", "fileprivate"].contains(first)
        {
            words.removeFirst()
        }
        guard words.first == "import" else { return nil }
        words.removeFirst()
        if let kind = words.first,
            ["struct", "class", "enum", "protocol", "func", "var", "typealias"].contains(kind)
        {
            words.removeFirst()
        }
        return words.first.map { String($0.prefix { $0 != "." }) }
    }
}
