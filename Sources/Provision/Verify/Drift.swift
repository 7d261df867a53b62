package import GateModel

/// One file that is not as the answers give it.
package struct Drift: Codable, Sendable, Hashable {
    package let path: String
    package let kind: Kind

    package enum Kind: String, Codable, Sendable, Hashable {
        case missing
        case contents
        case mode
        case owner
        /// Put here by an earlier run, and of no use any more.
        case superfluous
    }

    package var line: String {
        let what =
            switch kind {
            case .missing: "is missing"
            case .contents: "has other contents"
            case .mode: "has another mode"
            case .owner: "belongs to somebody else"
            case .superfluous: "is not needed any more"
            }
        return "\(path) \(what)"
    }
}

extension Installation {
    /// Every file that is not as `plan` says, or not as it was written.
    ///
    /// The plan follows from the records, so that a record is only held against its digest.
    package func drift(from plan: Plan) throws(Fault) -> [Drift] {
        let installed = try manifest()?.files ?? [:]
        return try changes(to: plan).compactMap { change in
            guard change.kind == .same else { return Drift(path: change.path, kind: Self.kind(of: change)) }
            guard let found = change.found, let entry = installed[change.path], !entry.matches(found.contents)
            else { return nil }
            return Drift(path: change.path, kind: .contents)
        }
    }

    private static func kind(of change: FileChange) -> Drift.Kind {
        guard let found = change.found else { return .missing }
        guard let planned = change.planned else { return .superfluous }
        if !planned.isSeed, found.contents != planned.contents { return .contents }
        return found.mode != planned.mode ? .mode : .owner
    }
}
