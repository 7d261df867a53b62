import Foundation
import Glibc

/// A server written in Python, which says its port on its first line and ends with its standard input.
package final class ScriptServer {
    package let port: Int
    private let process = Process()
    private let output = Pipe()
    private let input = Pipe()

    /// Starts `script` and waits for its port.
    package init(_ script: String, arguments: [String] = []) throws {
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", "-u", "-c", script] + arguments
        process.standardOutput = output
        process.standardInput = input
        try process.run()
        guard let line = Self.readLine(output), let port = Int(line) else { throw NotStarted() }
        self.port = port
    }

    deinit {
        // Threads of a test block SIGTERM, and a child inherits that.
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    /// The next line that the server prints; nil when the server has ended.
    ///
    /// Blocks until there is one.
    package func nextLine() -> String? { Self.readLine(output) }

    /// The script did not say a port.
    package struct NotStarted: Error {}

    private static func readLine(_ pipe: Pipe) -> String? {
        var line: [UInt8] = []
        var byte: UInt8 = 0
        while read(pipe.fileHandleForReading.fileDescriptor, &byte, 1) == 1 {
            if byte == UInt8(ascii: "\n") { return String(decoding: line, as: UTF8.self) }
            line.append(byte)
        }
        return line.isEmpty ? nil : String(decoding: line, as: UTF8.self)
    }
}
