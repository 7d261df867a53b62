import ArgumentParser
import Control
import GateModel

/// `runegate login-link`: a sign-in link without mail, for when mail is broken or not there.
struct LoginLinkCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "login-link", abstract: "Print a sign-in link for an address, without mail.",
        discussion:
            "The link works once and signs in whoever opens it. The address must be one that may sign in.")

    @Argument(help: "The address to sign in as.", transform: { try EmailAddress($0) })
    var email: EmailAddress

    @Flag(inversion: .prefixedNo, help: "Draw a QR code; by default only on a terminal.")
    var qr: Bool?

    @Flag(help: "Print JSON with stable keys.")
    var json = false

    func run() async throws {
        let link = try await reachingDaemon { client throws(ControlFailure) in
            try await client.loginLink(for: email)
        }
        guard !json else {
            Terminal.output.write(line: JSONText.of(link))
            return
        }
        // Only the link is the result; a script that reads standard output gets nothing else.
        Terminal.diagnostics.write(line: "\(LinkNotice.explanation(of: link))\n")
        Terminal.output.write(line: link.url)
        guard qr ?? Terminal.output.isInteractive else { return }
        Terminal.output.write(line: "")
        let lines = LinkNotice.qrLines(
            of: link, hasColor: Terminal.output.hasColor, columns: Terminal.output.columns)
        for line in lines { Terminal.output.write(line: line) }
    }
}
