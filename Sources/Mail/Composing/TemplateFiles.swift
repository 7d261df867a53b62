internal import FoundationEssentials
internal import GateModel

/// The owner's templates in a directory: `link.txt` and `link.html`, both optional.
struct TemplateFiles: Sendable, Equatable {
    let text: String?
    let html: String?

    /// Reads the files.
    ///
    /// - Throws: `Fault` when there is neither, or one is no UTF-8, too large or without `{login_url}`.
    init(directory: String) throws(Fault) {
        self.text = try Self.read("\(directory)/link.txt")
        self.html = try Self.read("\(directory)/link.html")
        guard text != nil || html != nil else {
            throw Fault(
                code: "mail-templates-missing", problem: "\(directory) has neither link.txt nor link.html",
                remedy: "Put one there, make it readable, or unset RUNEGATE_MAIL_TEMPLATES.")
        }
    }

    /// Mail programs cut longer mails off.
    private static let maximumBytes = 100 * 1024

    private static func read(_ path: String) throws(Fault) -> String? {
        let files = FileManager.default
        guard files.fileExists(atPath: path) else { return nil }
        func fault(_ problem: String) -> Fault {
            Fault(
                code: "mail-template-unusable", problem: "\(path) \(problem)",
                remedy: "Make it a readable UTF-8 text of at most 100 KiB with {login_url} in it.")
        }
        guard let data = files.contents(atPath: path) else { throw fault("cannot be read") }
        guard data.count <= maximumBytes else { throw fault("is too large") }
        guard let text = String(validating: data, as: UTF8.self) else { throw fault("is not UTF-8") }
        guard MailTemplate(text).contains(.loginURL) else { throw fault("has no {login_url}") }
        return text
    }
}
