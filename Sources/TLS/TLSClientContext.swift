internal import COpenSSL

/// What all connections of one purpose share: whom to trust, and the versions allowed.
///
/// Making one reads files; make it at start, not for each connection.
// An SSL_CTX is changed in the initialiser only; after that libssl locks what it counts in it (openssl-threads(7)).
package final class TLSClientContext: @unchecked Sendable {
    /// Whose certificates are believed.
    package enum Authorities: Hashable, Sendable {
        /// The distribution's store.
        case system
        /// A PEM file, in place of the distribution's store.
        case file(path: String)
        /// Whoever answers is talked to, and anybody on the way may listen and answer: only for bytes that are sealed
        /// by themselves.
        case notChecked
    }

    /// Whether a certificate that is not believed ends the handshake.
    let checksCertificates: Bool

    let pointer: OpaquePointer

    /// Prepares TLS 1.2 and newer; certificate and name are checked unless nobody's word is wanted at all.
    ///
    /// - Throws: `TLSError.authoritiesUnusable`.
    package init(authorities: Authorities) throws(TLSError) {
        ERR_clear_error()
        guard let pointer = SSL_CTX_new(TLS_client_method()) else {
            preconditionFailure("libssl has no TLS client")
        }
        self.pointer = pointer
        self.checksCertificates = authorities != .notChecked
        _ = rg_SSL_CTX_set_min_proto_version(pointer, TLS1_2_VERSION)
        _ = rg_SSL_CTX_refuse_renegotiation(pointer)
        _ = rg_SSL_CTX_set_mode(
            pointer,
            Int(
                SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS
            ))
        SSL_CTX_set_verify(pointer, checksCertificates ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, nil)
        switch authorities {
        case .notChecked: break
        case .system:
            _ = SSL_CTX_set_default_verify_paths(pointer)
        case .file(let path):
            guard SSL_CTX_load_verify_locations(pointer, path, nil) == 1 else {
                throw .authoritiesUnusable(
                    path: path, reason: ErrorQueue.takeReason() ?? "no certificate in it")
            }
            // Whoever names a certificate trusts it, be it a root or not.
            X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(pointer), UInt(X509_V_FLAG_PARTIAL_CHAIN))
        }
    }

    deinit {
        SSL_CTX_free(pointer)
    }
}
