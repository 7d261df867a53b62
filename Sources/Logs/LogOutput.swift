import Glibc
internal import Systemd

/// Where entries go, and in which shape.
package struct LogOutput: Sendable {
    /// Takes one entry; called on the thread that logs.
    let write: @Sendable (LogEntry) -> Void

    package init(_ write: @escaping @Sendable (LogEntry) -> Void) {
        self.write = write
    }

    /// Lines for people on standard error; colour only on a terminal and without `NO_COLOR`.
    package static func console(noColor: Bool, descriptor: Int32 = STDERR_FILENO) -> LogOutput {
        let line = ConsoleLine(isColoured: !noColor && isatty(descriptor) == 1)
        return LogOutput { entry in writeLine(line.render(entry), to: descriptor) }
    }

    /// One JSON object a line on standard error.
    package static func json(descriptor: Int32 = STDERR_FILENO) -> LogOutput {
        let line = JSONLine()
        return LogOutput { entry in writeLine(line.render(entry), to: descriptor) }
    }

    /// Entries with fields in the journal.
    package static let journal = LogOutput { entry in Journal.send(fields: JournalFields.make(entry)) }

    /// Writes a line at once, so that lines of two threads do not mix (pipe(7), `PIPE_BUF`).
    ///
    /// What cannot be
    /// written is lost: a log must not stop the service.
    private static func writeLine(_ line: [UInt8], to descriptor: Int32) {
        line.withUnsafeBytes { bytes in
            var rest = bytes[...]
            while !rest.isEmpty {
                let written = Glibc.write(
                    descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                if written > 0 {
                    rest = rest.dropFirst(written)
                } else if errno != EINTR {
                    return
                }
            }
        }
    }
}
