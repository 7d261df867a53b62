"""Stands where nginx and the gateway are: https on loopback in front of an enrolment unit's socket."""

import socket
import ssl
import threading
from collections.abc import Callable
from pathlib import Path


class Relay:
    """Answers `POST /.runegate/enroll` with what the unit says; `alter` may change the answer on its way."""

    def __init__(self, certificate: Path, unit: Path) -> None:
        self.unit = unit
        self.alter: Callable[[bytes], bytes] = lambda answer: answer
        self.requests: list[bytes] = []
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        self._listener = context.wrap_socket(socket.create_server(("127.0.0.1", 0)), server_side=True)
        self.port = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except ssl.SSLError:
                continue
            except OSError:
                return
            with connection, connection.makefile("rb") as stream:
                self._answer(connection, stream)

    def _answer(self, connection: ssl.SSLSocket, stream) -> None:
        assert stream.readline().startswith(b"POST /.runegate/enroll HTTP/1.1")
        length = 0
        while line := stream.readline().strip():
            if line.lower().startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        octets = stream.read(length)
        self.requests.append(octets)
        answer = self.alter(self._ask(octets))
        status = b"200 OK" if answer else b"404 Not Found"
        head = b"HTTP/1.1 %s\r\nContent-Length: %d\r\nConnection: close\r\n\r\n" % (status, len(answer))
        connection.sendall(head + answer)

    def _ask(self, octets: bytes) -> bytes:
        with socket.socket(socket.AF_UNIX) as unit:
            unit.settimeout(30)
            unit.connect(str(self.unit))
            unit.sendall(len(octets).to_bytes(2) + octets)
            with unit.makefile("rb") as stream:
                return stream.read(int.from_bytes(stream.read(2)))

    def close(self) -> None:
        # A listener that is only closed leaves its accept waiting.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(timeout=5)
