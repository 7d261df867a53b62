internal import GateModel
internal import NIOHTTP1

/// How the owner's page is called and coloured.
package struct OwnerPageBrand: Sendable {
    package var name: String
    /// `#rrggbb`.
    package var color: String

    package init(name: String, color: String) {
        self.name = name
        self.color = color
    }
}

/// The owner's page: who is signed in, with a button to end it, the last sign-ins, mail and paths.
struct OwnerPage: Sendable {
    let brand: OwnerPageBrand

    var style: ControlResponse {
        .text(OwnerPageStyle.text(accent: brand.color), type: "text/css; charset=utf-8")
    }

    /// The page; `admin` signed in at the owner's door to see it, and may sign out there.
    func response(_ actions: OwnerActions, admin: String? = nil) async -> ControlResponse {
        let status = await actions.status()
        let sessions = await actions.sessions()
        let signIns = await actions.recentSignIns()
        let now = SystemTime().now().unixSeconds
        let html = """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <title>Owner · \(HTMLText.escaped(brand.name))</title>
            <link rel="stylesheet" href="/owner.css">
            <link rel="icon" href="data:,">
            </head>
            <body>
            <header><h1>\(HTMLText.escaped(brand.name))</h1>
            <p>\(HTMLText.escaped(status.baseUrl)) · up \(Span.words(status.uptimeSeconds)) · version \
            \(HTMLText.escaped(status.version))</p>\(admin.map(signOutForm) ?? "")</header>
            <main>
            \(sessionsSection(sessions))
            \(signInsSection(signIns, now: now))
            \(mailSection(status.mail))
            \(pathsSection(status.paths))
            </main>
            </body>
            </html>

            """
        var response = ControlResponse.text(html, type: "text/html; charset=utf-8")
        response.headers.add(
            name: "content-security-policy",
            value:
                "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; "
                + "frame-ancestors 'none'")
        // With `no-referrer` browsers would send `Origin: null` for our own form.
        response.headers.add(name: "referrer-policy", value: "same-origin")
        return response
    }

    private func signOutForm(_ admin: String) -> String {
        """
        <form method="post" action="/.runegate/logout"><p>Signed in as \(HTMLText.escaped(admin)) \
        <button>Sign out</button></p></form>
        """
    }

    private func sessionsSection(_ sessions: [SessionRow]) -> String {
        let rows = sessions.map { session in
            """
            <tr><td>\(HTMLText.escaped(session.email))</td>
            <td>\(Span.words(session.idleSeconds)) ago</td><td>in \(Span.words(session.expiresInSeconds))</td>
            <td>\(HTMLText.escaped(session.address))</td>
            <td class="agent">\(HTMLText.escaped(session.userAgent))</td>
            <td><form method="post" action="/revoke"><input type="hidden" name="id" \
            value="\(HTMLText.escaped(session.id))"><button>Sign out</button></form></td></tr>
            """
        }
        return section(
            "Signed in", empty: "Nobody is signed in.",
            columns: ["User", "Last use", "Ends", "Address", "Browser", ""], rows: rows)
    }

    private func signInsSection(_ signIns: [SignInRow], now: Int64) -> String {
        let rows = signIns.map { signIn in
            """
            <tr><td>\(HTMLText.escaped(signIn.email))</td>
            <td>\(Span.words(now - signIn.unixSeconds)) ago</td><td>\(HTMLText.escaped(signIn.address))</td></tr>
            """
        }
        return section(
            "Last sign-ins", empty: "No sign-in is recorded.", columns: ["User", "When", "Address"],
            rows: rows)
    }

    private func mailSection(_ mail: ServiceStatus.Mail) -> String {
        let waiting =
            switch mail.waiting {
            case nil: "The queue cannot be read."
            case 0: "No mail is waiting."
            case 1: "1 mail is waiting."
            case let count?: "\(count) mails are waiting."
            }
        let problem = mail.problem.map { "<p class=\"problem\">\(HTMLText.escaped($0))</p>" } ?? ""
        return """
            <section><h2>Mail</h2><p>\(waiting) Transport: \(HTMLText.escaped(mail.transport)).</p>\(problem)</section>
            """
    }

    private func pathsSection(_ paths: [ServiceStatus.Path]) -> String {
        let rows = paths.map { path in
            """
            <tr><td>\(HTMLText.escaped(path.name))\(path.isSimulated ? " (simulated)" : "")</td>
            <td>\(path.isCurrent ? "in use" : "standing by")</td><td>\(HTMLText.escaped(path.endpoint))</td></tr>
            """
        }
        return section(
            "Paths to the app", empty: "No path is configured.", columns: ["Path", "State", "Address"],
            rows: rows)
    }

    private func section(_ title: String, empty: String, columns: [String], rows: [String]) -> String {
        guard !rows.isEmpty else { return "<section><h2>\(title)</h2><p>\(empty)</p></section>" }
        return """
            <section><h2>\(title)</h2><div class="scroll"><table>
            <thead><tr>\(columns.map { "<th scope=\"col\">\($0)</th>" }.joined())</tr></thead>
            <tbody>
            \(rows.joined(separator: "\n"))
            </tbody></table></div></section>
            """
    }
}

/// Text that becomes part of a page.
enum HTMLText {
    /// Text as element content or as a quoted attribute; controls and direction marks, which could disguise
    /// it, become U+FFFD.
    static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in PlainText.withoutControls(text).unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
