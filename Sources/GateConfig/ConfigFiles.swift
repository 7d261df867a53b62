import Glibc

/// The part of the file system that configuration is read from; a test puts a table in its place.
package protocol ConfigFiles: Sendable {
    /// The whole file, if there is one.
    func read(_ path: String) -> ConfigFileContent
    /// Whether a file or directory of that name is there, readable or not.
    func exists(_ path: String) -> Bool
}

/// What reading one file gave.
package enum ConfigFileContent: Sendable, Equatable {
    case absent
    /// Why it could not be read, as `strerror(3)` says it.
    case unreadable(reason: String)
    /// - Parameter mode: The permission bits (`st_mode & 07777`).
    case file(bytes: [UInt8], mode: UInt32)
}

/// The file system of this machine.
package struct SystemConfigFiles: ConfigFiles {
    /// Nobody writes a longer configuration by hand; a device file given by mistake ends here.
    static let maximumBytes = 1 << 20

    package init() {}

    package func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    package func read(_ path: String) -> ConfigFileContent {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            // A missing directory on the way is no file either.
            return errno == ENOENT || errno == ENOTDIR ? .absent : failure()
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return failure() }
        guard status.st_mode & S_IFMT == S_IFREG else { return .unreadable(reason: "Not a regular file") }
        guard status.st_size <= Self.maximumBytes else { return .unreadable(reason: "Longer than 1 MiB") }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16 * 1024)
        while true {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count == 0 { return .file(bytes: bytes, mode: status.st_mode & 0o7777) }
            if count < 0 {
                if errno == EINTR { continue }
                return failure()
            }
            bytes += buffer.prefix(count)
            guard bytes.count <= Self.maximumBytes else { return .unreadable(reason: "Longer than 1 MiB") }
        }
    }

    private func failure() -> ConfigFileContent { .unreadable(reason: String(cString: strerror(errno))) }
}
