package import GateModel
import Glibc

/// The tree that is written to: the machine's own, or one below `--root DIR`.
package struct TargetTree: Sendable {
    package let root: DirectoryHandle

    /// Opens the root; the path to it is the user's word and may lead through symbolic links.
    ///
    /// - Throws: A `Fault` when it is no directory or others may write to it.
    package init(root path: String) throws(Fault) {
        let opened = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard opened >= 0 else { throw .system("open", path) }
        self.root = DirectoryHandle(owning: opened, path: path)
        try root.refuseOthers()
    }

    /// The directory `path` (absolute within the tree), or nil when it or one above it is missing.
    package func directory(_ path: String) throws(Fault) -> DirectoryHandle? {
        var current = root
        for name in try Self.components(of: path) {
            guard let next = try current.directory(name) else { return nil }
            current = next
        }
        return current
    }

    /// The file `path`, or nil when it is missing.
    package func file(_ path: String) throws(Fault) -> FoundFile? {
        let place = try Self.split(path)
        return try directory(place.directory)?.file(place.name)
    }

    /// The file's directory, which must be there, and its name.
    func place(of path: String) throws(Fault) -> (directory: DirectoryHandle, name: String) {
        let place = try Self.split(path)
        guard let directory = try directory(place.directory) else {
            throw .system("open", place.directory, ENOENT)
        }
        return (directory, place.name)
    }

    /// The file's directory and its name; nil when the directory is not there.
    func placeIfThere(of path: String) throws(Fault) -> (directory: DirectoryHandle, name: String)? {
        let place = try Self.split(path)
        return try directory(place.directory).map { ($0, place.name) }
    }

    /// The directories above `path` that are missing, from the top down.
    func missingDirectories(above path: String) throws(Fault) -> [String] {
        var current: DirectoryHandle? = root
        var walked = ""
        var missing: [String] = []
        for name in try Self.components(of: path).dropLast() {
            walked += "/" + name
            current = try current?.directory(name)
            if current == nil { missing.append(walked) }
        }
        return missing
    }

    /// Removes those of the directories (named from the top down) that are empty; what cannot be removed stays.
    func removeEmptyDirectories(_ paths: [String]) {
        for path in paths.reversed() {
            guard let place = try? Self.split(path), let parent = try? directory(place.directory) else {
                return
            }
            _ = parent.removeDirectory(place.name)
        }
    }

    /// Directory and last component of an absolute path.
    static func split(_ path: String) throws(Fault) -> (directory: String, name: String) {
        let components = try Self.components(of: path)
        guard let name = components.last else { throw .unplainPath(path) }
        return ("/" + components.dropLast().joined(separator: "/"), name)
    }

    /// The names between the slashes; `.`, `..` and doubled slashes are mistakes of ours, not spellings.
    private static func components(of path: String) throws(Fault) -> [String] {
        guard path.hasPrefix("/"), !path.utf8.contains(0) else { throw .unplainPath(path) }
        if path == "/" { return [] }
        let names = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard !names.contains(where: { ["", ".", ".."].contains($0) }) else { throw .unplainPath(path) }
        return names
    }
}

extension Fault {
    fileprivate static func unplainPath(_ path: String) -> Fault {
        Fault(
            code: "provision-path-refused", problem: "\"\(path)\" is no plain absolute path",
            remedy: "Report this: it is a mistake in Runegate.")
    }
}
