internal import COpenSSL

/// Reads from libssl's error queue why a handshake failed, when the certificate was not the reason.
enum HandshakeFailure {
    /// The error that the queue stands for; empties the queue.
    static func error(server: String) -> TLSError {
        let first = ErrorQueue.first()
        let words = ErrorQueue.takeReason() ?? "no reason given"
        guard let first, first.library == ERR_LIB_SSL else { return .failed(server: server, reason: words) }
        // Reasons above 1000 are the alerts that the server sent (SSL_AD_REASON_OFFSET).
        if first.reason >= SSL_AD_REASON_OFFSET {
            return first.reason == SSL_AD_REASON_OFFSET + SSL_AD_PROTOCOL_VERSION
                ? .noCommonProtocol(server: server, reason: words)
                : .refusedByServer(server: server, alert: words)
        }
        switch first.reason {
        case SSL_R_WRONG_VERSION_NUMBER, SSL_R_HTTP_REQUEST, SSL_R_HTTPS_PROXY_REQUEST,
            SSL_R_PACKET_LENGTH_TOO_LONG,
            SSL_R_UNEXPECTED_MESSAGE:
            return .notTLS(server: server)
        case SSL_R_UNSUPPORTED_PROTOCOL, SSL_R_NO_PROTOCOLS_AVAILABLE, SSL_R_NO_SHARED_CIPHER,
            SSL_R_NO_CIPHERS_AVAILABLE, SSL_R_UNSUPPORTED_SSL_VERSION:
            return .noCommonProtocol(server: server, reason: words)
        default:
            return .failed(server: server, reason: words)
        }
    }
}
