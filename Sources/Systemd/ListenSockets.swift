internal import CSystemd
package import GateModel
import Glibc

/// Sockets that the service manager opened for us (sd_listen_fds_with_names(3)), by the name of their
/// `FileDescriptorName=`.
package enum ListenSockets {
    /// Takes over the passed descriptors, marked close-on-exec, and clears the variables that name them.
    ///
    /// Call it once, before threads start: it changes the environment.
    ///
    /// - Parameter allowed: The names that the verb understands.
    /// - Returns: One descriptor a name; empty when nothing was passed.
    /// - Throws: A `Fault` when a name is unknown or comes twice: a socket that nobody serves would accept
    ///   connections and never answer.
    package static func take(allowed: Set<String>) throws(Fault) -> [String: Int32] {
        // The library answers `LISTEN_FDS=0` with EINVAL, though it only says that nothing was passed.
        if let count = getenv("LISTEN_FDS"), String(cString: count) == "0" { return [:] }
        var names: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
        let count = sd_listen_fds_with_names(1, &names)
        guard count >= 0 else {
            throw Fault(
                code: "passed-sockets-unreadable",
                problem: "The passed sockets cannot be taken over: \(String(cString: strerror(-count)))",
                remedy:
                    "Check LISTEN_FDS, LISTEN_PID and LISTEN_FDNAMES, or start the service with systemctl.")
        }
        defer { free(names) }
        var sockets: [String: Int32] = [:]
        for index in 0..<count {
            let name = takeName(at: Int(index), from: names)
            guard allowed.contains(name) else { throw unknown(name, allowed: allowed) }
            guard sockets.updateValue(SD_LISTEN_FDS_START + index, forKey: name) == nil else {
                throw Fault(
                    code: "passed-socket-twice",
                    problem: "Two sockets with the name \"\(name)\" were passed",
                    remedy: "Leave one ListenStream= in the socket unit with FileDescriptorName=\(name).")
            }
        }
        return sockets
    }

    /// The name at `index`; its C string is freed.
    private static func takeName(
        at index: Int, from names: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
    ) -> String {
        guard let name = names?[index] else { return "unknown" }
        defer { free(name) }
        return String(cString: name)
    }

    private static func unknown(_ name: String, allowed: Set<String>) -> Fault {
        Fault(
            code: "passed-socket-unknown",
            problem: "A socket with the name \"\(name)\" was passed, which nothing here serves",
            remedy:
                "Set FileDescriptorName= in the socket unit to \(allowed.sorted().joined(separator: " or "))."
        )
    }
}
