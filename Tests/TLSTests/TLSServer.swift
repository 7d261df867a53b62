import TestSupport

/// A TLS server of Python's `ssl` module: an implementation of its own on top of libssl, on a free port.
struct TLSServer {
    enum Manner: String {
        /// Sends everything back, and answers a close properly.
        case echo
        /// Sends the name that the client asked for (SNI), or a hyphen.
        case name
        /// Sends `bye` and cuts the connection without close_notify.
        case truncate
        /// Sends `bye` and closes properly.
        case close
        /// Closes in the middle of the handshake.
        case hangUp
        /// No TLS, but the greeting of a mail server.
        case plain
        /// TLS 1.1 at most.
        case old
    }

    private let server: ScriptServer
    var port: Int { server.port }

    init(_ manner: Manner, _ identity: TestCertificates.Identity) throws {
        server = try ScriptServer(
            Self.script, arguments: [manner.rawValue, identity.certificate, identity.key])
    }

    /// How the next connection ended as the server saw it: `clean` or `ragged`.
    func nextEnd() -> String? { server.nextLine() }

    private static let script = """
        import os, socket, ssl, sys, threading
        manner, certificate, key = sys.argv[1:]
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        if manner == "old":
            context.set_ciphers("ALL:@SECLEVEL=0")
            context.minimum_version = ssl.TLSVersion.TLSv1
            context.maximum_version = ssl.TLSVersion.TLSv1_1
        context.load_cert_chain(certificate, key)
        names = {}
        context.sni_callback = lambda connection, name, _: names.__setitem__("name", name)

        def serve(plain):
            if manner == "plain":
                plain.sendall(b"220 mail.example.com ESMTP\\r\\n")
                plain.recv(4096)
                plain.close()
                return
            if manner == "hangUp":
                plain.recv(1)
                plain.close()
                return
            try:
                connection = context.wrap_socket(plain, server_side=True, suppress_ragged_eofs=False)
            except (ssl.SSLError, OSError):
                return
            if manner == "name":
                connection.sendall((names.get("name") or "-").encode())
            if manner in ("truncate", "close"):
                connection.sendall(b"bye")
            if manner == "truncate":
                os.close(connection.detach())
                return
            if manner == "close":
                try: connection.unwrap()
                except (ssl.SSLError, OSError): pass
                connection.close()
                return
            try:
                while True:
                    data = connection.recv(65536)
                    if not data: break
                    if manner == "echo": connection.sendall(data)
                print("clean")
            except (ssl.SSLError, OSError):
                print("ragged")
            connection.close()

        listener = socket.create_server(("127.0.0.1", 0))
        print(listener.getsockname()[1])

        def accept():
            while True:
                connection, _ = listener.accept()
                threading.Thread(target=serve, args=(connection,), daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        sys.stdin.read()
        """
}
