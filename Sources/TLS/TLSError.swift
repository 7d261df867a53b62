package import GateModel

/// Why there is no TLS connection, or why it ended, told apart for the person who has to mend it.
///
/// `server` is the name or address that was expected of the server. Texts that come from a certificate hold
/// printable ASCII only.
package enum TLSError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file of trusted authorities cannot be used.
    case authoritiesUnusable(path: String, reason: String)
    /// The chain does not end at a trusted authority; `verify` is OpenSSL's result (`X509_V_ERR_…`).
    case untrustedIssuer(server: String, issuer: String, verify: Int)
    /// The certificate, or one that it depends on, is over.
    case expired(server: String, since: String?)
    /// The certificate is valid from a later time on.
    case notYetValid(server: String)
    /// The certificate is good, but for other names.
    case wrongName(server: String, names: [String])
    /// The certificate is refused for a reason without a case of its own.
    case certificateRefused(server: String, reason: String, verify: Int)
    /// What the server sends is no TLS.
    case notTLS(server: String)
    /// No TLS version or cipher that both allow.
    case noCommonProtocol(server: String, reason: String)
    /// The server broke the handshake off with an alert.
    case refusedByServer(server: String, alert: String)
    /// The connection ended before the handshake was done.
    case closedInHandshake(server: String)
    /// The connection ended without `close_notify` (RFC 8446 §6.1): data may be missing.
    case truncated(server: String)
    /// Anything else that libssl refuses, in its words.
    case failed(server: String, reason: String)

    /// What is wrong and what to do next.
    package var fault: Fault { Fault(code: code, problem: problem, remedy: remedy) }

    package var description: String { fault.description }

    private var code: String {
        switch self {
        case .authoritiesUnusable: "tls-authorities-unusable"
        case .untrustedIssuer: "tls-untrusted-issuer"
        case .expired: "tls-certificate-expired"
        case .notYetValid: "tls-certificate-not-yet-valid"
        case .wrongName: "tls-wrong-name"
        case .certificateRefused: "tls-certificate-refused"
        case .notTLS: "tls-not-spoken"
        case .noCommonProtocol: "tls-no-common-protocol"
        case .refusedByServer: "tls-refused-by-server"
        case .closedInHandshake: "tls-handshake-closed"
        case .truncated: "tls-truncated"
        case .failed: "tls-failed"
        }
    }

    private var problem: String {
        switch self {
        case .authoritiesUnusable(let path, let reason):
            "\(path) cannot be used as the file of trusted authorities: \(reason)"
        case .untrustedIssuer(let server, let issuer, let verify):
            "\(server) shows a certificate from an authority that is not trusted here, \(issuer) "
                + "(OpenSSL verify result \(verify))"
        case .expired(let server, let since):
            "The certificate of \(server), or one it depends on, has expired"
                + (since.map { " (\($0))" } ?? "") + " (OpenSSL verify result 10)"
        case .notYetValid(let server):
            "The certificate of \(server) is not valid yet (OpenSSL verify result 9)"
        case .wrongName(let server, let names):
            names.isEmpty
                ? "The certificate of \(server) has no subjectAltName with that name (OpenSSL verify result 62 or 64)"
                : "The certificate that \(server) shows is for \(names.joined(separator: ", ")), not for \(server) "
                    + "(OpenSSL verify result 62 or 64)"
        case .certificateRefused(let server, let reason, let verify):
            "The certificate of \(server) is refused: \(reason) (OpenSSL verify result \(verify))"
        case .notTLS(let server): "\(server) does not answer with TLS on this port"
        case .noCommonProtocol(let server, let reason):
            "\(server) and Runegate have no TLS version or cipher in common (\(reason))"
        case .refusedByServer(let server, let alert): "\(server) refused the TLS handshake (\(alert))"
        case .closedInHandshake(let server): "\(server) closed the connection during the TLS handshake"
        case .truncated(let server): "\(server) cut the TLS connection off without closing it properly"
        case .failed(let server, let reason): "TLS with \(server) failed: \(reason)"
        }
    }

    private var remedy: String {
        switch self {
        case .authoritiesUnusable: "Name a readable PEM file with at least one certificate."
        case .untrustedIssuer:
            "If it is your own authority, name its PEM file as the trusted authorities "
                + "(RUNEGATE_SMTP_CA_FILE for mail); otherwise install the package ca-certificates, or ask the "
                + "server's operator for the full chain."
        case .expired: "Renew the server's certificate, and check this machine's clock with `date`."
        case .notYetValid: "Check this machine's clock with `date`."
        case .wrongName:
            "Configure a name that the certificate has, or give the server a certificate for this name."
        case .certificateRefused: "Give the server another certificate."
        case .notTLS:
            "Check the port and how it starts TLS: mail servers speak TLS from the first byte on port 465 and "
                + "STARTTLS on 587."
        case .noCommonProtocol: "Switch on TLS 1.2 or newer at the server."
        case .refusedByServer:
            "Look into the server's log; the name it is asked for may be one it does not serve."
        case .closedInHandshake: "Check the port, and the server's log."
        case .truncated: "If it keeps happening, look into the server's log."
        case .failed: "Look into the server's log."
        }
    }
}
