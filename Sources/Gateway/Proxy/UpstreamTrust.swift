import Synchronization
package import TLS

/// What the certificates of `https` targets are checked with.
///
/// Made when the first of them is dialled: libssl's tables are nothing that a gateway to a plain app should carry.
/// The distribution's store is a folder that is searched certificate by certificate, so that first dial does not
/// hold up its event loop.
package final class UpstreamTrust: Sendable {
    private let context = Mutex<TLSClientContext?>(nil)

    package init() {}

    /// The one context, for all event loops.
    package func clientContext() throws(TLSError) -> TLSClientContext {
        try context.withLock { context throws(TLSError) in
            if let context { return context }
            let made = try TLSClientContext(authorities: .system)
            context = made
            return made
        }
    }
}
