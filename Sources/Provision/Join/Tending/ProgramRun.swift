import GateModel
import Glibc

/// One run of another program, waited for: its input as bytes, its words in a message when it fails.
///
/// No secret is in the arguments: other users can read those.
enum ProgramRun {
    /// Runs a program of the system's path.
    ///
    /// - Throws: When it cannot be started or does not end with 0; what it said is in the message.
    static func run(_ arguments: [String], input: [UInt8] = []) throws(Fault) {
        guard let name = arguments.first else { return }
        let (standardInput, standardError) = (Pipe(), Pipe())
        guard let standardInput, let standardError else { throw .system("make a pipe for", name) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, standardInput.readEnd, 0)
        posix_spawn_file_actions_adddup2(&actions, standardError.writeEnd, 1)
        posix_spawn_file_actions_adddup2(&actions, standardError.writeEnd, 2)
        var process = pid_t()
        let result = withArguments(arguments) { posix_spawnp(&process, name, &actions, nil, $0, environ) }
        guard result == 0 else { throw .system("run", name, result) }
        standardInput.write(input)
        let words = standardError.read(limit: 2000)
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        guard status == 0 else {
            throw Fault(
                code: "program-failed", problem: "`\(arguments.joined(separator: " "))` failed: \(words)",
                remedy: "Run it by hand to see more, or look into the journal.")
        }
    }

    private static func withArguments<Result>(
        _ arguments: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result
    ) -> Result {
        let copies = arguments.map { strdup($0) }
        defer { for copy in copies { free(copy) } }
        return (copies + [nil]).withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { preconditionFailure("an array of one has an address") }
            return body(base)
        }
    }

    /// Both ends of a pipe, closed with the value.
    private final class Pipe {
        let readEnd: Int32
        private(set) var writeEnd: Int32

        init?() {
            var ends: [Int32] = [-1, -1]
            guard pipe(&ends) == 0 else { return nil }
            for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
            (readEnd, writeEnd) = (ends[0], ends[1])
        }

        deinit {
            close(readEnd)
            closeWriteEnd()
        }

        private func closeWriteEnd() {
            if writeEnd >= 0 { close(writeEnd) }
            writeEnd = -1
        }

        /// Writes what the other side takes, and says that it is all; a pipe holds 64 KiB, more than is ever written.
        func write(_ bytes: [UInt8]) {
            signal(SIGPIPE, SIG_IGN)
            _ = Glibc.write(writeEnd, bytes, bytes.count)
            closeWriteEnd()
        }

        /// What was written into it, as far as it is text of a few lines.
        func read(limit: Int) -> String {
            closeWriteEnd()
            var received: [UInt8] = []
            var chunk = [UInt8](repeating: 0, count: 4096)
            while true {
                let count = Glibc.read(readEnd, &chunk, chunk.count)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { break }
                if received.count < limit { received += chunk[..<count] }
            }
            return String(decoding: received.prefix(limit), as: UTF8.self)
                .split(whereSeparator: \.isNewline).joined(separator: "; ")
        }
    }
}
