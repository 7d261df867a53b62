package import GateModel

/// Who this machine has joined, or who may join it, as far as it is no secret.
package struct JoinStatus: Codable, Equatable, Sendable {
    package let machine: Plan.Machine
    /// The public server that the aibox joined.
    package let server: String?
    /// The words to compare on both machines; nil before the join.
    package let fingerprint: String?
    /// How long a join code may still be used, on the public server; nil when there is none.
    package let codeMinutes: Int64?
    /// The tunnel whose keys are just being changed.
    package let rotating: String?

    /// What the records of a tree say; nil when it has none.
    package init?(of installation: Installation, time: any TimeSource = SystemTime()) throws(Fault) {
        guard try installation.tree.directory(ProvisionPaths.directory) != nil else { return nil }
        let records = try RecordFiles(in: installation.tree)
        if let box = try records.state() {
            self.init(aibox: box)
        } else if let server = try records.enrolment() {
            self.init(vps: server, at: time.now(), bootID: time.bootID)
        } else {
            return nil
        }
    }

    init(aibox state: BoxState) {
        machine = .aibox
        server = state.place.domain
        fingerprint = state.fingerprint.description
        codeMinutes = nil
        rotating = state.rotation?.tunnel.word
    }

    init(vps state: EnrollState, at now: Moment, bootID: String) {
        machine = .vps
        server = nil
        fingerprint = state.fingerprint?.description
        let left = state.offer?.deadline.remaining(at: now, bootID: bootID).components.seconds ?? 0
        codeMinutes = left > 0 ? (left + 59) / 60 : nil
        rotating = state.rotation?.tunnel.word
    }

    /// One thing a line.
    package var lines: [String] {
        var lines: [String] = []
        if let server { lines.append("joined: https://\(server)/") }
        if let fingerprint {
            lines.append("words: \(fingerprint)    (the other machine says the same)")
        } else {
            lines.append("joined: no box yet. A code for it: sudo runegate provision join")
        }
        if let codeMinutes {
            lines.append("join code: good for \(codeMinutes / 60) h \(codeMinutes % 60) min, for one box")
        }
        if let rotating { lines.append("rotation: \(rotating) is getting new keys") }
        return lines
    }
}

extension Plan.Machine: Codable {}
