/// `docs/CONFIGURATION.md`, made from the table of keys.
package enum ConfigurationReference {
    package static func render() -> String {
        let sections = KeyDefinition.Section.allCases.map(render(_:)).joined(separator: "\n")
        return introduction + "\n" + sections + "\n" + mailAccount
    }

    private static func render(_ section: KeyDefinition.Section) -> String {
        let keys = Keys.all.filter { $0.section == section }
        return "## \(section.rawValue)\n\n" + keys.map(render(_:)).joined(separator: "\n")
    }

    private static func render(_ key: KeyDefinition) -> String {
        var lines = ["### `\(key.name)`", "", key.summary, ""]
        lines.append("- Value: \(key.expected)")
        lines.append("- Default: \(isCode(key.defaultText) ? "`\(key.defaultText)`" : key.defaultText)")
        lines.append("- In `runegate.toml`: `\(key.tomlKey)`")
        if let alias = key.alias { lines.append("- Also read from `\(alias)`") }
        if let credential = key.credential { lines.append("- systemd credential: `\(credential)`") }
        lines.append(
            key.reload == .live
                ? "- A change counts after `systemctl reload runegate`"
                : "- A change counts after `systemctl restart runegate`")
        return lines.joined(separator: "\n") + "\n"
    }

    /// Whether a default is a value that could be typed in, not a description of one.
    private static func isCode(_ text: String) -> Bool {
        !text.contains(" ") && !text.hasPrefix("(") && text != "system" && text != "host-only"
    }

    private static let introduction = """
        # Configuration

        <!-- Made from the table in Sources/GateConfig/Keys.swift. To change it, change the table and run
             `UPDATE_GENERATED=1 swift test --filter GateConfigTests`. -->

        `runegate check` reads what `serve` would read and prints every problem with its place. It exits with 0 when
        all is right and with 78 when something is wrong.

        Settings are read from these places; the later wins:

        1. the defaults below
        2. `/etc/runegate/runegate.toml`: flat, a key is the variable's name in lower case without `RUNEGATE_`:
           `base_url = "https://app.example.com"`; lists may be TOML lists
        3. `/etc/runegate/runegate.env`, or in development, where that file is not there, `./.env`:
           `NAME=value` lines, `#` comments, `export`, single and double quotes
        4. the environment
        5. systemd credentials, for secrets
        6. flags of `serve`

        An empty value is as good as none: it takes away what an earlier place said.

        In production secrets come from systemd credentials only; one that stands in a file or in the environment is
        an error. Files from the current directory (`./.env`, `./config/email.toml`) are read by `serve`, `check` and
        `demo` in development only, and not by root.

        """

    private static var mailAccount: String {
        let rows = MailAccountKey.allCases.map { "| `\($0.rawValue)` | \($0.summary) |" }.joined(
            separator: "\n")
        return """
            ## `email.toml`

            The mail server and the letter. Read from the systemd credential `email.toml`, else from
            `/etc/runegate/config/email.toml` (mode 0600), else in development from `./config/email.toml`.
            `config/email.toml.example` is a sample.

            | key | meaning |
            |---|---|
            \(rows)

            """
    }
}
