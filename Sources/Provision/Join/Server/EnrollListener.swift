package import GateModel
import Glibc

/// A listening socket of our own, for machines without systemd.
package enum EnrollListener {
    /// Listens at `path` with mode 0660; what was there is replaced.
    package static func listen(at path: String) throws(Fault) -> Int32 {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        guard descriptor >= 0, path.utf8.count < MemoryLayout.size(ofValue: address.sun_path) else {
            throw .system("listen at", path, descriptor < 0 ? errno : ENAMETOOLONG)
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        unlink(path)
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard result == 0, chmod(path, 0o660) == 0, Glibc.listen(descriptor, 16) == 0 else {
            let reason = errno
            close(descriptor)
            throw .system("listen at", path, reason)
        }
        return descriptor
    }
}
