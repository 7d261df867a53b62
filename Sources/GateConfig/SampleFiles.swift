/// The samples under `config/`, made from the table of keys.
///
/// Every optional line is commented out, so that a copied sample changes nothing by itself.
package enum SampleFiles {
    /// `config/runegate.env.example`.
    package static func environmentFile() -> String {
        """
        # Runegate: copy to /etc/runegate/runegate.env, or in development to .env.
        # Every setting is described in docs/CONFIGURATION.md; `runegate check` says what is wrong.

        """ + sections { "#\($0.name)=\(quoted($0.example))" }
    }

    /// `config/runegate.toml.example`.
    package static func tomlFile() -> String {
        """
        # Runegate: copy to /etc/runegate/runegate.toml.
        # Every setting is described in docs/CONFIGURATION.md; `runegate check` says what is wrong.

        """ + sections { "#\($0.tomlKey) = \(tomlValue(of: $0))" }
    }

    /// `config/email.toml.example`.
    package static func mailAccount() -> String {
        let lines = MailAccountKey.allCases.map { key in
            let assignment = "\(key.rawValue) = \(key.example)"
            let lines = assignment.split(separator: "\n", omittingEmptySubsequences: false)
            let commented = lines.map { key.isOptional ? "#\($0)" : String($0) }.joined(separator: "\n")
            return "# \(key.summary)\n\(commented)\n"
        }
        return """
            # The mail server and the letter: copy to /etc/runegate/config/email.toml (mode 0600), or in development to
            # config/email.toml. `runegate mail test you@example.com` tries it.


            """ + lines.joined(separator: "\n")
    }

    private static func sections(_ line: (KeyDefinition) -> String) -> String {
        KeyDefinition.Section.allCases.map { section in
            let keys = Keys.all.filter { $0.section == section }
            return "\n# \(section.rawValue)\n\n"
                + keys.map { comment(on: $0) + "\n" + line($0) }
                .joined(separator: "\n\n") + "\n"
        }
        .joined()
    }

    private static func comment(on key: KeyDefinition) -> String {
        wrapped("\(key.summary) Default: \(key.defaultText).").map { "# \($0)" }.joined(separator: "\n")
    }

    /// Secrets stand as a description in parentheses, which no parser takes for one.
    private static func quoted(_ value: String) -> String {
        value.contains(" ") || value.contains("#") ? "'\(value)'" : value
    }

    private static func tomlValue(of key: KeyDefinition) -> String {
        if key.example == "true" || key.example == "false" || Int(key.example) != nil { return key.example }
        return "\"\(key.example)\""
    }

    private static func wrapped(_ text: String, width: Int = 100) -> [String] {
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ") {
            if !line.isEmpty, line.count + 1 + word.count > width {
                lines.append(line)
                line = ""
            }
            line += line.isEmpty ? String(word) : " \(word)"
        }
        return lines + [line]
    }
}
