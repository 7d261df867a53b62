internal import Glibc

/// The standard streams of a verb: results to one, diagnostics to the other.
package struct Terminal: Sendable {
    package static let output = Terminal(descriptor: STDOUT_FILENO)
    package static let diagnostics = Terminal(descriptor: STDERR_FILENO)

    private let descriptor: Int32

    /// Whether a person looks at it.
    package var isInteractive: Bool { isatty(descriptor) == 1 }

    /// Whether colour is welcome: only for a person, and never with `NO_COLOR` (no-color.org).
    package var hasColor: Bool {
        guard isInteractive, let value = getenv("NO_COLOR") else { return isInteractive }
        return value.pointee == 0
    }

    /// Characters in a line; nil when it is no terminal or does not say.
    package var columns: Int? {
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
        return Int(size.ws_col)
    }

    /// Writes the text and a newline at once.
    ///
    /// There is no buffer, so that nothing is lost when the verb is interrupted. A closed reader is nobody's
    /// error.
    ///
    /// - Returns: Whether all of it was written.
    @discardableResult package func write(line: String) -> Bool { write(Array("\(line)\n".utf8)[...]) }

    /// Writes a question; the answer is typed behind it.
    package func write(prompt: String) { _ = write(Array(prompt.utf8)[...]) }

    private func write(_ bytes: ArraySlice<UInt8>) -> Bool {
        var rest = bytes
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }
}
