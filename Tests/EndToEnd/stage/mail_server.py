"""A mail server with STARTTLS and AUTH on a free port, whose faults can be set."""

import asyncio
import socket
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from .background import Background
from .certificates import Certificate
from .letter import Letter
from .polling import until
from .secrets import Secrets

USER = "runegate@example.com"
PASSWORD = "correct horse/battery+staple=41"


@dataclass
class Faults:
    """What is wrong with the server just now."""

    #: Answers to give instead of the right ones, by command: {"MAIL": "451 later"}.
    answers: dict[str, str]
    offers_starttls: bool = True
    #: A line sent in clear right behind the `220` to STARTTLS, as an attacker on the path would.
    injected: str = ""
    #: Accepts the connection and says nothing.
    is_silent: bool = False
    certificate: ssl.SSLContext | None = None


class MailServer:
    """Listens on 127.0.0.1, or where `listener` is bound to; `port` stays the same over `stop` and `start`."""

    def __init__(
        self,
        background: Background,
        secrets: Secrets,
        certificate: Certificate,
        port: int,
        listener: Callable[[], socket.socket] | None = None,
    ) -> None:
        self.port = port
        self._listener = listener or (lambda: socket.create_server(("127.0.0.1", port)))
        self.letters: list[Letter] = []
        self.faults = Faults({})
        #: Commands as they came, with whether they came inside TLS; arguments of AUTH left out.
        self.commands: list[tuple[str, bool]] = []
        self.connections = 0
        self._background = background
        self._secrets = secrets
        self._context = certificate.server_context()
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.BaseTransport] = set()
        secrets.learn("SMTP password", PASSWORD)

    def start(self) -> None:
        async def listen() -> asyncio.Server:
            return await asyncio.get_running_loop().create_server(self._protocol, sock=self._listener())

        self._server = self._background.run(listen())

    def stop(self) -> None:
        """Closes the port and every connection."""
        server, self._server = self._server, None
        if server is None:
            return

        async def close() -> None:
            server.close()
            for transport in list(self._open):
                transport.abort()  # type: ignore[attr-defined]

        self._background.run(close())

    def letters_to(self, recipient: str) -> list[Letter]:
        return [letter for letter in list(self.letters) if letter.recipient == recipient.lower()]

    def letter_to(self, recipient: str, number: int = 1, within: float = 10.0) -> Letter:
        """The last of at least `number` mails to this address, once there."""

        def last() -> Letter | None:
            letters = self.letters_to(recipient)
            return letters[-1] if len(letters) >= number else None

        return until(last, f"mail number {number} to {recipient}", within)

    def settled(self, quiet: float = 0.3) -> int:
        """How many mails came, once none has come for `quiet` seconds."""
        seen, since = len(self.letters), time.monotonic()
        while time.monotonic() - since < quiet:
            time.sleep(0.02)
            if len(self.letters) != seen:
                seen, since = len(self.letters), time.monotonic()
        return seen

    def _protocol(self) -> asyncio.BaseProtocol:
        self.connections += 1
        if self.faults.is_silent:
            return _Silent(self._open)
        return _Protocol(self)

    def _receive(self, envelope: Envelope) -> None:
        content = envelope.content
        assert isinstance(content, bytes)
        self.letters.append(Letter.read(content, self._secrets))


class _Silent(asyncio.Protocol):
    def __init__(self, open_transports: set[asyncio.BaseTransport]) -> None:
        self._open = open_transports

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._open.add(transport)


class _Protocol(SMTP):
    """aiosmtpd's server with the faults laid over it."""

    def __init__(self, server: MailServer) -> None:
        self._mail_server = server
        faults = server.faults
        super().__init__(
            _Handler(server),
            hostname="mail.test",
            tls_context=(faults.certificate or server._context) if faults.offers_starttls else None,
            require_starttls=faults.offers_starttls,
            auth_required=True,
            auth_require_tls=True,
            authenticator=self._check,
            enable_SMTPUTF8=True,
            loop=server._background.loop,
        )

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._mail_server._open.add(transport)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self._mail_server._open.discard(self.transport)
        super().connection_lost(error)

    async def push(self, status: Any) -> None:
        injected = self._mail_server.faults.injected
        if injected and status == "220 Ready to start TLS":
            # In the same segment as the answer: a client that reads ahead has it in its buffer.
            status = f"{status}\r\n{injected}"
        await super().push(status)

    @staticmethod
    def _is_right(data: LoginPassword) -> bool:
        return data.login == USER.encode() and data.password == PASSWORD.encode()

    def _check(self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object) -> AuthResult:
        is_right = isinstance(data, LoginPassword) and self._is_right(data)
        return AuthResult(success=is_right, handled=False)


class _Handler:
    def __init__(self, server: MailServer) -> None:
        self._server = server

    def _note(self, server: SMTP, command: str) -> str | None:
        assert server.session
        self._server.commands.append((command, server.session.ssl is not None))
        return self._server.faults.answers.get(command)

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        answer = self._note(server, "EHLO")
        return [answer] if answer else responses

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self._note(server, "MAIL")
        if answer:
            return answer
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self._note(server, "RCPT")
        if answer:
            return answer
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        answer = self._note(server, "DATA")
        if answer:
            return answer
        self._server._receive(envelope)
        return "250 OK, queued as 41"
