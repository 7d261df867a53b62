import ArgumentParser
import Control
import GateModel
import Glibc
import Provision

/// Asks at the terminal for what nothing else answered.
enum ProvisionDialogue {
    /// Asks what the VPS cannot do without, and whether there is a mail server.
    static func complete(_ sheet: inout AnswerSheet, previous: VPSAnswers?) throws {
        if previous == nil {
            ask(.domain, "Domain that visitors type (app.example.com): ", &sheet)
            if !sheet.has(.allowDomain), !sheet.has(.allowAny) {
                ask(.allow, "Who may sign in (addresses, with commas between): ", &sheet)
            }
            ask(
                .smtpHost, "Mail server (empty: none, links come from `runegate login-link`): ", &sheet,
                orElse: "none")
        }
        guard sheet.has(.smtpUser) || previous?.mail == nil, !sheet.has(.smtpPassword) else { return }
        guard sheet.has(.smtpHost), !sheet.says(.smtpHost, "none") else { return }
        ask(.smtpUser, "User at the mail server (empty: none): ", &sheet)
        guard sheet.has(.smtpUser) else { return }
        if let password = HiddenLine.read(prompt: "Password (not shown): ") {
            sheet.note(.smtpPassword, [password], from: .flag("the terminal"))
        }
    }

    private static func ask(
        _ key: AnswerKey, _ question: String, _ sheet: inout AnswerSheet, orElse fallback: String? = nil
    ) {
        guard !sheet.has(key) else { return }
        Terminal.diagnostics.write(prompt: question)
        let line = readLine(strippingNewline: true) ?? ""
        guard let text = line.isEmpty ? fallback : line else { return }
        sheet.note(key, [text], from: .flag("the terminal"))
    }
}

/// A line that is typed without being shown.
enum HiddenLine {
    /// Nil at the end of input.
    static func read(prompt: String) -> String? {
        var shown = termios()
        let isTerminal = tcgetattr(STDIN_FILENO, &shown) == 0
        var hidden = shown
        hidden.c_lflag &= ~tcflag_t(ECHO)
        // Without ISIG Ctrl-C is a character, so that nobody is left with a terminal that shows nothing.
        hidden.c_lflag &= ~tcflag_t(ISIG)
        if isTerminal { tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden) }
        defer {
            if isTerminal { tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown) }
            Terminal.diagnostics.write(line: "")
        }
        Terminal.diagnostics.write(prompt: prompt)
        guard let line = readLine(strippingNewline: true), !line.contains("\u{3}") else { return nil }
        return line
    }
}
