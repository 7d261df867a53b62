import Foundation
import Glibc

/// A program whose lines a test waits for; it is killed with this object.
final class LineReader {
    private let process = Process()
    private let pipe = Pipe()
    /// All lines so far, for the message of a test that waited in vain.
    private(set) var seen: [String] = []

    /// Starts words separated by spaces.
    init(_ line: String) throws {
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = line.split(separator: " ").map(String.init)
        process.standardOutput = pipe
        process.standardInput = FileHandle.nullDevice
        try process.run()
    }

    deinit {
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    /// The first line from now on that contains `text`; nil when the program ends or says something else for
    /// `limit`.
    func line(containing text: String, limit: Duration = .seconds(20)) -> String? {
        let deadline = ContinuousClock.now + limit
        while let line = nextLine(until: deadline) {
            seen.append(line)
            if line.contains(text) { return line }
        }
        return nil
    }

    private func nextLine(until deadline: ContinuousClock.Instant) -> String? {
        let descriptor = pipe.fileHandleForReading.fileDescriptor
        var line: [UInt8] = []
        var byte: UInt8 = 0
        while true {
            let left = ContinuousClock.now.duration(to: deadline)
            var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            guard left > .zero, poll(&entry, 1, Int32(clamping: left.components.seconds * 1000 + 1000)) > 0,
                read(descriptor, &byte, 1) == 1
            else { return nil }
            if byte == UInt8(ascii: "\n") { return String(decoding: line, as: UTF8.self) }
            line.append(byte)
        }
    }
}
