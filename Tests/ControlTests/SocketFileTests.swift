import Foundation
import GateModel
import Glibc
import Testing

@testable import Control

/// Making the socket's file, and what may stand in its place.
struct SocketFileTests {
    @Test func `a socket that nobody answers on is replaced`() async throws {
        try await withTemporaryDirectory { directory in
            let path = "\(directory)/control.sock"
            let (stale, _) = try SocketFile.bind(path)
            close(stale)
            let (descriptor, file) = try SocketFile.bind(path)
            close(descriptor)
            file.remove()
            #expect(!FileManager.default.fileExists(atPath: path))
        }
    }

    @Test func `a socket that answers is left alone`() async throws {
        try await withTemporaryDirectory { directory in
            let path = "\(directory)/control.sock"
            let (first, _) = try SocketFile.bind(path)
            defer { close(first) }
            #expect(listen(first, 8) == 0)
            #expect(throws: Fault.self) { try SocketFile.bind(path) }
            #expect(FileManager.default.fileExists(atPath: path))
        }
    }

    @Test func `a file and a symbolic link are left alone`() async throws {
        try await withTemporaryDirectory { directory in
            let file = "\(directory)/file"
            try Data("precious".utf8).write(to: URL(filePath: file))
            #expect(throws: Fault.self) { try SocketFile.bind(file) }
            let link = "\(directory)/link"
            try FileManager.default.createSymbolicLink(
                atPath: link, withDestinationPath: "\(directory)/target.sock")
            #expect(throws: Fault.self) { try SocketFile.bind(link) }
            #expect(try String(contentsOfFile: file, encoding: .utf8) == "precious")
            #expect(!FileManager.default.fileExists(atPath: "\(directory)/target.sock"))
        }
    }

    @Test func `the socket of a successor is not taken away`() async throws {
        try await withTemporaryDirectory { directory in
            let path = "\(directory)/control.sock"
            let (first, old) = try SocketFile.bind(path)
            defer { close(first) }
            // The successor finds nobody listening yet and replaces the file.
            let (second, _) = try SocketFile.bind(path)
            defer { close(second) }
            old.remove()
            #expect(FileManager.default.fileExists(atPath: path))
        }
    }

    @Test func `a path that does not fit is a fault`() {
        #expect(throws: Fault.self) { try SocketFile.bind("/tmp/" + String(repeating: "x", count: 120)) }
    }
}
