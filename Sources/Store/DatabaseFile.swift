import Glibc

/// The database's files on disk: made with the right mode, told apart, and set aside when broken.
struct DatabaseFile {
    let directory: String

    var path: String { directory + "/runegate.db" }

    /// What makes two files of one path different files.
    struct Identity: Equatable {
        let device: UInt64
        let inode: UInt64
    }

    /// A system call that failed, with `errno`.
    struct SystemError: Error {
        let action: String
        let number: Int32
    }

    /// Makes directory and file where they are missing, for this user only.
    ///
    /// SQLite would make the file with the process's mask; its companions take over the file's mode.
    func prepare() throws(SystemError) {
        try makeDirectories()
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw SystemError(action: "open \(path)", number: errno) }
        defer { close(descriptor) }
        guard fchmod(descriptor, 0o600) == 0 else {
            throw SystemError(action: "set the mode of \(path)", number: errno)
        }
    }

    /// The file's identity, or nil when nothing is at the path.
    func identity() -> Identity? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        return Identity(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
    }

    /// Makes the entries of the directory durable: a new file, or a new name.
    func synchronizeDirectory() {
        let descriptor = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }

    /// Renames the file and its companions to `runegate.db.corrupt-<unix seconds>`, and returns that path.
    func setAside(unixSeconds: Int64) throws(SystemError) -> String {
        var target = "\(path).corrupt-\(unixSeconds)"
        var count = 1
        while access(target, F_OK) == 0 {
            count += 1
            target = "\(path).corrupt-\(unixSeconds)-\(count)"
        }
        // The companions first: a new file must never meet the old one's log.
        for suffix in ["-wal", "-shm", ""] {
            guard rename(path + suffix, target + suffix) == 0 || errno == ENOENT else {
                throw SystemError(action: "rename \(path)\(suffix)", number: errno)
            }
        }
        synchronizeDirectory()
        return target
    }

    private func makeDirectories() throws(SystemError) {
        var partial = directory.hasPrefix("/") ? "" : "."
        for component in directory.split(separator: "/") {
            partial += "/" + component
            guard mkdir(partial, 0o700) == 0 || errno == EEXIST || access(partial, F_OK) == 0 else {
                throw SystemError(action: "make \(partial)", number: errno)
            }
        }
    }
}
