/// How `runegate login-link` shows a fresh link to people.
package enum LinkNotice {
    /// What is said about the link, apart from the link itself.
    package static func explanation(of link: IssuedLink) -> String {
        """
        Sign-in link for \(link.email). It works once, for \(Span.words(link.expiresInSeconds)), in any browser. \
        Whoever has it can sign in as \(link.email).
        """
    }

    /// The code for a telephone; nothing when the link is too long for one.
    package static func qrLines(of link: IssuedLink, hasColor: Bool) -> [String] {
        QRCode(link.url)?.lines(hasColor: hasColor) ?? []
    }
}
