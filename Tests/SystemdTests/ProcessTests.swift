import Foundation
import GateModel
import Glibc
import Testing

@testable import Systemd

@Test func `a hardened process cannot be looked into and leaves no core`() async {
    await #expect(processExitsWith: .success) {
        guard ProcessHardening.makeNonDumpable(), !ProcessHardening.isDumpable else { exit(2) }
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &limit)
        exit(limit.rlim_cur == 0 && limit.rlim_max == 0 ? EXIT_SUCCESS : 3)
    }
}

@Test func `an entry for the journal is accepted with odd bytes in it`() {
    #expect(
        Journal.send(fields: [("PRIORITY", "7"), ("MESSAGE", "runegate test \n second line"), ("X", "")]))
}

@Test func `a credential is read as it was passed`() throws {
    let directory = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let bytes = Data([0x00, 0xff, 0x0a])
    try bytes.write(to: URL(fileURLWithPath: directory + "/jwt-secret"))
    #expect(try Credentials.read("jwt-secret", in: directory)?.bytes == [0x00, 0xff, 0x0a])
    #expect(try Credentials.read("session-key", in: directory) == nil)
    // A directory, a link, an endless file: there, and not to be taken.
    try FileManager.default.createDirectory(atPath: directory + "/folder", withIntermediateDirectories: false)
    try FileManager.default.createSymbolicLink(
        atPath: directory + "/link", withDestinationPath: directory + "/jwt-secret")
    try Data(count: Credentials.maximumBytes + 1).write(to: URL(fileURLWithPath: directory + "/long"))
    for name in ["folder", "link", "long"] {
        #expect(throws: Fault.self, "\(name)") { try Credentials.read(name, in: directory) }
    }
}

@Test func `credentials come from the directory that the manager names`() async {
    await #expect(processExitsWith: .success) {
        unsetenv("CREDENTIALS_DIRECTORY")
        guard Credentials.directory == nil, (try? Credentials.read("jwt-secret")) == .some(nil) else {
            exit(2)
        }
        setenv("CREDENTIALS_DIRECTORY", "relative", 1)
        guard Credentials.directory == nil else { exit(3) }
        setenv("CREDENTIALS_DIRECTORY", "/run/credentials/runegate.service", 1)
        exit(Credentials.directory == "/run/credentials/runegate.service" ? EXIT_SUCCESS : 4)
    }
}
