/// How `runegate login-link` shows a fresh link to people.
package enum LinkNotice {
    /// What is said about the link, apart from the link itself.
    package static func explanation(of link: IssuedLink) -> String {
        """
        Sign-in link for \(link.email). It works once, for \(minutes(link.expiresInSeconds)), in any browser. \
        Whoever has it can sign in as \(link.email).
        """
    }

    /// The code for a telephone, or one line that says why there is none.
    ///
    /// `columns` is the width of the terminal, if it has one: a code that wraps cannot be read.
    package static func qrLines(of link: IssuedLink, hasColor: Bool, columns: Int?) -> [String] {
        guard let code = QRCode(link.url) else { return ["(The link is too long for a QR code.)"] }
        let needed = code.modules.count + 4
        guard columns.map({ $0 >= needed }) ?? true else {
            return ["(The QR code needs \(needed) columns; widen the terminal or open the link.)"]
        }
        return code.lines(hasColor: hasColor)
    }

    private static func minutes(_ seconds: Int64) -> String {
        seconds == 60 ? "1 minute" : "\(seconds / 60) minutes"
    }
}
