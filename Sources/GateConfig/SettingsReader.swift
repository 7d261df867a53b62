import GateModel

/// Turns raw values into typed ones and keeps every problem that it meets.
struct SettingsReader {
    let sources: ConfigSources
    private let values: [String: RawValue]
    var errors: [ConfigError]
    var warnings: [ConfigWarning]
    /// What computed defaults came to, by name, for `runegate check`.
    var computed: [String: String] = [:]

    init(sources: ConfigSources, raw: RawSettings) {
        self.sources = sources
        self.values = raw.values
        self.errors = raw.errors
        self.warnings = raw.warnings
    }

    /// The value that counts.
    ///
    /// A wrong one is reported, and the default takes its place so that reading goes on.
    mutating func value<Value>(_ key: Key<Value>) -> Value {
        read(key.definition, key.kind) ?? key.defaultValue
    }

    /// The value, or nil when nothing is set or the value is wrong, which is reported.
    mutating func value<Value>(_ key: OptionalKey<Value>) -> Value? {
        read(key.definition, key.kind)
    }

    /// Whether something is set, right or wrong.
    func isSet(_ key: KeyDefinition) -> Bool {
        values[key.name].map { !$0.text.isEmpty } ?? false
    }

    private mutating func read<Value>(_ key: KeyDefinition, _ kind: ValueKind<Value>) -> Value? {
        guard let raw = values[key.name], kind.allowsEmpty || !raw.bytes.isEmpty else { return nil }
        do throws(Malformed) {
            return try kind.parse(raw)
        } catch {
            reject(key, expected: error.expected)
            return nil
        }
    }

    /// Reports what stands under `key`, or that nothing does.
    mutating func reject(_ key: KeyDefinition, expected: String) {
        let raw = values[key.name]
        let found: ConfigError.Found =
            if let raw, !raw.bytes.isEmpty { key.isSecret ? .hidden : raw.found } else { .nothing }
        errors.append(
            ConfigError(place: raw?.place ?? .nowhere, key: key.name, found: found, expected: expected))
    }

    /// Reports a value that works, but hardly as it was meant.
    mutating func warn(_ key: KeyDefinition, _ text: String) {
        warnings.append(ConfigWarning(place: values[key.name]?.place ?? .nowhere, text: text))
    }

    /// Every key with the value that counts and its source.
    func effective() -> [EffectiveSetting] {
        Keys.all.map { key in
            guard let raw = values[key.name], !raw.bytes.isEmpty else {
                return EffectiveSetting(
                    name: key.name, value: computed[key.name] ?? key.defaultText, origin: .builtIn)
            }
            return EffectiveSetting(
                name: key.name, value: key.isSecret ? "(hidden)" : RawValue.printable(raw.text),
                origin: .place(raw.place))
        }
    }
}
