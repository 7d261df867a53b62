import GateModel

/// How `runegate sessions list` shows sessions to people.
package enum SessionListing {
    /// The lines; one plain sentence when there is nobody.
    package static func lines(_ sessions: [SessionRow], hasColor: Bool) -> [String] {
        guard !sessions.isEmpty else { return ["Nobody is signed in."] }
        var table = TextTable(columns: ["ID", "USER", "LAST USE", "ENDS", "ADDRESS", "BROWSER"])
        for session in sessions {
            table.add([
                session.id, session.email, "\(Span.words(session.idleSeconds)) ago",
                "in \(Span.words(session.expiresInSeconds))", session.address,
                shortened(session.userAgent),
            ])
        }
        return table.lines(hasColor: hasColor)
    }

    /// The lines of `--json`, with the keys of `/v1/sessions`.
    package static func json(_ sessions: [SessionRow]) -> String {
        JSONText.of(SessionList(sessions: sessions))
    }

    private static func shortened(_ text: String) -> String {
        text.count <= 40 ? text : text.prefix(39) + "…"
    }
}

/// A value as a verb's `--json` writes it: the keys of the control socket.
package enum JSONText {
    package static func of(_ value: some Encodable) -> String {
        String(decoding: ControlJSON.encode(value).dropLast(), as: UTF8.self)
    }

    /// The same in one line.
    package static func line(of value: some Encodable) -> String {
        String(decoding: ControlJSON.encode(value, isPretty: false).dropLast(), as: UTF8.self)
    }
}
