/// A directory that is made when it is missing and taken away again, when empty, by `--uninstall`.
///
/// A directory that is there already keeps its mode and owner: it may be the distribution's.
package struct PlannedDirectory: Sendable, Hashable {
    /// Absolute, without `.` or `..`.
    package let path: String
    /// Permission bits, such as 0o700.
    package let mode: UInt16
    /// Name of the owning user.
    package let user: String
    /// Name of the owning group.
    package let group: String

    package init(path: String, mode: UInt16 = 0o755, user: String = "root", group: String = "root") {
        self.path = path
        self.mode = mode
        self.user = user
        self.group = group
    }
}
