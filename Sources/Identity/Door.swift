/// Which of the gateway's host names a visitor came by: the app's, or the owner's page's own.
///
/// Links, codes and sessions of one door open nothing at the other.
package enum Door: Sendable, CaseIterable {
    case app, owner

    /// The `typ` of a session cookie's token (RFC 8725 §3.11).
    var sessionType: String {
        switch self {
        case .app: "runegate-session+jwt"
        case .owner: "runegate-owner-session+jwt"
        }
    }
}
