import GateModel
import Glibc

/// An open directory: what is in it is reached by one name, never through a symbolic link.
///
/// A path is looked up once, component by component; whoever swaps a component afterwards changes nothing.
package final class DirectoryHandle: Sendable {
    let descriptor: Int32
    /// Where it is, for messages.
    package let path: String

    init(owning descriptor: Int32, path: String) {
        self.descriptor = descriptor
        self.path = path
    }

    deinit {
        close(descriptor)
    }

    /// The path of `name` in this directory, for messages.
    func path(of name: String) -> String {
        path.hasSuffix("/") ? path + name : "\(path)/\(name)"
    }

    /// The directory `name`, or nil when there is none.
    ///
    /// - Throws: A `Fault` when it is no directory, is a symbolic link, or others may write to it.
    func directory(_ name: String) throws(Fault) -> DirectoryHandle? {
        let opened = openat(descriptor, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard opened >= 0 else {
            switch errno {
            case ENOENT: return nil
            case ELOOP, ENOTDIR: throw .planted(path(of: name), is: try kind(of: name) ?? "no directory")
            default: throw .system("open", path(of: name))
            }
        }
        let directory = DirectoryHandle(owning: opened, path: path(of: name))
        try directory.refuseOthers()
        return directory
    }

    /// Refuses a directory in which somebody but root (or whoever runs this) could exchange files under us.
    func refuseOthers() throws(Fault) {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .system("look at", path) }
        guard status.st_uid == 0 || status.st_uid == geteuid() else {
            throw .planted(path, is: "a directory of another user (number \(status.st_uid))")
        }
        guard status.st_mode & S_IWOTH == 0 else {
            throw .planted(path, is: "a directory that everybody may write to")
        }
    }

    /// What `name` is, in words, when it is neither a regular file nor a directory; nil otherwise.
    func kind(of name: String) throws(Fault) -> String? {
        var status = stat()
        guard fstatat(descriptor, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else {
            throw .system("look at", path(of: name))
        }
        return switch status.st_mode & S_IFMT {
        case S_IFLNK: "a symbolic link"
        case S_IFREG: nil
        case S_IFDIR: nil
        case S_IFIFO: "a pipe"
        case S_IFSOCK: "a socket"
        default: "a device"
        }
    }

    /// Makes the directory `name` with that mode and owner, durably.
    func makeDirectory(_ name: String, mode: UInt16, owner: FileOwner) throws(Fault) -> DirectoryHandle {
        guard mkdirat(descriptor, name, 0o700) == 0 else { throw .system("make", path(of: name)) }
        do throws(Fault) {
            guard let made = try directory(name) else { throw .system("open", path(of: name), ENOENT) }
            try owner.give(to: made.descriptor, path: made.path)
            guard fchmod(made.descriptor, mode_t(mode)) == 0 else { throw .system("make", made.path) }
            try sync()
            return made
        } catch {
            unlinkat(descriptor, name, AT_REMOVEDIR)
            throw error
        }
    }

    /// Makes renames and removals in this directory durable.
    func sync() throws(Fault) {
        guard fsync(descriptor) == 0 else { throw .system("write", path) }
    }

    /// Whether there is anything called `name`.
    func exists(_ name: String) throws(Fault) -> Bool {
        var status = stat()
        if fstatat(descriptor, name, &status, AT_SYMLINK_NOFOLLOW) == 0 { return true }
        // Any other error must not pass for "no": what is undone and what is finished hang on the answer.
        guard errno == ENOENT else { throw .system("look at", path(of: name)) }
        return false
    }

    /// Puts `old` in the place of `new`, at once.
    func rename(_ old: String, to new: String) throws(Fault) {
        guard renameat(descriptor, old, descriptor, new) == 0 else {
            throw .system("put in place", path(of: new))
        }
    }

    /// Gives the file `name` a second name.
    func link(_ name: String, as second: String) throws(Fault) {
        guard linkat(descriptor, name, descriptor, second, 0) == 0 else {
            throw .system("keep the old", path(of: name))
        }
    }

    /// Removes the file `name`; it may be gone already.
    func remove(_ name: String) throws(Fault) {
        guard unlinkat(descriptor, name, 0) == 0 || errno == ENOENT else {
            throw .system("remove", path(of: name))
        }
    }

    /// Removes the directory `name` when it is there and empty.
    ///
    /// - Returns: Whether it is gone.
    func removeDirectory(_ name: String) -> Bool {
        unlinkat(descriptor, name, AT_REMOVEDIR) == 0 || errno == ENOENT
    }
}
