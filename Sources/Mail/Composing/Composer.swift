internal import GateConfig
internal import GateModel

/// Writes the mail for a job: owner's words, envelope, bytes.
struct Composer: Sendable {
    private let senderName: String?
    private let sender: EmailAddress
    private let writer: LetterWriter

    /// Why a job makes no mail.
    struct Unwritable: Error, Equatable {
        let reason: String
    }

    /// Reads the templates.
    ///
    /// - Parameters:
    ///   - account: Sender, subject and text; nil in development, where mail goes to an outbox.
    ///   - brand: Name and colour.
    ///   - templatesDirectory: Where `link.txt` and `link.html` may be; either stands above `account`'s text.
    /// - Throws: `Fault` when a template cannot be read or has no `{login_url}`.
    init(account: MailAccount?, brand: BrandSettings, templatesDirectory: String?) throws(Fault) {
        let files: TemplateFiles? =
            if let templatesDirectory { try TemplateFiles(directory: templatesDirectory) } else { nil }
        let text = MailTemplate(files?.text ?? account?.bodyTemplate ?? LetterWriter.builtInText)
        guard text.contains(.loginURL) else {
            throw Fault(
                code: "mail-template-without-link", problem: "The text of the mail has no {login_url}",
                remedy: "Put {login_url} where the link belongs (body_template in email.toml, or link.txt).")
        }
        self.senderName = account?.fromName
        self.sender = if let account { account.fromAddress } else { try Self.nobody() }
        self.writer = LetterWriter(
            brand: brand.name, color: AccentColor(brand.color),
            subject: MailTemplate(account?.subject ?? LetterWriter.builtInSubject), text: text,
            html: files?.html.map(MailTemplate.init))
    }

    /// The mail for `job`.
    ///
    /// - Throws: `Unwritable` when link or code hold what no link or code of ours does: nothing but ours
    ///   shall ever be mailed.
    func compose(_ job: MailJob, unixSeconds: Int64) throws(Unwritable) -> ComposedMail {
        if job.kind != .test {
            guard Self.isLink(job.loginURL) else {
                throw Unwritable(reason: "the link is not an http or https URL")
            }
        }
        if let code = job.code {
            guard Self.isCode(code) else { throw Unwritable(reason: "the code is not letters and digits") }
        }
        let message = MailMessage(
            senderName: senderName, sender: sender, recipient: job.recipient,
            letter: writer.letter(for: job, unixSeconds: unixSeconds), unixSeconds: unixSeconds)
        return ComposedMail(
            sender: sender, recipient: job.recipient, message: message.bytes(),
            expiresUnixSeconds: job.expiresUnixSeconds, secrets: Self.secrets(of: job))
    }

    /// Printable ASCII that needs no escaping where links stand.
    private static func isLink(_ text: String) -> Bool {
        (text.hasPrefix("https://") || text.hasPrefix("http://")) && text.utf8.count <= 4096
            && text.utf8.allSatisfy { (0x21...0x7e).contains($0) && !"\"'<>\\^`{|}".utf8.contains($0) }
    }

    private static func isCode(_ text: String) -> Bool {
        (1...32).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || byte == UInt8(ascii: "-")
            }
    }

    /// The link as a whole and what is secret in it, so that a part of it is recognised too.
    private static func secrets(of job: MailJob) -> [String] {
        guard job.kind == .link else { return [] }
        let token = job.loginURL.lastIndex(of: "=").map { String(job.loginURL[$0...].dropFirst()) }
        return [job.loginURL, token, job.code].compactMap { $0 }.filter { !$0.isEmpty }
    }

    /// The sender of mails that never leave the machine (RFC 2606 §2).
    private static func nobody() throws(Fault) -> EmailAddress {
        do {
            return try EmailAddress("runegate@runegate.invalid")
        } catch {
            throw Fault(
                code: "mail-no-sender", problem: "No sender address: \(error)", remedy: "Set from_address.")
        }
    }
}
