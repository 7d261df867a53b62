import GateModel

/// Where `email.toml` is: the credential, else the configuration directory, else the current directory.
struct MailAccountFile {
    enum Source: Equatable {
        case absent
        case unreadable(path: String, reason: String)
        /// - Parameters:
        ///   - place: The path, or what stands for it in messages.
        ///   - mode: Permission bits; nil for a credential.
        case text(String, place: String, mode: UInt32?)
    }

    var source: Source
    var warnings: [ConfigWarning] = []

    static func find(_ sources: ConfigSources, isProduction: Bool) -> MailAccountFile {
        do throws(Fault) {
            if let credential = try sources.credential("email.toml") {
                return MailAccountFile(
                    source: text(credential.bytes, place: "credential email.toml", mode: nil))
            }
        } catch {
            return MailAccountFile(source: .unreadable(path: "credential email.toml", reason: error.problem))
        }
        let configured = read("\(sources.directory)/config/email.toml", sources)
        guard configured == .absent, !isProduction, sources.usesCurrentDirectory,
            sources.files.exists("config/email.toml")
        else { return MailAccountFile(source: configured) }
        guard !sources.isRoot else {
            let warning = ConfigWarning(
                place: .file(path: "config/email.toml", line: 0, column: 0),
                text: "ignored: root takes no configuration from the current directory")
            return MailAccountFile(source: .absent, warnings: [warning])
        }
        return MailAccountFile(source: read("config/email.toml", sources))
    }

    private static func read(_ path: String, _ sources: ConfigSources) -> Source {
        switch sources.files.read(path) {
        case .absent: .absent
        case .unreadable(let reason): .unreadable(path: path, reason: reason)
        case .file(let bytes, let mode): text(bytes, place: path, mode: mode)
        }
    }

    private static func text(_ bytes: [UInt8], place: String, mode: UInt32?) -> Source {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            return .unreadable(path: place, reason: "Not UTF-8")
        }
        return .text(text, place: place, mode: mode)
    }
}
