// What a run would do, for people and for programs. Secrets are never in it.

/// The list of changes in words.
package struct ChangeListing: Sendable {
    let changes: [FileChange]

    package init(_ changes: [FileChange]) {
        self.changes = changes
    }

    /// One line a file: what happens to it, and its path.
    package var lines: [String] {
        changes.map { change in
            let word = change.kind.word.padding(to: 9)
            return "  \(word) \(change.path)" + (change.note.map { "  (\($0))" } ?? "")
        }
    }

    /// The counts, such as "3 new, 12 same".
    package var summary: String {
        let counts = FileChange.Kind.allCases.compactMap { kind -> String? in
            let count = changes.count { $0.kind == kind }
            return count > 0 ? "\(count) \(kind.word)" : nil
        }
        return counts.isEmpty ? "nothing" : counts.joined(separator: ", ")
    }

    /// Each changed file as `diff -u` shows it; a secret one is only named.
    package var differences: [String] {
        changes.filter(\.isWork).flatMap { change -> [String] in
            let head = [
                "--- \(change.found == nil ? "/dev/null" : change.path)",
                "+++ \(change.planned == nil ? "/dev/null" : change.path)",
            ]
            guard !change.isSecret else { return head + ["@@ (hidden: it holds secrets) @@"] }
            let difference = LineDifference(
                old: change.found?.contents ?? [], new: change.planned?.contents ?? [])
            return head + difference.unified().map(Self.printable)
        }
    }

    /// A file edited by hand may hold what would steer a terminal.
    private static func printable(_ line: String) -> String {
        String(
            String.UnicodeScalarView(
                line.unicodeScalars.map { scalar in
                    let isControl = scalar.properties.generalCategory == .control && scalar != "\t"
                    return isControl ? "\u{FFFD}" : scalar
                }))
    }

    /// The same with stable keys.
    package struct Entry: Codable, Sendable, Hashable {
        package let path: String
        package let change: String
        package let mode: String?
        package let note: String?
    }

    package var entries: [Entry] {
        changes.map { change in
            Entry(
                path: change.path, change: change.kind.rawValue,
                mode: change.planned.map { Self.octal($0.mode) }, note: change.note)
        }
    }

    static func octal(_ mode: UInt16) -> String {
        let digits = String(mode, radix: 8)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }
}

extension FileChange.Kind {
    /// As the list says it.
    var word: String {
        switch self {
        case .same: "same"
        case .new: "new"
        case .changed, .editedReplaced: "changed"
        case .edited, .left: "edited"
        case .foreign: "in the way"
        case .takenOver: "taken"
        case .removed: "removed"
        }
    }
}

extension FileChange {
    /// What the word alone does not say.
    var note: String? {
        switch kind {
        case .same, .new, .removed: nil
        case .changed:
            if let found, let planned, found.contents == planned.contents {
                found.mode == planned.mode
                    ? "owner only"
                    : "mode \(ChangeListing.octal(found.mode)) becomes \(ChangeListing.octal(planned.mode))"
            } else {
                nil
            }
        case .edited: "by hand; stays. --restore-edited puts the rendered one back"
        case .left: "by hand; not needed any more, stays"
        case .editedReplaced: "was edited by hand; kept as \(ProvisionPaths.kept(path)).edited"
        case .foreign: "not Runegate's; --take-over replaces it and keeps it for --uninstall"
        case .takenOver: "was not Runegate's; kept as \(ProvisionPaths.kept(path))"
        }
    }
}

extension String {
    /// With blanks behind it up to `width` characters.
    fileprivate func padding(to width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - count))
    }
}
