/// Which system this is, from `/etc/os-release` (os-release(5)).
package struct Distribution: Sendable, Hashable {
    package let id: String
    package let version: String
    package let name: String

    /// Those that Runegate is meant for.
    private static let meant: Set<String> = ["debian 12", "debian 13", "ubuntu 24.04"]

    package init(osRelease text: String) {
        var values: [String: String] = [:]
        for line in text.split(whereSeparator: \.isNewline) {
            guard let equals = line.firstIndex(of: "=") else { continue }
            let value = line[line.index(after: equals)...].drop { $0 == "\"" || $0 == "'" }
            let end = value.lastIndex { $0 != "\"" && $0 != "'" }.map { value.index(after: $0) }
            values[String(line[..<equals])] = String(value[..<(end ?? value.startIndex)])
        }
        self.id = values["ID"] ?? ""
        self.version = values["VERSION_ID"] ?? ""
        self.name = values["PRETTY_NAME"] ?? "an unknown system"
    }

    package var result: CheckResult {
        if Self.meant.contains("\(id) \(version)") { return CheckResult("system", .pass, name) }
        guard id == "debian" || id == "ubuntu" else {
            return CheckResult(
                "system", .fail,
                "\(name) is neither Debian nor Ubuntu, and packages and paths would not fit. Use Debian 12 or 13 or "
                    + "Ubuntu 24.04, or write the files with --root DIR and place them yourself.")
        }
        return CheckResult(
            "system", .warn,
            "\(name) was never tried; Debian 12 and 13 and Ubuntu 24.04 are meant. It may well work.")
    }
}
