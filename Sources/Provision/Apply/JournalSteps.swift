import GateModel

/// The steps of a journal, each of which may be taken again after an interruption at any point.
struct JournalSteps {
    let journal: Journal
    let tree: TargetTree
    let records: DirectoryHandle

    // MARK: Forward

    /// Puts every new file in the place of the old one, and removes what shall go.
    func putInPlace() throws(Fault) {
        for step in journal.steps {
            guard let place = try place(of: step) else { continue }
            if step.sha256 == nil {
                // Without the second name the step was finished, and what is there now is somebody else's.
                guard try place.directory.exists(ProvisionPaths.replaced(place.name)) else { continue }
                try place.directory.remove(place.name)
            } else if try place.directory.exists(ProvisionPaths.staged(place.name)) {
                try place.directory.rename(ProvisionPaths.staged(place.name), to: place.name)
            }
        }
        for step in journal.steps { try place(of: step)?.directory.sync() }
    }

    /// Nil when the step was finished before: its file is removed, and its directory, which nothing else is in, too.
    private func place(
        of step: Journal.Step
    ) throws(Fault) -> (directory: DirectoryHandle, name: String)? {
        step.sha256 == nil ? try tree.placeIfThere(of: step.path) : try tree.place(of: step.path)
    }

    /// Drops the old files; the new set is in place.
    func cleanUp() throws(Fault) {
        do throws(Fault) {
            for step in journal.steps where step.replaces {
                guard let place = try place(of: step) else { continue }
                try place.directory.remove(ProvisionPaths.replaced(place.name))
            }
            try removeDirectories(journal.removes)
            try Journal.end(.committing, in: records)
        } catch {
            throw Fault(
                code: error.code,
                problem:
                    "The new files are in place, but the old ones are still beside them: \(error.problem)",
                remedy: error.remedy)
        }
    }

    // MARK: Back

    /// Takes the staged files away; nothing had been put in place.
    func abandon() throws(Fault) {
        // An error while the phase changed may have left either name.
        if try records.exists(Journal.Phase.committing.fileName) {
            try records.rename(Journal.Phase.committing.fileName, to: Journal.Phase.staging.fileName)
        }
        for step in journal.steps {
            // A directory that is missing was to be made by this very run.
            guard let place = try tree.placeIfThere(of: step.path) else { continue }
            try place.directory.remove(ProvisionPaths.staged(place.name))
            try place.directory.remove(ProvisionPaths.replaced(place.name))
        }
        try removeDirectories(journal.makes.reversed())
        try Journal.end(.staging, in: records)
    }

    /// Puts the old files back, last one first.
    func putBack() throws(Fault) {
        for step in journal.steps.reversed() {
            let place = try tree.place(of: step.path)
            try putBack(step, name: place.name, in: place.directory)
            try place.directory.sync()
        }
        try removeDirectories(journal.makes.reversed())
        try Journal.end(.returning, in: records)
    }

    private func putBack(_ step: Journal.Step, name: String, in directory: DirectoryHandle) throws(Fault) {
        let staged = ProvisionPaths.staged(name)
        let replaced = ProvisionPaths.replaced(name)
        if step.replaces {
            if try directory.exists(replaced) {
                try directory.rename(replaced, to: name)
                // rename(2) does nothing when both names are the same file: it had not been replaced yet.
                try directory.remove(replaced)
            }
        } else if let found = try directory.file(name), Manifest.Entry.digest(found.contents) == step.sha256 {
            try directory.remove(name)
        }
        try directory.remove(staged)
    }

    private func removeDirectories(_ paths: [String]) throws(Fault) {
        for path in paths {
            let (parentPath, name) = try TargetTree.split(path)
            guard let parent = try tree.directory(parentPath) else { continue }
            if parent.removeDirectory(name) { try parent.sync() }
        }
    }

    /// Runs `undo` and throws the error that made it necessary, with what is in place now.
    func settle(after error: Fault, undo: () throws(Fault) -> Void) throws(Fault) -> Never {
        do throws(Fault) {
            try undo()
        } catch let second {
            throw Fault(
                code: error.code,
                problem: "\(error.problem). Then the old files could not all be put back: \(second.problem)",
                remedy: "\(second.remedy) That run begins by finishing or undoing this one.")
        }
        throw Fault(
            code: error.code, problem: "\(error.problem). Nothing was changed: the old files are in place",
            remedy: error.remedy)
    }
}

/// What was done about a run that was interrupted.
package enum Recovery: String, Sendable, Hashable {
    /// There was none.
    case nothing
    /// It had not begun to put files in place, or was on its way back: the old set is in place.
    case undone
    /// It had begun to put files in place: the new set is.
    case finished

    /// Brings a tree back to one whole set.
    static func run(in tree: TargetTree, records: DirectoryHandle) throws(Fault) -> Recovery {
        let left = try Fault.beforeWriting { () throws(Fault) in
            try records.remove(Journal.draft)
            return try Journal.left(in: records)
        }
        guard let (journal, phase) = left else { return .nothing }
        let steps = JournalSteps(journal: journal, tree: tree, records: records)
        do throws(Fault) {
            return try run(steps, phase)
        } catch {
            throw Fault(
                code: error.code,
                problem: "An interrupted run could not be finished or undone yet: \(error.problem)",
                remedy: error.remedy)
        }
    }

    private static func run(_ steps: JournalSteps, _ phase: Journal.Phase) throws(Fault) -> Recovery {
        switch phase {
        case .staging:
            try steps.abandon()
            return .undone
        case .returning:
            try steps.putBack()
            return .undone
        case .committing:
            try steps.putInPlace()
            try steps.cleanUp()
            return .finished
        }
    }
}
