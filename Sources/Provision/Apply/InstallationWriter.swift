package import GateModel

/// The right to change what is installed; it ends with this value.
package struct InstallationWriter {
    let installation: Installation
    let lock: RecordLock
    /// Directories of the records that were made just now, from the top down.
    let made: [String]
    /// What was done about an interrupted run.
    package let recovery: Recovery

    private var tree: TargetTree { installation.tree }

    /// Puts the planned set in place, whole or not at all, and remembers it.
    ///
    /// `changes` is what ``Installation/changes(to:rules:)`` said under the same lock.
    ///
    /// - Returns: Whether anything was written.
    /// - Throws: Why it failed, and which set is in place now.
    @discardableResult
    package func apply(_ plan: Plan, changes: [FileChange], checks: any SetChecks) throws(Fault) -> Bool {
        do throws(Fault) {
            let old = try Fault.beforeWriting { () throws(Fault) in try installation.manifest() }
            guard
                let transaction = try Fault.beforeWriting({ () throws(Fault) in
                    try transaction(for: plan, changes: changes, old: old)
                })
            else { return false }
            try transaction.run(in: tree, records: lock.records, checks: checks)
            return true
        } catch {
            // With a manifest the new set is in place, or an older one.
            if (try? installation.manifest()) == nil { abandon() }
            throw error
        }
    }

    /// What has to be done; nil when nothing has.
    private func transaction(
        for plan: Plan, changes: [FileChange], old: Manifest?
    ) throws(Fault) -> Transaction? {
        try refuseForeign(changes)
        var transaction = Transaction()
        var manifest = old ?? Manifest()
        for change in changes { try add(change, to: &transaction, manifest: &manifest) }
        manifest.directories += made.filter { !manifest.directories.contains($0) }
        try addDirectories(of: plan, to: &transaction, manifest: &manifest)
        guard !transaction.isEmpty || manifest != old else { return nil }
        transaction.writes.append(
            .init(
                path: ProvisionPaths.manifest, contents: manifest.encoded(), mode: 0o600,
                owner: try installation.names.owner(user: "root", group: "root")))
        return transaction
    }

    private func refuseForeign(_ changes: [FileChange]) throws(Fault) {
        let foreign = changes.filter { $0.kind == .foreign }.map(\.path)
        guard !foreign.isEmpty else { return }
        throw .foreignFiles(foreign)
    }

    private func add(
        _ change: FileChange, to transaction: inout Transaction, manifest: inout Manifest
    ) throws(Fault) {
        if change.kind == .editedReplaced || change.kind == .takenOver, let found = change.found {
            try keep(found, of: change, in: &transaction, manifest: &manifest)
        }
        switch change.kind {
        case .edited, .foreign, .left: break
        case .removed:
            transaction.removals.append(change.path)
            manifest.files[change.path] = nil
        case .same, .new, .changed, .editedReplaced, .takenOver:
            guard let planned = change.planned else { break }
            manifest.files[change.path] = .init(planned)
            guard change.isWork else { break }
            let owner = try installation.names.owner(user: planned.user, group: planned.group)
            transaction.writes.append(
                .init(
                    path: planned.path,
                    // A seed that has only the wrong mode keeps what it has become.
                    contents: planned.isSeed ? change.found?.contents ?? planned.contents : planned.contents,
                    mode: planned.mode, owner: owner))
        }
    }

    private func keep(
        _ found: FoundFile, of change: FileChange, in transaction: inout Transaction, manifest: inout Manifest
    ) throws(Fault) {
        let wasOurs = change.kind == .editedReplaced
        let path = ProvisionPaths.kept(change.path) + (wasOurs ? ".edited" : "")
        manifest.kept[path] = .init(
            path: change.path, mode: found.mode, userID: found.owner.userID ?? 0,
            groupID: found.owner.groupID ?? 0, wasOurs: wasOurs)
        transaction.writes.append(
            .init(
                path: path, contents: found.contents, mode: 0o600,
                owner: try installation.names.owner(user: "root", group: "root")))
    }

    /// Directories that are missing, as the plan wants them or as everybody does; those that were made earlier
    /// and hold nothing of the plan any more go.
    private func addDirectories(
        of plan: Plan, to transaction: inout Transaction, manifest: inout Manifest
    ) throws(Fault) {
        let wanted = Dictionary(plan.directories.map { ($0.path, $0) }) { first, _ in first }
        var missing: Set<String> = []
        for path in transaction.writes.map(\.path) + plan.directories.map({ $0.path + "/." }) {
            // The last component only stands for "something in it".
            let inside = path.hasSuffix("/.") ? String(path.dropLast()) + "entry" : path
            missing.formUnion(try tree.missingDirectories(above: inside))
        }
        for path in missing.sorted() {
            let plain = PlannedDirectory(path: path, mode: path == ProvisionPaths.kept ? 0o700 : 0o755)
            let directory = wanted[path] ?? plain
            transaction.directories.append(
                .init(
                    path: path, mode: directory.mode,
                    owner: try installation.names.owner(user: directory.user, group: directory.group)))
        }
        manifest.directories += missing.sorted().filter { !manifest.directories.contains($0) }
        let used =
            plan.files.map(\.path) + plan.directories.map { $0.path + "/" } + manifest.kept.keys
            + manifest.files.keys + [ProvisionPaths.manifest]
        let unused = manifest.directories.filter { directory in
            !used.contains { $0.hasPrefix(directory + "/") }
        }
        transaction.emptyDirectories = unused.sorted().reversed()
        manifest.directories.removeAll { unused.contains($0) }
    }

    /// Takes away what was made for the right to write, when nothing is written after all.
    package func abandon() { removeRecordDirectories(made) }

    func removeRecordDirectories(_ paths: [String]) {
        guard paths.contains(ProvisionPaths.directory) else { return }
        // What only ever stands there while somebody writes.
        for name in [
            RecordLock.name, Journal.draft, ".\(RecordFiles.enrolment).lock", ".\(RecordFiles.enrolment).new",
            BoxLock.name, ".\(RecordFiles.box).new", ".\(RecordFiles.pendingJoin).new",
        ] {
            try? lock.records.remove(name)
        }
        tree.removeEmptyDirectories(paths)
    }
}

extension Fault {
    static func foreignFiles(_ paths: [String]) -> Fault {
        Fault(
            code: "provision-foreign-file",
            problem:
                "Not Runegate's, but in the way: \(paths.joined(separator: ", "))",
            remedy: """
                Move \(paths.count == 1 ? "it" : "them") away, or run the same command with --take-over: what is \
                there is then kept in \(ProvisionPaths.kept) and put back by --uninstall.
                """)
    }
}
