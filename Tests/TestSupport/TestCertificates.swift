import Foundation

/// Certificates made for one test by the `openssl` command, in a directory that goes away with this object.
package final class TestCertificates: Sendable {
    /// What a server's certificate is like.
    package struct Leaf: Sendable {
        /// As in a configuration of OpenSSL: `DNS:localhost,IP:127.0.0.1`; nil for none.
        package var alternativeNames: String? = "DNS:localhost,IP:127.0.0.1"
        package var commonName = "test server"
        /// Negative: it has expired.
        package var days = 30

        package init(
            alternativeNames: String? = "DNS:localhost,IP:127.0.0.1", commonName: String = "test server",
            days: Int = 30
        ) {
            self.alternativeNames = alternativeNames
            self.commonName = commonName
            self.days = days
        }
    }

    /// A certificate with its key, in PEM files.
    package struct Identity: Sendable {
        package let certificate: String
        package let key: String
    }

    private let directory: URL
    /// The authority's own certificate, in PEM.
    package let authority: String
    private let authorityKey: String

    package init() throws {
        directory = FileManager.default.temporaryDirectory.appending(
            path: "runegate-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        authority = directory.appending(path: "authority.pem").path
        authorityKey = directory.appending(path: "authority.key").path
        try Self.openssl(
            ["req", "-x509"] + Self.newKey(authorityKey) + [
                "-out", authority, "-subj", "/CN=Test Authority", "-days", "30",
                "-addext", "basicConstraints=critical,CA:TRUE",
            ])
    }

    deinit {
        try? FileManager.default.removeItem(at: directory)
    }

    /// A certificate that the authority signed.
    package func issue(_ leaf: Leaf = Leaf()) throws -> Identity {
        let base = directory.appending(path: UUID().uuidString).path
        let names = leaf.alternativeNames.map { ["-addext", "subjectAltName=\($0)"] } ?? []
        try Self.openssl(
            ["req"] + Self.newKey("\(base).key") + ["-out", "\(base).csr", "-subj", "/CN=\(leaf.commonName)"]
                + names)
        try Self.openssl([
            "x509", "-req", "-in", "\(base).csr", "-CA", authority, "-CAkey", authorityKey, "-out",
            "\(base).pem",
            "-days", "\(leaf.days)", "-copy_extensions", "copy",
        ])
        return Identity(certificate: "\(base).pem", key: "\(base).key")
    }

    private static func newKey(_ path: String) -> [String] {
        ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", path]
    }

    private static func openssl(_ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["openssl"] + arguments
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failure(arguments: arguments) }
    }

    /// The `openssl` command did not do what was asked.
    package struct Failure: Error {
        package let arguments: [String]
    }
}
