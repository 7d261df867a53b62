import GateModel

/// The HTML form of a letter, made from its text: the link becomes a button with the address below it, the
/// code stands out.
///
/// It needs nothing from elsewhere, reads well in the light and in the dark, and in mail programs that know
/// tables and little more.
struct LetterHTML {
    let brand: String
    let color: AccentColor
    /// What stands on the button.
    let action: String

    /// The whole document.
    ///
    /// `value` gives the plain values.
    func document(_ template: MailTemplate, title: String, value: (MailTemplate.Placeholder) -> String?)
        -> String
    {
        let paragraphs = Self.paragraphs(of: template).compactMap { paragraph($0, value: value) }
        return Self.frame(
            title: HTMLText.escaped(title), brand: HTMLText.escaped(brand), color: color,
            content: paragraphs.joined(separator: "\n"))
    }

    /// Lines between empty lines.
    private static func paragraphs(of template: MailTemplate) -> [[[MailTemplate.Piece]]] {
        template.lines.split { $0.isEmpty }.map(Array.init)
    }

    private func paragraph(
        _ lines: [[MailTemplate.Piece]], value: (MailTemplate.Placeholder) -> String?
    ) -> String? {
        if lines == [[.placeholder(.loginURL)]], let url = value(.loginURL) {
            return button(HTMLText.escaped(url))
        }
        let rendered = lines.compactMap { line in
            MailTemplate.render(line, escape: HTMLText.escaped) { placeholder in
                value(placeholder).map { mark(placeholder, HTMLText.escaped($0)) }
            }
        }
        return rendered.isEmpty
            ? nil : "<p style=\"margin:0 0 16px\">\(rendered.joined(separator: "<br>\n"))</p>"
    }

    private func mark(_ placeholder: MailTemplate.Placeholder, _ escaped: String) -> String {
        switch placeholder {
        case .loginURL: "<a href=\"\(escaped)\">\(escaped)</a>"
        case .code: "<strong class=\"code\" style=\"\(Self.codeStyle)\">\(escaped)</strong>"
        case .brand, .expiryMinutes: escaped
        }
    }

    private func button(_ url: String) -> String {
        """
        <table role="presentation" cellpadding="0" cellspacing="0" border="0" style="margin:24px 0 12px"><tr>
        <td style="border-radius:8px;background:\(color.css)">
        <a href="\(url)" style="display:inline-block;padding:13px 26px;border-radius:8px;font-weight:600;\
        color:\(color.text);text-decoration:none">\(HTMLText.escaped(action))</a>
        </td></tr></table>
        <p class="faint" style="margin:0 0 24px;font-size:13px;color:#5c6570;word-break:break-all">\
        <a class="faint" href="\(url)" style="color:#5c6570">\(url)</a></p>
        """
    }

    private static let codeStyle = """
        display:inline-block;margin-top:8px;padding:8px 14px;border-radius:8px;background:#eef1f5;\
        font-family:ui-monospace,Menlo,Consolas,monospace;font-size:20px;letter-spacing:3px;color:#1c2128
        """

    private static func frame(title: String, brand: String, color: AccentColor, content: String) -> String {
        """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width,initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <meta name="supported-color-schemes" content="light dark">
        <title>\(title)</title>
        <style>
        :root { color-scheme: light dark; supported-color-schemes: light dark; }
        @media (prefers-color-scheme: dark) {
        body, .page { background: #15181c !important; }
        .card { background: #1f242a !important; color: #e8ebef !important; }
        .faint { color: #9aa4b0 !important; }
        .code { background: #2b323a !important; color: #ffffff !important; }
        }
        </style>
        </head>
        <body style="margin:0;padding:0;background:#f3f5f8">
        <table class="page" role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" \
        style="background:#f3f5f8"><tr><td align="center" style="padding:32px 12px">
        <table class="card" role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" \
        style="max-width:520px;background:#ffffff;color:#1c2128;border-radius:12px;\
        border-top:4px solid \(color.css);\
        font:16px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif"><tr>
        <td align="left" style="padding:28px 32px 16px">
        <p style="margin:0 0 20px;font-size:20px;font-weight:700">\(brand)</p>
        \(content)
        </td></tr></table>
        </td></tr></table>
        </body>
        </html>
        """
    }
}
