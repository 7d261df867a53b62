package import UpstreamSelection

/// A try of the other path: traffic is moved there on command, and comes back.
package struct Drill: Sendable, Hashable {
    package let target: UpstreamPath.Name
    /// When traffic goes back though nobody said so, on the boot clock: whoever began it may have died.
    package let endsBy: Duration
}
