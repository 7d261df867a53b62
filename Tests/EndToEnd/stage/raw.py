"""Bytes over a socket, for requests that no HTTP library would send."""

import socket
import ssl
import time
from dataclasses import dataclass


@dataclass(frozen=True)
class RawAnswer:
    """What came back."""

    data: bytes
    #: Whether the other side closed the connection.
    is_closed: bool

    @property
    def statuses(self) -> list[int]:
        """Status codes of all answers on the connection. Bodies are searched too: none of ours holds a status line."""
        found = []
        for line in self.data.split(b"\r\n"):
            at = line.find(b"HTTP/1.")
            if at >= 0 and line[at + 9 : at + 12].isdigit():
                found.append(int(line[at + 9 : at + 12]))
        return found

    @property
    def status(self) -> int | None:
        return next(iter(self.statuses), None)


class RawConnection:
    """A TCP or Unix connection, inside TLS when a context is given."""

    def __init__(self, address: tuple[str, int] | str, tls: ssl.SSLContext | None = None, name: str = "") -> None:
        family = socket.AF_UNIX if isinstance(address, str) else socket.AF_INET
        plain = socket.socket(family, socket.SOCK_STREAM)
        plain.settimeout(10)
        plain.connect(address)
        self._socket = tls.wrap_socket(plain, server_hostname=name) if tls else plain

    def send(self, data: bytes) -> None:
        self._socket.sendall(data)

    def read_until(self, mark: bytes, within: float = 10.0) -> bytes:
        """All bytes up to and with `mark`, or as many as came."""
        data = b""
        deadline = time.monotonic() + within
        while mark not in data:
            self._socket.settimeout(max(0.001, deadline - time.monotonic()))
            try:
                more = self._socket.recv(65536)
            except (TimeoutError, ConnectionError):
                break
            if not more:
                break
            data += more
        return data

    def answer(self, quiet: float = 0.25, within: float = 5.0) -> RawAnswer:
        """Everything until the other side closes, or has said something and then nothing for `quiet` seconds."""
        data = b""
        deadline = time.monotonic() + within
        while True:
            wait = quiet if data else deadline - time.monotonic()
            if wait <= 0:
                return RawAnswer(data, False)
            self._socket.settimeout(wait)
            try:
                more = self._socket.recv(65536)
            except TimeoutError:
                return RawAnswer(data, False)
            except ConnectionError:
                return RawAnswer(data, True)
            if not more:
                return RawAnswer(data, True)
            data += more

    def shut_down_writing(self) -> None:
        self._socket.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        self._socket.close()

    def __enter__(self) -> "RawConnection":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
