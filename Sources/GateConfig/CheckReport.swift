import GateModel

/// What `runegate check` says about a loaded configuration: as text, and with stable keys as JSON.
package struct CheckReport: Encodable, Sendable {
    package struct Problem: Encodable, Sendable {
        package var place: String
        /// Nil where the place is no file.
        package var file: String?
        package var line: Int?
        package var column: Int?
        package var key: String
        /// Nil when nothing is set; secrets read `(hidden)`.
        package var found: String?
        package var expected: String
    }

    package struct Warning: Encodable, Sendable {
        package var place: String
        package var text: String
    }

    package struct Setting: Encodable, Sendable {
        package var name: String
        package var value: String
        package var source: String
    }

    package var isRight: Bool
    package var errors: [Problem]
    package var warnings: [Warning]
    package var settings: [Setting]

    private enum CodingKeys: String, CodingKey {
        case isRight = "ok"
        case errors, warnings, settings
    }

    /// The lines for people, one a problem.
    private let lines: [String]

    package init(_ loaded: LoadedConfiguration) {
        let problems: [ConfigError] =
            switch loaded.settings {
            case .success: []
            case .failure(let problems): problems.errors
            }
        self.isRight = problems.isEmpty
        self.errors = problems.map(Problem.init)
        self.warnings = loaded.warnings.map { Warning(place: $0.place.description, text: $0.text) }
        self.settings = loaded.effective.map {
            Setting(name: $0.name, value: $0.value, source: $0.origin.description)
        }
        self.lines = problems.map { "error: \($0)" } + loaded.warnings.map { "warning: \($0)" }
    }

    /// Problems and warnings, the settings that count if all is right, and one line that sums it up.
    ///
    /// With `showsDefaults` settings that nobody touched are listed too.
    package func text(showsDefaults: Bool) -> String {
        var output = lines
        if isRight { output += table(showsDefaults: showsDefaults) }
        output.append(summary)
        return output.joined(separator: "\n")
    }

    private var summary: String {
        let counts = "\(Self.count(errors.count, "error")), \(Self.count(warnings.count, "warning"))"
        return isRight ? "OK: the configuration is right (\(counts))" : "WRONG: \(counts)"
    }

    private func table(showsDefaults: Bool) -> [String] {
        let builtIn = EffectiveSetting.Origin.builtIn.description
        let shown = settings.filter { showsDefaults || $0.source != builtIn }
        let nameWidth = shown.map(\.name.count).max() ?? 0
        let valueWidth = min(shown.map(\.value.count).max() ?? 0, 44)
        var rows = shown.map { setting in
            "\(Self.padded(setting.name, to: nameWidth))  \(Self.padded(setting.value, to: valueWidth))  "
                + setting.source
        }
        let hidden = settings.count - shown.count
        if hidden > 0 { rows.append("and \(Self.count(hidden, "default")); list them with --all") }
        return rows
    }

    private static func padded(_ text: String, to width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    private static func count(_ number: Int, _ noun: String) -> String {
        "\(number) \(noun)\(number == 1 ? "" : "s")"
    }
}

extension CheckReport.Problem {
    init(_ error: ConfigError) {
        self.place = error.place.description
        if case .file(let path, let line, let column) = error.place {
            self.file = path
            self.line = line > 0 ? line : nil
            self.column = column > 0 ? column : nil
        }
        self.key = error.key
        self.found =
            switch error.found {
            case .text(let text): text
            case .hidden: "(hidden)"
            case .nothing: nil
            }
        self.expected = error.expected
    }
}
