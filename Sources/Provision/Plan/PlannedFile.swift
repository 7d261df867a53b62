/// One file as it shall be on the machine: what renderers make, and what is compared, written and verified.
package struct PlannedFile: Sendable, Hashable {
    /// Absolute, without `.` or `..`.
    package let path: String
    package let contents: [UInt8]
    /// Permission bits, such as 0o600.
    package let mode: UInt16
    /// Name of the owning user.
    package let user: String
    /// Name of the owning group.
    package let group: String
    /// Whether its contents must never be shown: a difference in it is told without its lines.
    package let isSecret: Bool
    /// Whether only its first contents are planned: written when it is missing, somebody else's to change from
    /// then on, taken away by `--uninstall` whatever it holds.
    package let isSeed: Bool

    package init(
        path: String, contents: [UInt8], mode: UInt16 = 0o644, user: String = "root", group: String = "root",
        isSecret: Bool = false, isSeed: Bool = false
    ) {
        self.path = path
        self.contents = contents
        self.mode = mode
        self.user = user
        self.group = group
        self.isSecret = isSecret
        self.isSeed = isSeed
    }

    package init(
        path: String, text: String, mode: UInt16 = 0o644, user: String = "root", group: String = "root",
        isSecret: Bool = false, isSeed: Bool = false
    ) {
        self.init(
            path: path, contents: Array(text.utf8), mode: mode, user: user, group: group, isSecret: isSecret,
            isSeed: isSeed)
    }
}
