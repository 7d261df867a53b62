package import GateModel

extension Installation {
    /// What this machine remembers of its join; nil before.
    package func joinedBox() throws(Fault) -> BoxState? {
        guard try tree.directory(ProvisionPaths.directory) != nil else { return nil }
        return try RecordFiles(in: tree).state()
    }

    /// Makes the place where a join is remembered, and notes what was made for `--uninstall`.
    package func openBoxRecords() throws(Fault) -> RecordFiles {
        let writer = try beginWriting()
        if try manifest() == nil {
            try writer.apply(Plan(machine: .aibox, files: [], units: []), changes: [], checks: NoChecks())
        }
        return try RecordFiles(in: tree)
    }

    /// Takes that place away again after a join that came to nothing.
    package func closeUnusedBoxRecords() throws(Fault) {
        guard try joinedBox() == nil, try manifest()?.files.isEmpty == true else { return }
        _ = try beginWriting().uninstall(removesEdited: false)
    }

    /// Refuses before the join what the writing would refuse after it, when the code is used up.
    package func refuseForeign(_ changes: [FileChange]) throws(Fault) {
        let foreign = changes.filter { $0.kind == .foreign }.map(\.path)
        guard !foreign.isEmpty else { return }
        throw Fault.foreignFiles(foreign).nothingChanged
    }
}
