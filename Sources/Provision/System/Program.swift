package import GateModel
import Glibc

/// A program of the system that is run to its end.
package struct Program: Sendable, Hashable {
    /// The name, looked up in the system's own directories, and its arguments; never a secret.
    package let words: [String]
    /// What it reads from standard input.
    package let input: [UInt8]

    package init(_ words: [String], input: [UInt8] = []) {
        self.words = words
        self.input = input
    }

    package init(_ words: String...) {
        self.init(words)
    }

    /// As one would type it.
    package var description: String { words.joined(separator: " ") }

    /// How it ended, and what it said.
    package struct Outcome: Sendable, Hashable {
        /// The exit status; 128 and the signal when one ended it.
        package let status: Int32
        package let output: [UInt8]
        package let diagnostics: String

        package var isSuccess: Bool { status == 0 }

        package init(status: Int32, output: [UInt8] = [], diagnostics: String = "") {
            self.status = status
            self.output = output
            self.diagnostics = diagnostics
        }
    }

    /// Where programs are looked for: never in a directory that the caller's `PATH` brings along.
    private static let directories = [
        "/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin",
    ]

    /// The program's file; nil when it is not installed.
    package static func find(_ name: String) -> String? {
        if name.hasPrefix("/") { return access(name, X_OK) == 0 ? name : nil }
        return directories.map { "\($0)/\(name)" }.first { access($0, X_OK) == 0 }
    }

    /// Runs it and waits; blocks the thread.
    ///
    /// - Throws: A `Fault` when it is not there or cannot be started; how it ended is no error here.
    package func run() throws(Fault) -> Outcome {
        guard let name = words.first, let path = Self.find(name) else {
            throw Fault(
                code: "provision-program-missing", problem: "\(words.first ?? "") is not installed",
                remedy: "Install it (`apt-get install`), or run without --no-install.")
        }
        let streams = [
            try Self.memory(holding: input), try Self.memory(holding: []), try Self.memory(holding: []),
        ]
        defer { for stream in streams { close(stream) } }
        let status = try spawn(path, streams: streams)
        return Outcome(
            status: status, output: Self.contents(of: streams[1]),
            diagnostics: String(decoding: Self.contents(of: streams[2]), as: UTF8.self))
    }

    /// Runs it and refuses any end but success.
    @discardableResult
    package func succeed(remedy: String) throws(Fault) -> Outcome {
        let outcome = try run()
        guard outcome.isSuccess else {
            let said =
                outcome.diagnostics.isEmpty
                ? String(decoding: outcome.output, as: UTF8.self) : outcome.diagnostics
            throw Fault(
                code: "provision-program-failed",
                problem: "`\(description)` failed (\(outcome.status)): \(Self.lastLines(of: said))",
                remedy: remedy)
        }
        return outcome
    }

    /// What a program said last is mostly why it failed.
    private static func lastLines(of text: String) -> String {
        text.split(separator: "\n").suffix(4).joined(separator: " | ")
    }

    private func spawn(_ path: String, streams: [Int32]) throws(Fault) -> Int32 {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (target, stream) in streams.enumerated() {
            posix_spawn_file_actions_adddup2(&actions, stream, Int32(target))
        }
        let environment = [
            "PATH=\(Self.directories.joined(separator: ":"))", "LC_ALL=C.UTF-8", "HOME=/root",
            "DEBIAN_FRONTEND=noninteractive",
        ]
        var process: pid_t = 0
        let arguments = words.map { strdup($0) } + [nil]
        let variables = environment.map { strdup($0) } + [nil]
        defer { for text in arguments + variables { free(text) } }
        let result = posix_spawn(&process, path, &actions, nil, arguments, variables)
        guard result == 0 else { throw .system("start", path, result) }
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0 {
            guard errno == EINTR else { throw .system("wait for", path) }
        }
        // WIFEXITED and its kin are macros (wait(2)).
        return status & 0x7f == 0 ? status >> 8 & 0xff : 128 + status & 0x7f
    }

    /// A file without a name: nothing can fill up and stand still, and nothing is left behind.
    private static func memory(holding bytes: [UInt8]) throws(Fault) -> Int32 {
        // In memory where there is such a place: what a program prints may be a key.
        let directory = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp"
        var name = Array("\(directory)/runegate-XXXXXX".utf8CString)
        let file = mkstemp(&name)
        guard file >= 0, fcntl(file, F_SETFD, FD_CLOEXEC) == 0 else {
            throw .system("make a file in", directory)
        }
        unlink(name)
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
            guard count > 0 else { throw .system("write to", directory) }
            rest = rest.dropFirst(count)
        }
        lseek(file, 0, SEEK_SET)
        return file
    }

    private static func contents(of file: Int32) -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16 << 10)
        var offset: off_t = 0
        while true {
            let count = chunk.withUnsafeMutableBytes { pread(file, $0.baseAddress, $0.count, offset) }
            guard count > 0 else { return bytes }
            bytes += chunk[..<count]
            offset += off_t(count)
        }
    }
}
