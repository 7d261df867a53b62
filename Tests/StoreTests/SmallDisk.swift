import Glibc

/// A file system of its own in memory, to fill up and to make read-only.
struct SmallDisk {
    struct MountFailed: Error {
        let number: Int32
    }

    let path: String
    private let options: String

    init(at path: String, size: String) throws {
        self.path = path
        self.options = "size=\(size)"
        mkdir(path, 0o700)
        guard mount("tmpfs", path, "tmpfs", 0, options) == 0 else { throw MountFailed(number: errno) }
    }

    func unmount() {
        umount2(path, Int32(MNT_DETACH))
    }

    func remount(readOnly: Bool) throws {
        let flags = UInt(MS_REMOUNT) | (readOnly ? UInt(MS_RDONLY) : 0)
        guard mount("tmpfs", path, "tmpfs", flags, options) == 0 else { throw MountFailed(number: errno) }
    }
}
