internal import Foundation
package import GateModel

/// Shows the sign-in link of each mail in the outbox, so that the demo needs no mail server.
package final class DemoMailTap: Sendable {
    private let watch: OutboxWatch

    private init(watch: OutboxWatch) {
        self.watch = watch
    }

    /// Watches `outbox`, which is made if it is not there, and gives `show` what to put on the terminal.
    package static func start(
        outbox: String, show: @escaping @Sendable (String) -> Void
    ) async throws(Fault) -> DemoMailTap {
        do {
            try FileManager.default.createDirectory(
                atPath: outbox, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw Fault(
                code: "demo-outbox",
                problem: "The outbox \(outbox) cannot be made: \(error.localizedDescription)",
                remedy: "Start the demo in a directory that you may write to.")
        }
        let watch = try await OutboxWatch.start(outbox) { name in
            // Writers keep unfinished files under other names.
            guard name.hasSuffix(".eml"), !name.hasPrefix("."),
                let data = FileManager.default.contents(atPath: "\(outbox)/\(name)"),
                let letter = Letter(String(decoding: data, as: UTF8.self))
            else { return }
            show(notice(of: letter))
        }
        return DemoMailTap(watch: watch)
    }

    package func stop() async {
        await watch.stop()
    }

    /// The lines for one mail.
    ///
    /// The link stands alone on its line, so that a terminal makes it clickable
    /// and a double click copies nothing else.
    static func notice(of letter: Letter) -> String {
        let rule = String(repeating: "─", count: 72)
        guard let link = letter.link else {
            return "\n\(rule)\n  Mail for \(letter.recipient):\n\n\(letter.text)\n\(rule)\n"
        }
        var lines = ["", rule, "  Mail for \(letter.recipient). Open this link to sign in:", "", link, ""]
        if let code = letter.code { lines += ["  Or type this code on the page:  \(code)", ""] }
        return (lines + [rule, ""]).joined(separator: "\n")
    }
}
