/// Whether there is a Rathole that the files of ours are for: 0.5.0 or later, with Noise built in.
package struct RatholeCheck: Sendable, Hashable {
    /// Nil: none was found or named.
    package let program: ProgramPath?
    /// What `--version` printed; nil when it could not be started.
    let said: String?

    package init(program: ProgramPath?, said: String?) {
        self.program = program
        self.said = said
    }

    /// Asks the program itself.
    package init(_ program: ProgramPath?) {
        self.program = program
        let outcome = program.flatMap { try? Program($0.text, "--version").run() }
        self.said = outcome.flatMap { $0.isSuccess ? String(decoding: $0.output, as: UTF8.self) : nil }
    }

    /// The program, when it can be used.
    package var usable: ProgramPath? { judgement.isUsable ? program : nil }

    /// What is to be said about it; it never fails, because WireGuard alone will do.
    package var result: CheckResult { judgement.result }

    private struct Judgement {
        let isUsable: Bool
        let result: CheckResult
    }

    private var judgement: Judgement {
        guard let program else {
            return fail("the program is not in PATH", "Install it")
        }
        if let home = Self.hidden.first(where: program.text.hasPrefix) {
            return fail(
                "\(program) is below \(home), where its service may not look", "Copy it to /usr/local/bin")
        }
        guard let said else { return fail("\(program) could not be started", "Install 0.5.0 or later") }
        if let features = Self.value(of: "features", in: said), !features.contains("noise") {
            return fail("\(program) was built without Noise", "Take a build with the feature `noise`")
        }
        guard let version = Self.version(in: said) else {
            return use(.warn, "\(program) does not say its version; 0.5.0 is meant")
        }
        let text = version.map(String.init).joined(separator: ".")
        if version.lexicographicallyPrecedes(Self.oldest) {
            return fail("\(program) is \(text)", "Install 0.5.0 or later")
        }
        return version.starts(with: Self.oldest.prefix(2))
            ? use(.pass, "\(program) is \(text)")
            : use(.warn, "\(program) is \(text), which was never tried; 0.5.0 is meant")
    }

    private static let oldest = [0, 5, 0]
    /// What `ProtectHome=` and `PrivateTmp=` hide from a service (systemd.exec(5)).
    private static let hidden = ["/home/", "/root/", "/run/user/", "/tmp/", "/var/tmp/"]

    private func use(_ verdict: CheckResult.Verdict, _ text: String) -> Judgement {
        Judgement(isUsable: true, result: CheckResult("rathole", verdict, text))
    }

    private func fail(_ what: String, _ remedy: String) -> Judgement {
        Judgement(
            isUsable: false,
            result: CheckResult(
                "rathole", .warn,
                "\(what), so there is no fallback path: while WireGuard is broken, nobody reaches the app. \(remedy) (or "
                    + "name it with --rathole FILE) on both machines, then run the same command again."))
    }

    /// The value of a line such as `Build Version:       0.5.0`, by the end of its name.
    private static func value(of name: String, in text: String) -> String? {
        for line in text.split(whereSeparator: \.isNewline) {
            let parts = line.split(separator: ":", maxSplits: 1)
            if parts.count == 2, parts[0].lowercased().hasSuffix(name) {
                return parts[1].drop { $0 == " " }.lowercased()
            }
        }
        return nil
    }

    /// `0.5.0` from the line that names it, else from the first word that looks like one (`rathole v0.5.0-3-gabc`).
    private static func version(in text: String) -> [Int]? {
        let words = value(of: "build version", in: text) ?? text
        for word in words.split(whereSeparator: \.isWhitespace) {
            let digits = word.drop { $0 == "v" }.prefix { $0.isNumber || $0 == "." }
            let numbers = digits.split(separator: ".").compactMap { Int($0) }
            if numbers.count == 3 { return numbers }
        }
        return nil
    }
}
