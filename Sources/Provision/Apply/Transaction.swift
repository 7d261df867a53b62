import GateModel

/// A set of files that is put in place whole or not at all.
///
/// The new files are written beside the old and made durable, the old ones get a second name, and only then are
/// names exchanged. A ``Journal`` says at every moment how a later run gets back to one whole set.
struct Transaction {
    var directories: [Directory] = []
    var writes: [Write] = []
    /// Paths of files that go.
    var removals: [String] = []
    /// Directories that go when they are empty in the end, from the bottom up.
    var emptyDirectories: [String] = []

    struct Directory {
        let path: String
        let mode: UInt16
        let owner: FileOwner
    }

    struct Write {
        let path: String
        let contents: [UInt8]
        let mode: UInt16
        let owner: FileOwner
    }

    var isEmpty: Bool {
        writes.isEmpty && removals.isEmpty && directories.isEmpty && emptyDirectories.isEmpty
    }

    /// Runs it, if `checks` accept the files before they are put in place and when they are.
    ///
    /// - Throws: Why it failed, and which set is in place now.
    func run(in tree: TargetTree, records: DirectoryHandle, checks: any SetChecks) throws(Fault) {
        let journal = try Fault.beforeWriting { () throws(Fault) in
            let journal = try self.journal(in: tree)
            try journal.begin(in: records)
            return journal
        }
        let steps = JournalSteps(journal: journal, tree: tree, records: records)
        do throws(Fault) {
            try stage(in: tree)
            try checks.staged(
                writes.map { StagedFile(path: $0.path, staged: StagedPath.of($0.path, in: tree)) })
            try keepOld(in: tree, journal: journal)
            try Journal.advance(from: .staging, to: .committing, in: records)
        } catch {
            try steps.settle(after: error) { () throws(Fault) in try steps.abandon() }
        }
        do throws(Fault) {
            try steps.putInPlace()
            try checks.installed()
        } catch {
            try steps.settle(after: error) { () throws(Fault) in
                try Journal.advance(from: .committing, to: .returning, in: records)
                try steps.putBack()
            }
        }
        try steps.cleanUp()
    }

    private func journal(in tree: TargetTree) throws(Fault) -> Journal {
        var steps: [Journal.Step] = []
        for write in writes {
            steps.append(
                .init(
                    path: write.path, sha256: Manifest.Entry.digest(write.contents),
                    replaces: try tree.file(write.path) != nil))
        }
        steps += removals.map { .init(path: $0, sha256: nil, replaces: true) }
        return Journal(steps: steps, makes: directories.map(\.path), removes: emptyDirectories)
    }

    private func stage(in tree: TargetTree) throws(Fault) {
        for directory in directories {
            let place = try tree.place(of: directory.path)
            _ = try place.directory.makeDirectory(place.name, mode: directory.mode, owner: directory.owner)
        }
        for write in writes {
            let place = try tree.place(of: write.path)
            try place.directory.write(
                write.contents, as: ProvisionPaths.staged(place.name), mode: write.mode, owner: write.owner)
        }
    }

    private func keepOld(in tree: TargetTree, journal: Journal) throws(Fault) {
        for step in journal.steps {
            let place = try tree.place(of: step.path)
            if step.replaces {
                try place.directory.remove(ProvisionPaths.replaced(place.name))
                try place.directory.link(place.name, as: ProvisionPaths.replaced(place.name))
            }
            try place.directory.sync()
        }
    }
}

/// Where a file waits until it is put in place, as a path that other programs can open.
private enum StagedPath {
    static func of(_ path: String, in tree: TargetTree) -> String {
        let slash = path.lastIndex(of: "/") ?? path.startIndex
        let name = String(path[path.index(after: slash)...])
        let root = tree.root.path == "/" ? "" : tree.root.path
        return "\(root)\(path[..<slash])/\(ProvisionPaths.staged(name))"
    }
}
