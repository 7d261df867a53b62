package import GateModel

/// What has to accept a set of files.
package protocol SetChecks {
    /// Looks at the new contents before anything is put in place.
    func staged(_ files: [StagedFile]) throws(Fault)
    /// Looks at the machine when the files are in place and the old ones can still be put back.
    func installed() throws(Fault)
}

/// A file that waits to be put in place.
package struct StagedFile: Sendable, Hashable {
    /// Where it will be.
    package let path: String
    /// Where its contents are now, for other programs to open.
    package let staged: String
}

/// Takes every set: for a tree that is not this machine.
package struct NoChecks: SetChecks {
    package init() {}
    package func staged(_ files: [StagedFile]) throws(Fault) {}
    package func installed() throws(Fault) {}
}
