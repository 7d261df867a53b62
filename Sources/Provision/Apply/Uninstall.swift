package import GateModel

/// What an uninstall took away, put back and left.
package struct UninstallReport: Sendable, Hashable {
    package var removed: [String] = []
    /// Files that were there before us.
    package var restored: [String] = []
    /// Files of ours that were edited by hand.
    package var left: [String] = []

    package init() {}
}

extension InstallationWriter {
    /// Takes away what was put there, and gives back what gave way; edited files go only when told so.
    package func uninstall(removesEdited: Bool) throws(Fault) -> UninstallReport {
        guard let manifest = try Fault.beforeWriting({ () throws(Fault) in try installation.manifest() })
        else {
            // What an uninstall that was interrupted at its very end did not come to.
            try removeRecords(
                made + ["/etc/runegate", ProvisionPaths.directory].filter { !made.contains($0) })
            return UninstallReport()
        }
        let (transaction, report) = try Fault.beforeWriting { () throws(Fault) in
            try removal(of: manifest, removesEdited: removesEdited)
        }
        try transaction.run(in: installation.tree, records: lock.records, checks: NoChecks())
        try removeRecords(Self.recordDirectories(in: manifest).sorted())
        return report
    }

    private func removeRecords(_ paths: [String]) throws(Fault) {
        removeRecordDirectories(paths)
        // The directory itself stays while files that were edited by hand are kept in it.
        guard (try? installation.file(ProvisionPaths.lock)) != nil else { return }
        throw Fault(
            code: "provision-records-left",
            problem: "Everything is taken away but \(ProvisionPaths.directory), which could not be removed",
            remedy: "See what is in it (`ls -la`), and run the same command again.")
    }

    /// Those of the records, and those above them that were made for them.
    private static func recordDirectories(in manifest: Manifest) -> [String] {
        [ProvisionPaths.directory]
            + manifest.directories.filter { ProvisionPaths.directory.hasPrefix($0 + "/") }
    }

    private func removal(
        of manifest: Manifest, removesEdited: Bool
    ) throws(Fault) -> (Transaction, UninstallReport) {
        var report = UninstallReport()
        var transaction = Transaction()
        for (path, installed) in manifest.files.sorted(by: { $0.key < $1.key }) {
            guard
                let change = ChangeRules().removal(
                    of: path, found: try installation.file(path), installed: installed,
                    removesEdited: removesEdited)
            else { continue }
            guard change.kind == .removed else {
                report.left.append(path)
                continue
            }
            transaction.removals.append(path)
            report.removed.append(path)
        }
        // A join that stopped before its files were written.
        for name in [RecordFiles.box, RecordFiles.pendingJoin] {
            let path = "\(ProvisionPaths.directory)/\(name)"
            guard manifest.files[path] == nil, try installation.file(path) != nil else { continue }
            transaction.removals.append(path)
        }
        try giveBack(manifest.kept, transaction: &transaction, report: &report, removesEdited: removesEdited)
        transaction.removals.append(ProvisionPaths.manifest)
        let records = Self.recordDirectories(in: manifest)
        transaction.emptyDirectories =
            manifest.directories.filter { !records.contains($0) }.sorted().reversed()
        return (transaction, report)
    }

    private func giveBack(
        _ kept: [String: Manifest.Kept], transaction: inout Transaction, report: inout UninstallReport,
        removesEdited: Bool
    ) throws(Fault) {
        for (path, original) in kept.sorted(by: { $0.key < $1.key }) {
            guard let file = try installation.file(path) else { continue }
            guard !original.wasOurs else {
                if removesEdited { transaction.removals.append(path) } else { report.left.append(path) }
                continue
            }
            // Ours was edited and stays, so the one before it cannot come back.
            guard !report.left.contains(original.path) else {
                report.left.append(path)
                continue
            }
            transaction.removals.removeAll { $0 == original.path }
            report.removed.removeAll { $0 == original.path }
            transaction.writes.append(
                .init(
                    path: original.path, contents: file.contents, mode: original.mode,
                    owner: .init(userID: original.userID, groupID: original.groupID)))
            transaction.removals.append(path)
            report.restored.append(original.path)
        }
    }
}
