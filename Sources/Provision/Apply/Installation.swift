package import GateModel
import Glibc

/// What is installed in a tree: read, compared, changed.
package struct Installation {
    /// The machine's own, or one below `--root DIR`.
    package let tree: TargetTree
    let names: OwnerNames

    /// - Parameters:
    ///   - tree: The machine's own, or one below `--root DIR`.
    ///   - names: Who owns the files.
    package init(in tree: TargetTree, names: OwnerNames) {
        self.tree = tree
        self.names = names
    }

    package func manifest() throws(Fault) -> Manifest? { try Manifest.read(in: tree) }

    /// The file as it is now.
    package func file(_ path: String) throws(Fault) -> FoundFile? { try tree.file(path) }

    /// How far an interrupted run came; nil when none was.
    package func interruptedRun() throws(Fault) -> Recovery? {
        guard let records = try tree.directory(ProvisionPaths.directory),
            let (_, phase) = try Journal.left(in: records)
        else { return nil }
        return phase == .committing ? .finished : .undone
    }

    /// What a run would do, file by file: the planned ones in their order, then those that have no use any more.
    package func changes(to plan: Plan, rules: ChangeRules = ChangeRules()) throws(Fault) -> [FileChange] {
        let manifest = try manifest() ?? Manifest()
        var changes: [FileChange] = []
        for planned in plan.files {
            let owner = try owner(of: planned)
            changes.append(
                rules.change(
                    planned, found: try tree.file(planned.path), installed: manifest.files[planned.path],
                    owner: owner))
        }
        let planned = Set(plan.files.map(\.path))
        for (path, installed) in manifest.files.sorted(by: { $0.key < $1.key }) where !planned.contains(path)
        {
            guard let removal = rules.removal(of: path, found: try tree.file(path), installed: installed)
            else { continue }
            changes.append(removal)
        }
        return changes
    }

    /// The owner by number.
    ///
    /// Before the first run of a machine its users may be missing: then only a comparison is wanted, and there is
    /// nothing to compare.
    private func owner(of file: PlannedFile) throws(Fault) -> FileOwner {
        FileOwner(userID: names.user(file.user), groupID: names.group(file.group))
    }

    /// Takes the right to write, and finishes or undoes what an interrupted run left.
    ///
    /// - Throws: Why not; directories that were made for it are gone again.
    package func beginWriting() throws(Fault) -> InstallationWriter {
        var made: [String] = []
        do throws(Fault) {
            let lock = try Fault.beforeWriting { () throws(Fault) in try takeLock(&made) }
            let recovery = try Recovery.run(in: tree, records: lock.records)
            return InstallationWriter(installation: self, lock: lock, made: made, recovery: recovery)
        } catch {
            if made.contains(ProvisionPaths.directory) {
                try? tree.directory(ProvisionPaths.directory)?.remove(RecordLock.name)
            }
            tree.removeEmptyDirectories(made)
            throw error
        }
    }

    private func takeLock(_ made: inout [String]) throws(Fault) -> RecordLock {
        try makeRecordDirectories(&made)
        guard let records = try tree.directory(ProvisionPaths.directory) else {
            throw .system("open", ProvisionPaths.directory, ENOENT)
        }
        return try RecordLock.take(in: records)
    }

    /// Makes the directory of the records, which the journal needs before anything else can be undone.
    private func makeRecordDirectories(_ made: inout [String]) throws(Fault) {
        for path in try tree.missingDirectories(above: ProvisionPaths.lock) {
            let place = try tree.place(of: path)
            _ = try place.directory.makeDirectory(
                place.name, mode: path == ProvisionPaths.directory ? 0o700 : 0o755,
                owner: try names.owner(user: "root", group: "root"))
            made.append(path)
        }
    }
}
