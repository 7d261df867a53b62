import Foundation
import GateModel

/// Every step of one run, written down before the first: what a later run needs to finish or undo it.
///
/// It is written once. How far the run came is the journal's *name*, because a rename needs no room on the disk
/// and happens at once.
struct Journal: Hashable, Codable {
    var steps: [Step]
    /// Directories that the run makes, from the top down.
    var makes: [String]
    /// Directories that go when the run is done, from the bottom up.
    var removes: [String]

    struct Step: Hashable, Codable {
        let path: String
        /// SHA-256 of the new contents; nil when the file is removed.
        let sha256: String?
        /// Whether there was a file, which the run gives a second name.
        let replaces: Bool
    }

    enum Phase: String, CaseIterable {
        /// New files are written beside the old. The next run takes them away.
        case staging
        /// All are written; they are being put in place. The next run finishes.
        case committing
        /// Something failed while they were put in place. The next run goes on putting the old ones back.
        case returning

        var fileName: String { "journal-\(rawValue)" }
    }

    /// The journal before it is whole; it says nothing yet.
    static let draft = "journal-draft"

    /// The journal that an interrupted run left in the record directory, and how far that run came.
    static func left(in records: DirectoryHandle) throws(Fault) -> (journal: Journal, phase: Phase)? {
        for phase in Phase.allCases {
            guard let file = try records.file(phase.fileName) else { continue }
            do {
                return (try JSONDecoder().decode(Journal.self, from: Data(file.contents)), phase)
            } catch {
                throw Fault(
                    code: "provision-journal-unreadable",
                    problem: "\(records.path(of: phase.fileName)) is damaged",
                    remedy: "Look at the files it names, then remove it and run the same command again.")
            }
        }
        return nil
    }

    /// Writes the journal; from here on the next run can undo what this one began.
    func begin(in records: DirectoryHandle) throws(Fault) {
        let mine = FileOwner(userID: nil, groupID: nil)
        try records.write(JSONBytes.of(self), as: Self.draft, mode: 0o600, owner: mine)
        do throws(Fault) {
            try records.rename(Self.draft, to: Phase.staging.fileName)
            try records.sync()
        } catch {
            try? records.remove(Self.draft)
            try? records.remove(Phase.staging.fileName)
            throw error
        }
    }

    /// Says durably that the run is a phase further.
    static func advance(from old: Phase, to new: Phase, in records: DirectoryHandle) throws(Fault) {
        try records.rename(old.fileName, to: new.fileName)
        try records.sync()
    }

    /// Says durably that nothing is left to finish or undo.
    static func end(_ phase: Phase, in records: DirectoryHandle) throws(Fault) {
        try records.remove(phase.fileName)
        try records.sync()
    }
}
