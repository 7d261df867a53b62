import ArgumentParser
import Control
import GateModel
import Provision

/// Where the join code comes from: a file, standard input, or whoever sits at the terminal.
struct JoinCodeReading {
    let file: String?
    let mayAsk: Bool

    /// The code; a mistyped one is asked for again at a terminal.
    ///
    /// - Throws: An exit with status 64 when it is none.
    func read() throws -> JoinCode {
        guard file == nil, mayAsk else {
            guard let code = parse(try SecretFile.text(file ?? "-")) else { throw ExitCode(64) }
            return code
        }
        Terminal.diagnostics.write(
            line:
                "The join code that `sudo runegate provision join` prints on the public server, then an empty line:"
        )
        while true {
            var lines: [String] = []
            while let line = readLine(), !line.isEmpty || lines.isEmpty { lines.append(line) }
            guard !lines.isEmpty else { throw ExitCode(64) }
            if let code = parse(lines.joined(separator: "\n")) { return code }
            Terminal.diagnostics.write(line: "Once more, and then an empty line (Ctrl-C ends):")
        }
    }

    /// Nil, and said why, when it is none.
    private func parse(_ text: String) -> JoinCode? {
        do throws(JoinCodeProblem) {
            return try JoinCode(text)
        } catch {
            Terminal.diagnostics.write(line: "\(error.fault)")
            return nil
        }
    }
}
