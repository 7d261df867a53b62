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
        if let password = try HiddenLine.read(prompt: "Password (not shown): ") {
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
    private static let controlC: UInt8 = 3

    /// Nil at the end of input.
    ///
    /// - Throws: An exit with status 130 when Ctrl-C was typed.
    static func read(prompt: String) throws -> String? {
        var shown = termios()
        let isTerminal = tcgetattr(STDIN_FILENO, &shown) == 0
        var hidden = shown
        // Without ISIG Ctrl-C is a character, here one that ends the line (VEOL is the eleventh), so that nobody is left
        // with a terminal that shows nothing.
        hidden.c_lflag &= ~tcflag_t(ECHO | ISIG)
        hidden.c_cc.11 = controlC
        if isTerminal { tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden) }
        defer {
            if isTerminal { tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown) }
            Terminal.diagnostics.write(line: "")
        }
        Terminal.diagnostics.write(prompt: prompt)
        return try line()
    }

    private static func line() throws -> String? {
        var bytes: [UInt8] = []
        var byte: UInt8 = 0
        while true {
            let count = Glibc.read(STDIN_FILENO, &byte, 1)
            if count < 0, errno == EINTR { continue }
            guard count == 1 else { return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self) }
            switch byte {
            case controlC:
                Terminal.diagnostics.write(line: "\nInterrupted. Nothing was changed.")
                throw ExitCode(130)
            case UInt8(ascii: "\n"): return String(decoding: bytes, as: UTF8.self)
            default: bytes.append(byte)
            }
        }
    }
}
