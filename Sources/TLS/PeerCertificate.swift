internal import COpenSSL

/// What is told of a server's certificate when it is refused.
///
/// Nothing is decided here: libcrypto did.
struct PeerCertificate {
    /// The issuer's name in one line, such as `/CN=Example Root`.
    let issuer: String
    /// The DNS names that it is for.
    let names: [String]
    /// When it expired; nil if it has not.
    let expiredOn: String?

    /// Reads a certificate, which stays its owner's; nil when there is none.
    init?(_ certificate: OpaquePointer?) {
        guard let certificate else { return nil }
        self.issuer = Self.text(of: X509_get_issuer_name(certificate))
        self.names = Self.dnsNames(of: certificate)
        let end = X509_get0_notAfter(certificate)
        self.expiredOn = X509_cmp_current_time(end) < 0 ? Self.text(of: end) : nil
    }

    /// The error for a verify result of `X509_STORE_CTX_get_error(3)`.
    func error(server: String, verify: Int) -> TLSError {
        switch Int32(truncatingIfNeeded: verify) {
        case X509_V_ERR_CERT_HAS_EXPIRED: .expired(server: server, since: expiredOn)
        case X509_V_ERR_CERT_NOT_YET_VALID: .notYetValid(server: server)
        case X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_IP_ADDRESS_MISMATCH:
            .wrongName(server: server, names: names)
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT,
            X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
            X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, X509_V_ERR_CERT_UNTRUSTED:
            .untrustedIssuer(server: server, issuer: issuer, verify: verify)
        default:
            .certificateRefused(
                server: server, reason: String(cString: X509_verify_cert_error_string(verify)), verify: verify
            )
        }
    }

    private static func text(of name: OpaquePointer?) -> String {
        // Everything but printable ASCII comes out as \xNN, so it is safe in a log.
        guard let line = X509_NAME_oneline(name, nil, 0) else { return "unnamed" }
        defer { rg_OPENSSL_free(line) }
        return String(String(cString: line).prefix(200))
    }

    private static func text(of time: UnsafePointer<ASN1_TIME>?) -> String? {
        guard let buffer = BIO_new(BIO_s_mem()) else { return nil }
        defer { BIO_free(buffer) }
        guard ASN1_TIME_print(buffer, time) == 1 else { return nil }
        var bytes = [UInt8](repeating: 0, count: 64)
        let count = BIO_read(buffer, &bytes, Int32(bytes.count))
        return String(decoding: bytes.prefix(max(0, Int(count))), as: UTF8.self)
    }

    /// At most eight names, enough for a person to recognise whose certificate it is.
    private static func dnsNames(of certificate: OpaquePointer) -> [String] {
        guard let extensionValue = X509_get_ext_d2i(certificate, NID_subject_alt_name, nil, nil) else {
            return []
        }
        let names = OpaquePointer(extensionValue)
        defer { rg_GENERAL_NAMES_free(names) }
        return (0..<rg_GENERAL_NAMES_count(names)).lazy.compactMap { index -> String? in
            guard let name = rg_GENERAL_NAMES_dns(names, index) else { return nil }
            let bytes = UnsafeBufferPointer(
                start: ASN1_STRING_get0_data(name), count: Int(ASN1_STRING_length(name)))
            guard bytes.count <= 253, bytes.allSatisfy({ (0x21...0x7e).contains($0) }) else { return nil }
            return String(decoding: bytes, as: UTF8.self)
        }.prefix(8).map { $0 }
    }
}
