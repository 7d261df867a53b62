import GateModel

/// Reads `email.toml` into a mail account and keeps every problem.
struct MailAccountReader {
    private let path: String
    private var entries: [String: TOMLFile.Entry] = [:]
    private(set) var errors: [ConfigError] = []

    init(text: String, path: String) {
        self.path = path
        switch TOMLFile.parse(text, path: path, hidesText: true) {
        case .failure(let error): errors.append(error)
        case .success(let file):
            for entry in file.entries { take(entry) }
        }
    }

    /// The account, or nil when the file does not hold a whole and right one.
    mutating func account() -> MailAccount? {
        guard errors.isEmpty else { return nil }
        let host = host()
        let port = value(.port, .integer(1...65_535)) ?? 587
        let security = value(.security, .security) ?? (port == 465 ? .implicit : .startTLS)
        let sender = value(.fromAddress, .sender, isRequired: true)
        let account = credentials()
        let subject = value(.subject, .subject) ?? "Sign in"
        let bodyTemplate = value(.bodyTemplate, .bodyTemplate)
        if security == .none, let host, !isLoopback(host) {
            reject(
                .security,
                expected: "starttls or implicit: without TLS only a server on this machine is spoken to")
        }
        guard errors.isEmpty, let host, let sender else { return nil }
        return MailAccount(
            host: host, port: port, security: security, user: account.user, password: account.password,
            fromName: sender.name, fromAddress: sender.address, subject: subject, bodyTemplate: bodyTemplate)
    }

    private mutating func host() -> String? { value(.host, .host, isRequired: true) }

    private func isLoopback(_ host: String) -> Bool {
        host == "localhost" || (try? IPAddress(host).isLoopback) == true
    }

    /// User and password belong together; without either the server takes mail from this machine as it is.
    private mutating func credentials() -> (user: String?, password: Secret?) {
        let user = value(.user, .text("a user name without control characters") { isOneLine($0) ? $0 : nil })
        let password = value(
            .password,
            .text("a password without control characters") { isOneLine($0) ? Secret(text: $0) : nil })
        if !isSet(.user), isSet(.password) { reject(.user, expected: "the user that smtp_pass belongs to") }
        if isSet(.user), !isSet(.password) { reject(.password, expected: "the password of smtp_user") }
        return (user, password)
    }

    /// Whether something stands there, right or wrong.
    private func isSet(_ key: MailAccountKey) -> Bool {
        switch entries[key.rawValue]?.value {
        case .none, .text(""): false
        case .text, .list, .unusable: true
        }
    }

    private mutating func take(_ entry: TOMLFile.Entry) {
        guard MailAccountKey(rawValue: entry.key) != nil else {
            let guess = NearestName.of(entry.key, among: MailAccountKey.allCases.map(\.rawValue))
            errors.append(RawSettings.unknown(entry.key, at: entry.keyPlace, guess: guess))
            return
        }
        entries[entry.key] = entry
    }

    private mutating func value<Value>(
        _ key: MailAccountKey, _ kind: ValueKind<Value>, isRequired: Bool = false
    ) -> Value? {
        switch entries[key.rawValue]?.value {
        case .none:
            if isRequired { reject(key, expected: kind.expected) }
        case .list, .unusable:
            reject(key, expected: kind.expected)
        case .text(let text) where text.isEmpty:
            if isRequired { reject(key, expected: kind.expected) }
        case .text(let text):
            do throws(Malformed) {
                return try kind.parse(RawValue(text: text, place: .nowhere))
            } catch {
                reject(key, expected: error.expected)
            }
        }
        return nil
    }

    private mutating func reject(_ key: MailAccountKey, expected: String) {
        guard let entry = entries[key.rawValue] else {
            errors.append(
                ConfigError(
                    place: .file(path: path, line: 0, column: 0), key: key.rawValue, found: .nothing,
                    expected: expected))
            return
        }
        let found: ConfigError.Found =
            switch entry.value {
            case _ where key == .password: .hidden
            case .text(""): .nothing
            case .text(let text), .list(let text): .text(RawValue.printable(text))
            case .unusable(let noun): .text(noun)
            }
        errors.append(
            ConfigError(place: entry.valuePlace, key: key.rawValue, found: found, expected: expected))
    }
}

/// The text, if it stays in one line: it will stand in one of the SMTP conversation or of the mail's header.
private func isOneLine(_ text: String) -> Bool {
    !text.unicodeScalars.contains { $0.properties.generalCategory == .control }
}

extension ValueKind<String> {
    fileprivate static let host = ValueKind.text(
        "the mail server's name or address, such as smtp.example.com"
    ) {
        text in
        if let address = try? IPAddress(text) { return address.description }
        guard let split = HostAndPort.split(text), split.port == nil else { return nil }
        return split.host
    }

    fileprivate static let subject = ValueKind.text("one line of at most 200 characters") { text in
        text.count <= 200 && isOneLine(text) ? text : nil
    }

    fileprivate static let bodyTemplate = ValueKind.text(
        "a text of at most 64 KiB with {login_url} in it"
    ) { text in
        text.utf8.count <= 65_536 && text.contains("{login_url}") ? text : nil
    }
}

extension MailAccount.Security: CaseIterable {
    package static let allCases: [MailAccount.Security] = [.startTLS, .implicit, .none]
}

extension ValueKind<MailAccount.Security> {
    fileprivate static let security = ValueKind.word()
}

/// The `From` header's address, with or without a display name.
private struct Sender {
    var name: String?
    var address: EmailAddress
}

extension ValueKind<Sender> {
    fileprivate static let sender = ValueKind.text(
        "an address, such as gate@example.com or Gate <gate@example.com>"
    ) {
        text in
        guard text.hasSuffix(">"), let open = text.lastIndex(of: "<") else {
            return (try? EmailAddress(text)).map { Sender(name: nil, address: $0) }
        }
        guard let address = try? EmailAddress(text[text.index(after: open)...].dropLast()) else { return nil }
        var name = trimmed(text[..<open])
        if name.count >= 2, name.hasPrefix("\""), name.hasSuffix("\"") {
            name = String(name.dropFirst().dropLast())
        }
        return isOneLine(name) ? Sender(name: name.isEmpty ? nil : name, address: address) : nil
    }
}
