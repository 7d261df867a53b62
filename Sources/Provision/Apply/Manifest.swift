internal import Cryptography
import Foundation
package import GateModel

/// What the last run put on this machine: what tells a file edited by hand from one that is merely old.
package struct Manifest: Sendable, Hashable, Codable {
    /// By path.
    package var files: [String: Entry]
    /// Directories that were made, from the top down.
    package var directories: [String]
    /// Files that ours took the place of, by the path under which they are kept.
    package var kept: [String: Kept]

    package struct Entry: Sendable, Hashable, Codable {
        /// SHA-256 of the contents, in hexadecimal; nil when they are somebody else's to change.
        package let sha256: String?

        package init(_ file: PlannedFile) {
            self.sha256 = file.isSeed ? nil : Self.digest(file.contents)
        }

        /// Whether a file with these contents was not edited by hand.
        package func matches(_ contents: [UInt8]) -> Bool {
            sha256 == nil || sha256 == Self.digest(contents)
        }

        static func digest(_ contents: [UInt8]) -> String { Hex.encode(SHA256.hash(contents)) }
    }

    /// A file that was there before us, to be put back by `--uninstall`; one of ours that was edited by hand
    /// is only kept.
    package struct Kept: Sendable, Hashable, Codable {
        /// Where it was.
        package let path: String
        package let mode: UInt16
        package let userID: UInt32
        package let groupID: UInt32
        package let wasOurs: Bool
    }

    package init(files: [String: Entry] = [:], directories: [String] = [], kept: [String: Kept] = [:]) {
        self.files = files
        self.directories = directories
        self.kept = kept
    }

    /// Reads the manifest of a tree; nil when nothing was ever installed there.
    package static func read(in tree: TargetTree) throws(Fault) -> Manifest? {
        guard let file = try tree.file(ProvisionPaths.manifest) else { return nil }
        do {
            return try JSONDecoder().decode(Manifest.self, from: Data(file.contents))
        } catch {
            throw Fault(
                code: "provision-manifest-unreadable",
                problem: "\(ProvisionPaths.manifest) is damaged",
                remedy: "Move it away and run with --take-over: what is on the machine is then compared anew."
            )
        }
    }

    /// The same manifest always gives the same bytes.
    package func encoded() -> [UInt8] { JSONBytes.of(self) }
}

/// Records as JSON for people's eyes: indented, keys sorted, the same bytes for the same value.
enum JSONBytes {
    static func of(_ value: some Encodable) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        do {
            return Array(try encoder.encode(value)) + [UInt8(ascii: "\n")]
        } catch {
            // Strings, numbers, lists and tables only: there is nothing that JSON lacks.
            preconditionFailure("a record that is no JSON: \(error)")
        }
    }
}
