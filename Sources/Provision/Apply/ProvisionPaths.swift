/// Where provisioning keeps its own records.
package enum ProvisionPaths {
    /// Root's alone: it holds every secret of this machine.
    package static let directory = "/etc/runegate/provision"
    /// Answers, secrets and generation.
    package static let state = directory + "/state.json"
    /// Join codes, the joined box and the keys of both tunnels; changed by every join.
    package static let enrolment = directory + "/enrolment.json"
    /// What was installed, with digests.
    package static let manifest = directory + "/manifest.json"
    /// Held while something is written.
    package static let lock = directory + "/" + RecordLock.name
    /// The interface, on both machines.
    package static let wireGuard = Paths.wireGuard
    /// Files that were there before us or were edited by hand, when ours took their place.
    package static let kept = directory + "/kept"

    /// Where the file `path` is kept when ours takes its place.
    package static func kept(_ path: String) -> String {
        kept + "/" + path.dropFirst().replacing("%", with: "%25").replacing("/", with: "%2F")
    }

    /// The name of the new file before it is put in place: hidden, so that no `*` in another program's
    /// configuration reads it.
    static func staged(_ name: String) -> String { ".\(name).runegate-new" }

    /// The name of the old file until the whole set is in place.
    static func replaced(_ name: String) -> String { ".\(name).runegate-old" }
}
