// What a run would do to each file, decided from what shall be, what is, and what the last run left.

/// One file's way from what is to what shall be.
package struct FileChange: Sendable, Hashable {
    package let path: String
    package let kind: Kind
    /// What is there; nil when nothing is.
    package let found: FoundFile?
    /// What shall be there; nil when nothing shall.
    package let planned: PlannedFile?

    package enum Kind: String, Sendable, Hashable, CaseIterable {
        /// Nothing is to be done.
        case same
        /// Nothing was there.
        case new
        /// The last run's file gives way to this run's.
        case changed
        /// Edited by hand since; stays, because this run would write there what the last one wrote.
        case edited
        /// Edited by hand since; kept aside, because this run would write there something new.
        case editedReplaced = "edited-replaced"
        /// Somebody else's file, which the run may not touch.
        case foreign
        /// Somebody else's file; kept aside, ours takes its place.
        case takenOver = "taken-over"
        /// The last run's file, which this run has no use for.
        case removed
        /// The last run's file, which this run has no use for, but edited by hand since: stays.
        case left
    }

    /// Whether the run writes or removes anything at this path.
    package var isWork: Bool {
        switch kind {
        case .same, .edited, .foreign, .left: false
        case .new, .changed, .editedReplaced, .takenOver, .removed: true
        }
    }

    /// Whether the contents may not be shown.
    package var isSecret: Bool {
        // Of a file that nobody plans any more only the mode says what it was.
        planned?.isSecret ?? ((found?.mode ?? 0) & 0o004 == 0)
    }

    package init(path: String, kind: Kind, found: FoundFile?, planned: PlannedFile?) {
        self.path = path
        self.kind = kind
        self.found = found
        self.planned = planned
    }
}

/// What a run may do to files that are not as the last run left them.
package struct ChangeRules: Sendable, Hashable {
    /// Files edited by hand are put back as rendered (and kept aside).
    package var restoresEdited = false
    /// Somebody else's files give way (and are kept aside).
    package var takesOver = false

    package init(restoresEdited: Bool = false, takesOver: Bool = false) {
        self.restoresEdited = restoresEdited
        self.takesOver = takesOver
    }

    /// The change of one planned file; `installed` is what the last run wrote there, `owner` the planned one.
    package func change(
        _ planned: PlannedFile, found: FoundFile?, installed: Manifest.Entry?, owner: FileOwner
    ) -> FileChange {
        FileChange(
            path: planned.path, kind: kind(planned, found: found, installed: installed, owner: owner),
            found: found, planned: planned)
    }

    private func kind(
        _ planned: PlannedFile, found: FoundFile?, installed: Manifest.Entry?, owner: FileOwner
    ) -> FileChange.Kind {
        guard let found else { return .new }
        if planned.isSeed || found.contents == planned.contents {
            return found.mode == planned.mode && owner.matches(found.owner) ? .same : .changed
        }
        guard let installed else { return takesOver ? .takenOver : .foreign }
        if installed.matches(found.contents) { return .changed }
        return restoresEdited || !installed.matches(planned.contents) ? .editedReplaced : .edited
    }

    /// The change of a file that the last run wrote and this one does not plan; nil when it is gone already.
    package func removal(
        of path: String, found: FoundFile?, installed: Manifest.Entry, removesEdited: Bool = false
    ) -> FileChange? {
        guard let found else { return nil }
        let isOurs = installed.matches(found.contents)
        return FileChange(
            path: path, kind: isOurs || removesEdited ? .removed : .left, found: found, planned: nil)
    }
}
