/// What the last reloads left behind.
package struct ConfigurationStanding: Sendable, Equatable {
    /// How many problems the last reload was refused for; 0 when it was taken, or none was asked for.
    package var refusedProblems: Int
    /// Settings that were changed and count after a restart only.
    package var waitingForRestart: [String]

    package init(refusedProblems: Int = 0, waitingForRestart: [String] = []) {
        self.refusedProblems = refusedProblems
        self.waitingForRestart = waitingForRestart
    }

    /// A sentence for each thing that the owner has to do something about.
    var troubles: [String] {
        var troubles: [String] = []
        if refusedProblems > 0 {
            let count = "\(refusedProblems) problem\(refusedProblems == 1 ? "" : "s")"
            troubles.append(
                "The last reload was refused for \(count), the old configuration stays: runegate check")
        }
        if !waitingForRestart.isEmpty {
            troubles.append("Changed, but waiting for a restart: \(waitingForRestart.joined(separator: " "))")
        }
        return troubles
    }
}
