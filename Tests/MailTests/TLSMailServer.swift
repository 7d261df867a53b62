import TestSupport

/// A mail server with TLS, as small as can be, in Python: one that takes a password only inside TLS.
struct TLSMailServer {
    enum Manner: String {
        case startTLS
        case implicit
    }

    private let server: ScriptServer
    var port: Int { server.port }

    init(_ manner: Manner, _ identity: TestCertificates.Identity) throws {
        server = try ScriptServer(
            Self.script, arguments: [manner.rawValue, identity.certificate, identity.key])
    }

    /// What the server heard in its first conversation, in order: `tls` for a handshake, else the line.
    func conversation() -> [String] {
        var lines: [String] = []
        while let line = server.nextLine(), line != "end" { lines.append(line) }
        return lines
    }

    private static let script = """
        import socket, ssl, sys
        manner, certificate, key = sys.argv[1:]
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        listener = socket.create_server(("127.0.0.1", 0))
        print(listener.getsockname()[1])

        def serve(connection):
            encrypted = False
            def start():
                nonlocal connection, encrypted
                connection = context.wrap_socket(connection, server_side=True)
                encrypted = True
                print("tls")
                return connection.makefile("rb")
            say = lambda text: connection.sendall((text + "\\r\\n").encode())
            lines = start() if manner == "implicit" else connection.makefile("rb")
            say("220 localhost")
            in_mail = False
            while line := lines.readline():
                line = line.decode().rstrip("\\r\\n")
                print(line)
                if in_mail:
                    if line == ".":
                        in_mail = False
                        say("250 queued")
                    continue
                verb = line.split(" ")[0].upper()
                if verb == "EHLO": say("250-localhost\\r\\n250 " + ("AUTH PLAIN" if encrypted else "STARTTLS"))
                elif verb == "STARTTLS":
                    say("220 go")
                    lines = start()
                elif verb == "AUTH": say("235 welcome")
                elif verb == "DATA":
                    in_mail = True
                    say("354 go ahead")
                elif verb == "QUIT":
                    say("221 bye")
                    return
                else: say("250 ok")

        while True:
            connection, _ = listener.accept()
            try: serve(connection)
            except OSError: print("broken")
            print("end")
        """
}
