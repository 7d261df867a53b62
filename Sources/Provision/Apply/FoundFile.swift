import GateModel
import Glibc

/// One regular file as it is on the disk.
package struct FoundFile: Sendable, Hashable {
    package let contents: [UInt8]
    /// Permission bits.
    package let mode: UInt16
    package let owner: FileOwner

    package init(contents: [UInt8], mode: UInt16, owner: FileOwner) {
        self.contents = contents
        self.mode = mode
        self.owner = owner
    }
}

extension DirectoryHandle {
    /// The most that a file of ours could hold; what is larger is not ours.
    private static let maximumBytes = 16 << 20

    /// The file `name`, or nil when there is none.
    ///
    /// - Throws: A `Fault` when it is no regular file, cannot be read or is larger than 16 MiB.
    func file(_ name: String) throws(Fault) -> FoundFile? {
        // Without O_NONBLOCK a pipe somebody planted would hold us up.
        let opened = openat(descriptor, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
        guard opened >= 0 else {
            switch errno {
            case ENOENT: return nil
            case ELOOP: throw .planted(path(of: name), is: "a symbolic link")
            case ENXIO: throw .planted(path(of: name), is: "a socket")
            default: throw .system("read", path(of: name))
            }
        }
        defer { close(opened) }
        var status = stat()
        guard fstat(opened, &status) == 0 else { throw .system("look at", path(of: name)) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw .planted(path(of: name), is: try kind(of: name) ?? "a directory")
        }
        guard status.st_size <= Self.maximumBytes else {
            throw .planted(path(of: name), is: "larger than any file of Runegate")
        }
        return FoundFile(
            contents: try Self.readAll(opened, path: path(of: name)),
            mode: UInt16(status.st_mode & 0o7777),
            owner: FileOwner(userID: status.st_uid, groupID: status.st_gid))
    }

    private static func readAll(_ descriptor: Int32, path: String) throws(Fault) -> [UInt8] {
        var contents: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = chunk.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .system("read", path) }
            guard count > 0 else { return contents }
            contents += chunk[..<count]
        }
    }

    /// Writes a new file, its owner and mode before the first byte, durably.
    ///
    /// A leftover of that name is removed first. When it fails nothing of that name remains.
    func write(_ contents: [UInt8], as name: String, mode: UInt16, owner: FileOwner) throws(Fault) {
        try remove(name)
        let opened = openat(
            descriptor, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode_t(0o600))
        guard opened >= 0 else { throw .system("write", path(of: name)) }
        defer { close(opened) }
        do throws(Fault) {
            try owner.give(to: opened, path: path(of: name))
            guard fchmod(opened, mode_t(mode)) == 0 else { throw .system("set the mode of", path(of: name)) }
            try Self.writeAll(contents, to: opened, path: path(of: name))
            guard fsync(opened) == 0 else { throw .system("write", path(of: name)) }
        } catch {
            unlinkat(descriptor, name, 0)
            throw error
        }
    }

    private static func writeAll(_ contents: [UInt8], to descriptor: Int32, path: String) throws(Fault) {
        var rest = contents[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw .system("write", path, count == 0 ? ENOSPC : errno) }
            rest = rest.dropFirst(count)
        }
    }
}
