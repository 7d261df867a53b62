import GateModel

/// The values of all sources, as written; the later source has overwritten the earlier.
struct RawSettings {
    /// By the key's name; an empty text is kept, it takes a lower source's value away.
    private(set) var values: [String: RawValue] = [:]
    var errors: [ConfigError] = []
    var warnings: [ConfigWarning] = []
    /// Secrets that stand somewhere else than in a credential.
    private(set) var exposedSecrets: [(key: KeyDefinition, place: ConfigError.Place)] = []

    /// Reads the sources in their order.
    static func collect(_ sources: ConfigSources) -> RawSettings {
        var raw = RawSettings()
        raw.readTOML(sources)
        let hasEnvironmentFile = raw.readEnvironmentFile("\(sources.directory)/runegate.env", sources)
        if !hasEnvironmentFile, !raw.isProduction(above: sources) { raw.readFromCurrentDirectory(sources) }
        raw.readEnvironment(sources.environment)
        if sources.reader != .mailer { raw.readCredentials(sources) }
        for flag in sources.flags {
            raw.set(flag.name, RawValue(text: flag.value, place: .flag(flag.flag)))
        }
        return raw
    }

    /// Whether production is asked for by the files so far, the environment or a flag.
    private func isProduction(above sources: ConfigSources) -> Bool {
        let name = Keys.environment.definition.name
        let last =
            sources.flags.last { $0.name == name }?.value ?? sources.environment[name] ?? values[name]?.text
        return last == Settings.Environment.production.rawValue
    }

    private mutating func set(_ name: String, _ value: RawValue) {
        guard let key = Keys.byName[name] else { return }
        if key.isSecret, !value.text.isEmpty {
            if case .credential = value.place {} else { exposedSecrets.append((key, value.place)) }
        }
        values[key.name] = value
    }
}

// MARK: Files

extension RawSettings {
    private mutating func readTOML(_ sources: ConfigSources) {
        let path = "\(sources.directory)/runegate.toml"
        guard let file = readText(path, sources) else { return }
        switch TOMLFile.parse(file.text, path: path, hidesText: Self.mentionsSecret(file.text)) {
        case .failure(let error): errors.append(error)
        case .success(let toml):
            for entry in toml.entries { set(entry, mode: file.mode) }
        }
    }

    private mutating func set(_ entry: TOMLFile.Entry, mode: UInt32) {
        guard let key = Keys.byTOMLKey[entry.key] else {
            let guess = NearestName.of(entry.key, among: Keys.byTOMLKey.keys)
            errors.append(Self.unknown(entry.key, at: entry.keyPlace, guess: guess))
            return
        }
        switch entry.value {
        case .list(let text) where !key.isList:
            errors.append(
                ConfigError(
                    place: entry.valuePlace, key: entry.key,
                    found: key.isSecret ? .hidden : .text("a list of \(RawValue.printable(text))"),
                    expected: key.expected))
        case .text(let text), .list(let text):
            set(key.name, RawValue(text: text, place: entry.valuePlace))
            warnIfReadable(key, text: text, place: entry.valuePlace, mode: mode)
        case .unusable(let noun):
            errors.append(
                ConfigError(
                    place: entry.valuePlace, key: entry.key, found: key.isSecret ? .hidden : .text(noun),
                    expected: key.expected))
        }
    }

    /// Whether the file was there.
    private mutating func readEnvironmentFile(_ path: String, _ sources: ConfigSources) -> Bool {
        guard let file = readText(path, sources) else { return sources.files.exists(path) }
        let parsed = EnvironmentFile.parse(file.text)
        let hidesText = Self.mentionsSecret(file.text)
        for error in parsed.errors {
            let lines = file.text.split(separator: "\n", omittingEmptySubsequences: false)
            let line = RawValue.printable(String(lines[error.position.line - 1]))
            errors.append(
                ConfigError(
                    place: .file(path: path, error.position), key: "the line",
                    found: hidesText ? .hidden : .text(line), expected: error.expected))
        }
        var lines: [String: Int] = [:]
        for assignment in parsed.assignments {
            set(assignment, path: path, mode: file.mode)
            if let earlier = lines.updateValue(assignment.namePosition.line, forKey: assignment.name) {
                warnings.append(
                    ConfigWarning(
                        place: .file(path: path, assignment.namePosition),
                        text: "\(assignment.name) stands in line \(earlier) too; this one counts"))
            }
        }
        return true
    }

    private mutating func set(_ assignment: EnvironmentFile.Assignment, path: String, mode: UInt32) {
        let namePlace = ConfigError.Place.file(path: path, assignment.namePosition)
        guard let key = Keys.byName[assignment.name] else {
            // A shared `.env` may hold other programs' variables.
            guard assignment.name.hasPrefix("RUNEGATE_") else { return }
            let guess = NearestName.of(assignment.name, among: Keys.byName.keys)
            errors.append(Self.unknown(assignment.name, at: namePlace, guess: guess))
            return
        }
        // The alias never overrides the name itself.
        if assignment.name == key.alias, values[key.name] != nil { return }
        let place = ConfigError.Place.file(path: path, assignment.valuePosition)
        set(key.name, RawValue(text: assignment.value, place: place))
        warnIfReadable(key, text: assignment.value, place: place, mode: mode)
    }

    private mutating func readFromCurrentDirectory(_ sources: ConfigSources) {
        guard sources.usesCurrentDirectory, sources.files.exists("./.env") else { return }
        if sources.isRoot {
            warnings.append(
                ConfigWarning(
                    place: .file(path: "./.env", line: 0, column: 0),
                    text: "ignored: root takes no configuration from the current directory"))
            return
        }
        _ = readEnvironmentFile("./.env", sources)
        let name = Keys.environment.definition.name
        guard let value = values[name], case .file("./.env", _, _) = value.place, value.text == "production"
        else {
            return
        }
        errors.append(
            ConfigError(
                place: value.place, key: name, found: value.found,
                expected:
                    "development: production reads nothing from the current directory. "
                    + "Set it in \(sources.directory)/runegate.env or the environment"))
    }

    private mutating func readText(_ path: String, _ sources: ConfigSources) -> (text: String, mode: UInt32)?
    {
        switch sources.files.read(path) {
        case .absent: return nil
        case .unreadable(let reason):
            errors.append(Self.unreadable(path, reason: reason))
            return nil
        case .file(let bytes, let mode):
            guard let text = String(validating: bytes, as: UTF8.self) else {
                errors.append(Self.unreadable(path, reason: "Not UTF-8"))
                return nil
            }
            return (text, mode)
        }
    }

    private mutating func warnIfReadable(
        _ key: KeyDefinition, text: String, place: ConfigError.Place, mode: UInt32
    ) {
        guard key.isSecret, !text.isEmpty, mode & 0o077 != 0, case .file(let path, _, _) = place else {
            return
        }
        warnings.append(
            ConfigWarning(place: place, text: "\(key.name) can be read by others. Run: chmod 600 \(path)"))
    }

    /// Whether a file's lines must not be quoted.
    private static func mentionsSecret(_ text: String) -> Bool {
        let lowered = text.lowercased()
        return Keys.all.contains { $0.isSecret && lowered.contains($0.tomlKey) }
    }

    static func unreadable(_ path: String, reason: String) -> ConfigError {
        ConfigError(
            place: .file(path: path, line: 0, column: 0), key: "the file", found: .text(reason),
            expected: "a text file that user and group of the service may read")
    }

    static func unknown(_ name: String, at place: ConfigError.Place, guess: String?) -> ConfigError {
        ConfigError(
            place: place, key: RawValue.printable(name), found: .text("unknown"),
            expected: guess.map { "a setting's name; did you mean \($0)?" }
                ?? "a setting's name (docs/CONFIGURATION.md)")
    }
}

// MARK: Environment and credentials

extension RawSettings {
    private mutating func readEnvironment(_ environment: [String: String]) {
        for (name, value) in environment.sorted(by: { $0.key < $1.key }) {
            let raw = RawValue(text: value, place: .environment)
            if let key = Keys.byName[name] {
                if name == key.alias, environment[key.name] != nil { continue }
                set(key.name, raw)
            } else if name.hasPrefix("RUNEGATE_") {
                let guess = NearestName.of(name, among: Keys.byName.keys)
                let meant = guess.map { "; did you mean \($0)?" } ?? ""
                warnings.append(
                    ConfigWarning(
                        place: .environment,
                        text: "\(RawValue.printable(name)) is no setting and is ignored\(meant)"))
            }
        }
    }

    private mutating func readCredentials(_ sources: ConfigSources) {
        for key in Keys.all {
            guard let name = key.credential else { continue }
            do throws(Fault) {
                guard let secret = try sources.credential(name) else { continue }
                set(key.name, RawValue(credential: name, bytes: secret.bytes))
            } catch {
                errors.append(
                    ConfigError(
                        place: .credential(name), key: key.name, found: .text(error.problem),
                        expected: error.remedy))
            }
        }
    }
}
