package import GateModel
import Glibc

/// A user and a group by number, as files carry them.
package struct FileOwner: Sendable, Hashable {
    /// Nil: left to whoever runs this.
    package let userID: UInt32?
    package let groupID: UInt32?

    package init(userID: UInt32?, groupID: UInt32?) {
        self.userID = userID
        self.groupID = groupID
    }

    /// Sets the owner of an open file.
    func give(to descriptor: Int32, path: String) throws(Fault) {
        guard userID != nil || groupID != nil else { return }
        // -1 leaves that one alone (chown(2)).
        guard fchown(descriptor, userID ?? .max, groupID ?? .max) == 0 else {
            throw .system("give away", path)
        }
    }

    /// Whether a file of `other` needs no change of owner.
    func matches(_ other: FileOwner) -> Bool {
        (userID == nil || userID == other.userID) && (groupID == nil || groupID == other.groupID)
    }
}

/// How names of users and groups become numbers.
package struct OwnerNames: Sendable {
    package let user: @Sendable (String) -> UInt32?
    package let group: @Sendable (String) -> UInt32?
    /// Whether a name that nobody bears is a mistake.
    package let mustExist: Bool

    package init(
        user: @escaping @Sendable (String) -> UInt32?, group: @escaping @Sendable (String) -> UInt32?,
        mustExist: Bool
    ) {
        self.user = user
        self.group = group
        self.mustExist = mustExist
    }

    /// Those of this machine's databases.
    package static let ofThisMachine = OwnerNames(
        user: { name in getpwnam(name)?.pointee.pw_uid },
        group: { name in getgrnam(name)?.pointee.gr_gid },
        mustExist: true)

    /// Everything stays with whoever runs this: for a tree that is not this machine.
    package static let leftAlone = OwnerNames(user: { _ in nil }, group: { _ in nil }, mustExist: false)

    package func owner(user: String, group: String) throws(Fault) -> FileOwner {
        let owner = FileOwner(userID: self.user(user), groupID: self.group(group))
        guard !mustExist || owner.userID != nil && owner.groupID != nil else {
            throw Fault(
                code: "provision-no-such-user", problem: "This machine has no user or group \(user):\(group)",
                remedy: "Make them with `systemd-sysusers`, then run the same command again.")
        }
        return owner
    }
}
