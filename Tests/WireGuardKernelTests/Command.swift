import Foundation

/// A program that a test runs.
enum Command {
    struct Failed: Error, CustomStringConvertible {
        var description: String
    }

    /// Runs words separated by spaces to their end.
    ///
    /// - Returns: The exit code and what was printed.
    static func result(_ line: String) throws -> (code: Int32, output: String) {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = line.split(separator: " ").map(String.init)
        process.standardOutput = pipe
        process.standardError = pipe
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: output, as: UTF8.self))
    }

    /// What it printed, when it succeeded.
    @discardableResult
    static func run(_ line: String) throws -> String {
        let (code, output) = try result(line)
        guard code == 0 else { throw Failed(description: "\(line): \(output)") }
        return output
    }

    static func isInstalled(_ program: String) -> Bool {
        ["/usr/sbin", "/usr/bin", "/sbin", "/bin"].contains {
            FileManager.default.isExecutableFile(atPath: "\($0)/\(program)")
        }
    }
}
