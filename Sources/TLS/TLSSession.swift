internal import COpenSSL
internal import GateModel
internal import NIOCore

/// One TLS connection between two memory buffers: bytes go in and come out, nothing is sent or read here.
///
/// Not safe to use from two threads; ``TLSClientHandler`` keeps it on its event loop.
final class TLSSession {
    /// How far the handshake is.
    enum Handshake {
        case needsMoreBytes
        case done
        case failed(TLSError)
    }

    /// What the server's bytes held, besides data.
    enum Reading {
        case needsMoreBytes
        /// The server said that it sends nothing more (`close_notify`).
        case closed
        case failed(TLSError)
    }

    private let ssl: OpaquePointer
    /// Bytes from the network wait here for libssl; owned by `ssl`.
    private let incoming: OpaquePointer
    /// Bytes of libssl wait here for the network; owned by `ssl`.
    private let outgoing: OpaquePointer
    private let server: String
    /// The server's certificate, once libcrypto has refused it.
    private var refusedCertificate: PeerCertificate?

    /// Prepares a handshake with `server`, a DNS name or an IP address without brackets.
    init(context: TLSClientContext, server: String) {
        guard let ssl = SSL_new(context.pointer), let incoming = BIO_new(BIO_s_mem()),
            let outgoing = BIO_new(BIO_s_mem())
        else { preconditionFailure("libssl is out of memory") }
        self.ssl = ssl
        self.incoming = incoming
        self.outgoing = outgoing
        self.server = server
        // An empty buffer means "later", not "end".
        _ = rg_BIO_set_mem_eof_return(incoming, -1)
        _ = rg_BIO_set_mem_eof_return(outgoing, -1)
        SSL_set_bio(ssl, incoming, outgoing)
        SSL_set_connect_state(ssl)
        expect(server)
        if context.checksCertificates { keepRefusedCertificate() }
    }

    deinit {
        SSL_free(ssl)
    }

    /// The certificate must be for `server`: as an address if it is one (RFC 9525 §6.4), otherwise as a name,
    /// which the server is also told (SNI, RFC 6066 §3: names only).
    ///
    /// The subject's common name counts for nothing (RFC 9525 §2).
    private func expect(_ server: String) {
        let parameters = SSL_get0_param(ssl)
        X509_VERIFY_PARAM_set_hostflags(
            parameters, UInt32(X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT))
        if let address = try? IPAddress(server) {
            let result = X509_VERIFY_PARAM_set1_ip(parameters, address.bytes, address.bytes.count)
            precondition(result == 1, "libcrypto does not take the address to check")
        } else {
            // A final dot says "from the root" to a resolver and stands in no certificate.
            let name = server.hasSuffix(".") ? String(server.dropLast()) : server
            let result = SSL_set1_host(ssl, name)
            precondition(result == 1, "libssl does not take the name to check")
            _ = rg_SSL_set_tlsext_host_name(ssl, name)
        }
    }

    /// Has a look at the certificate when it is refused: afterwards libssl has none to show.
    ///
    /// The callback changes no verdict.
    private func keepRefusedCertificate() {
        // The session outlives `ssl`, which it alone owns. Slot 0 is for the application (SSL_set_app_data).
        _ = SSL_set_ex_data(ssl, 0, Unmanaged.passUnretained(self).toOpaque())
        SSL_set_verify(ssl, SSL_VERIFY_PEER) { isGood, store in
            guard isGood == 0, let store,
                let ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()),
                let pointer = SSL_get_ex_data(OpaquePointer(ssl), 0)
            else { return isGood }
            let session = Unmanaged<TLSSession>.fromOpaque(pointer).takeUnretainedValue()
            session.refusedCertificate = PeerCertificate(X509_STORE_CTX_get0_cert(store))
            return isGood
        }
    }

    /// Takes bytes from the network.
    func receive(_ buffer: ByteBuffer) {
        buffer.withUnsafeReadableBytes { bytes in
            guard let base = bytes.baseAddress, !bytes.isEmpty else { return }
            // A read of the network is far below 2 GiB, and a memory buffer takes all of it.
            let written = BIO_write(incoming, base, Int32(bytes.count))
            precondition(written == bytes.count, "libcrypto is out of memory")
        }
    }

    /// Goes on with the handshake as far as the bytes received allow.
    func shakeHands() -> Handshake {
        ERR_clear_error()
        let result = SSL_do_handshake(ssl)
        if result == 1 { return .done }
        switch SSL_get_error(ssl, result) {
        case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE: return .needsMoreBytes
        case SSL_ERROR_ZERO_RETURN: return .failed(.closedInHandshake(server: server))
        default: return .failed(handshakeError())
        }
    }

    /// Appends the data that the bytes received hold to `data`.
    func read(into data: inout ByteBuffer) -> Reading {
        ERR_clear_error()
        while true {
            var result: Int32 = 0
            data.writeWithUnsafeMutableBytes(minimumWritableBytes: Self.recordBytes) { bytes in
                var count = 0
                result = SSL_read_ex(ssl, bytes.baseAddress, bytes.count, &count)
                return result == 1 ? count : 0
            }
            guard result != 1 else { continue }
            switch SSL_get_error(ssl, result) {
            case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE: return .needsMoreBytes
            case SSL_ERROR_ZERO_RETURN: return .closed
            default: return .failed(dataError())
            }
        }
    }

    /// Encrypts all of `data`; the result waits in ``takeOutgoing(allocator:)``.
    func write(_ data: ByteBuffer) -> TLSError? {
        ERR_clear_error()
        return data.withUnsafeReadableBytes { bytes -> TLSError? in
            var rest = bytes[...]
            // libssl does not define what writing nothing does.
            while !rest.isEmpty {
                var count = 0
                let part = UnsafeRawBufferPointer(rebasing: rest)
                // Partial writes are on: a call takes one record, so it goes round.
                guard SSL_write_ex(ssl, part.baseAddress, part.count, &count) == 1 else { return dataError() }
                rest = rest.dropFirst(count)
            }
            return nil
        }
    }

    /// Says that nothing more will be sent (`close_notify`, RFC 8446 §6.1).
    func sendCloseNotify() {
        ERR_clear_error()
        _ = SSL_shutdown(ssl)
        ERR_clear_error()
    }

    /// The bytes for the network, nil when there are none.
    func takeOutgoing(allocator: ByteBufferAllocator) -> ByteBuffer? {
        let count = Int(rg_BIO_pending(outgoing))
        guard count > 0 else { return nil }
        var buffer = allocator.buffer(capacity: count)
        buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: count) { bytes in
            max(0, Int(BIO_read(outgoing, bytes.baseAddress, Int32(min(bytes.count, count)))))
        }
        return buffer
    }

    /// What was agreed on; meaningful when the handshake is done.
    var agreement: TLSHandshakeCompleted {
        TLSHandshakeCompleted(
            version: String(cString: SSL_get_version(ssl)),
            cipher: SSL_CIPHER_get_name(SSL_get_current_cipher(ssl)).map { String(cString: $0) } ?? "")
    }

    /// The largest plaintext of a record (RFC 8446 §5.1).
    private static let recordBytes = 16 * 1024

    private func handshakeError() -> TLSError {
        let verify = SSL_get_verify_result(ssl)
        if verify != Int(X509_V_OK), let certificate = refusedCertificate {
            ErrorQueue.clear()
            return certificate.error(server: server, verify: verify)
        }
        return HandshakeFailure.error(server: server)
    }

    private func dataError() -> TLSError {
        .failed(server: server, reason: ErrorQueue.takeReason() ?? "broken record")
    }
}
