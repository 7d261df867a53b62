import FoundationEssentials
package import GateModel
import Glibc

/// The files in which a join is remembered, in the directory of the provisioning's records: root's alone, 0600.
package struct RecordFiles: Sendable {
    /// On the VPS: ``EnrollState``.
    package static let enrolment = ProvisionPaths.enrolment.lastComponent
    /// On the aibox: ``BoxState``.
    package static let box = "box.json"
    /// On the aibox, while a join is under way: ``PendingJoin``.
    package static let pendingJoin = "join.json"

    private let directory: DirectoryHandle

    /// Opens the directory.
    ///
    /// - Throws: When this machine was never provisioned, or the directory is not root's.
    package init(in tree: TargetTree) throws(Fault) {
        guard let directory = try tree.directory(ProvisionPaths.directory) else {
            throw Fault(
                code: "not-provisioned", problem: "\(ProvisionPaths.directory) is not there",
                remedy: "Set this machine up first: sudo runegate provision vps (or aibox).")
        }
        self.directory = directory
    }

    /// What the file holds; nil when there is none.
    package func read<Record: Decodable>(_ type: Record.Type, from name: String) throws(Fault) -> Record? {
        guard let file = try directory.file(name) else { return nil }
        do {
            return try JSONDecoder().decode(type, from: Data(file.contents))
        } catch {
            throw Fault(
                code: "record-unreadable",
                problem: "\(directory.path(of: name)) is damaged or was written by a later Runegate",
                remedy:
                    "Put it back from a backup, or remove it and join again (`runegate provision join --replace`)."
            )
        }
    }

    /// Replaces the file at once and durably: whoever reads sees the old record or the new one.
    package func write(_ record: some Encodable, to name: String) throws(Fault) {
        let staged = ".\(name).new"
        try directory.write(
            JSONBytes.of(record), as: staged, mode: 0o600,
            owner: FileOwner(userID: geteuid(), groupID: getegid()))
        try directory.rename(staged, to: name)
        try directory.sync()
    }

    package func remove(_ name: String) throws(Fault) {
        try directory.remove(name)
        try directory.sync()
    }

    /// Runs `body` while nobody else does so for the same file; waits for its turn.
    package func exclusively<Result>(
        for name: String, _ body: () throws(Fault) -> Result
    ) throws(Fault) -> Result {
        let lock = ".\(name).lock"
        let opened = try openForLocking(lock)
        defer { close(opened) }
        while flock(opened, LOCK_EX) != 0 {
            guard errno == EINTR else { throw .system("lock", directory.path(of: lock)) }
        }
        return try body()
    }

    /// An open descriptor of an empty file that only ever is locked.
    func openForLocking(_ name: String) throws(Fault) -> Int32 {
        let opened = openat(
            directory.descriptor, name, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, mode_t(0o600))
        guard opened >= 0 else { throw .system("open", directory.path(of: name)) }
        return opened
    }
}

extension RecordFiles {
    /// What the VPS remembers; nil before it was provisioned.
    package func enrolment() throws(Fault) -> EnrollState? {
        try read(EnrollState.self, from: Self.enrolment)
    }

    /// Changes what the VPS remembers, and returns what `body` does.
    ///
    /// The file is written only when something changed.
    package func changeEnrolment<Result>(
        _ body: (inout EnrollState) throws(Fault) -> Result
    ) throws(Fault) -> Result {
        try exclusively(for: Self.enrolment) { () throws(Fault) -> Result in
            let old = try read(EnrollState.self, from: Self.enrolment)
            var state = old ?? EnrollState()
            let result = try body(&state)
            if state != old { try write(state, to: Self.enrolment) }
            return result
        }
    }
}

extension RecordFiles: BoxRecords {
    package func state() throws(Fault) -> BoxState? { try read(BoxState.self, from: Self.box) }

    package func store(_ state: BoxState) throws(Fault) { try write(state, to: Self.box) }

    package func pendingJoin() throws(Fault) -> PendingJoin? {
        try read(PendingJoin.self, from: Self.pendingJoin)
    }

    package func store(_ pending: PendingJoin) throws(Fault) { try write(pending, to: Self.pendingJoin) }

    package func removePendingJoin() throws(Fault) { try remove(Self.pendingJoin) }
}

extension String {
    /// What stands behind the last slash.
    fileprivate var lastComponent: String { split(separator: "/").last.map(String.init) ?? self }
}
