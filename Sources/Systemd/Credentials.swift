package import GateModel
import Glibc

/// Secrets that the service manager hands to this service alone (`LoadCredential=`, systemd.exec(5)).
package enum Credentials {
    /// No credential of ours is longer; systemd's own limit for all together is 1 MiB.
    static let maximumBytes = 64 * 1024

    /// Where they lie; nil outside systemd, or when the unit passes none.
    package static var directory: String? {
        guard let value = getenv("CREDENTIALS_DIRECTORY") else { return nil }
        let path = String(cString: value)
        return path.hasPrefix("/") ? path : nil
    }

    /// The credential's bytes as they were passed, a final newline included; nil when there is none.
    ///
    /// - Throws: A `Fault` when it is there and cannot be read, so that no other source takes its place.
    package static func read(_ name: String) throws(Fault) -> Secret? {
        guard let directory else { return nil }
        return try read(name, in: directory)
    }

    static func read(_ name: String, in directory: String) throws(Fault) -> Secret? {
        precondition(!name.contains("/"), "a credential's name is no path")
        let descriptor = open("\(directory)/\(name)", O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw unreadable(name, String(cString: strerror(errno)))
        }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: maximumBytes + 1)
        var count = 0
        while count < bytes.count {
            let received = bytes.withUnsafeMutableBytes {
                Glibc.read(descriptor, $0.baseAddress?.advanced(by: count), $0.count - count)
            }
            if received == 0 { break }
            if received < 0 {
                if errno == EINTR { continue }
                throw unreadable(name, String(cString: strerror(errno)))
            }
            count += received
        }
        guard count <= maximumBytes else { throw unreadable(name, "it is longer than \(maximumBytes) bytes") }
        return Secret(bytes: Array(bytes.prefix(count)))
    }

    private static func unreadable(_ name: String, _ reason: String) -> Fault {
        Fault(
            code: "credential-unreadable",
            problem: "The credential \(name) cannot be read: \(reason)",
            remedy: "Check LoadCredential=\(name): of the unit and the file that it names.")
    }
}
