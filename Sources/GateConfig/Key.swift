import GateModel

/// One line of the table of keys: what a setting is called, means and accepts.
package struct KeyDefinition: Sendable {
    /// The heading under which the setting is described.
    package enum Section: String, Sendable, CaseIterable {
        case gateway = "The gateway"
        case upstream = "The app and the ways to it"
        case tokens = "Keys and lifetimes"
        case policy = "Who may sign in"
        case cookies = "Cookies"
        case limits = "Limits"
        case proxy = "What the app gets"
        case mail = "Mail"
        case brand = "Looks"
        case log = "Logs"
        case control = "Control and metrics"
    }

    /// When a changed value counts.
    package enum Reload: String, Sendable {
        /// After `systemctl reload runegate`.
        case live = "reload"
        /// After a restart.
        case restart
    }

    /// The variable, such as `RUNEGATE_BASE_URL`.
    package let name: String
    package let section: Section
    /// What a value must be, as the second half of "expected …".
    package let expected: String
    /// Whether a TOML list may stand for it.
    package let isList: Bool
    /// The default as documentation shows it; also the value itself where it is one.
    package let defaultText: String
    /// What the setting means, for the reference and the samples.
    package let summary: String
    package let reload: Reload
    /// The systemd credential that carries it; only secrets have one.
    package let credential: String?
    /// An older name that means the same.
    package let alias: String?
    /// What the samples show as a value.
    package let example: String

    /// Its key in `runegate.toml`.
    package var tomlKey: String { String(name.dropFirst("RUNEGATE_".count)).lowercased() }

    package var isSecret: Bool { credential != nil }
}

/// How the values of one type are written.
package struct ValueKind<Value: Sendable>: Sendable {
    /// What must be there, as the second half of "expected …".
    let expected: String
    /// Whether nothing between the quotes is a value of its own.
    let allowsEmpty: Bool
    /// Whether commas separate values of their own.
    let isList: Bool
    let parse: @Sendable (RawValue) throws(Malformed) -> Value

    init(
        _ expected: String, allowsEmpty: Bool = false, isList: Bool = false,
        parse: @escaping @Sendable (RawValue) throws(Malformed) -> Value
    ) {
        self.expected = expected
        self.allowsEmpty = allowsEmpty
        self.isList = isList
        self.parse = parse
    }
}

/// A setting that always has a value.
package struct Key<Value: Sendable>: Sendable {
    package let definition: KeyDefinition
    let kind: ValueKind<Value>
    let defaultValue: Value

    /// Takes one line of the table.
    ///
    /// The default is read like any other value: one that could not be typed in is a mistake of ours.
    init(
        _ name: String, _ section: KeyDefinition.Section, _ kind: ValueKind<Value>, default text: String,
        reload: KeyDefinition.Reload = .live, alias: String? = nil, example: String? = nil, _ summary: String
    ) {
        self.definition = KeyDefinition(
            name: name, section: section, expected: kind.expected, isList: kind.isList, defaultText: text,
            summary: summary,
            reload: reload, credential: nil, alias: alias, example: example ?? text)
        self.kind = kind
        do {
            self.defaultValue = try kind.parse(RawValue(text: text, place: .nowhere))
        } catch {
            preconditionFailure("the default of \(name) is not \(error.expected)")
        }
    }
}

/// A setting that may be absent, or whose default depends on others.
package struct OptionalKey<Value: Sendable>: Sendable {
    package let definition: KeyDefinition
    let kind: ValueKind<Value>

    /// Takes one line of the table; `default` describes what holds when nothing is set.
    init(
        _ name: String, _ section: KeyDefinition.Section, _ kind: ValueKind<Value>,
        default text: String = "(unset)", reload: KeyDefinition.Reload = .live, credential: String? = nil,
        example: String, _ summary: String
    ) {
        self.definition = KeyDefinition(
            name: name, section: section, expected: kind.expected, isList: kind.isList, defaultText: text,
            summary: summary,
            reload: reload, credential: credential, alias: nil, example: example)
        self.kind = kind
    }
}
