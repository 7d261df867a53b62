"""A gateway with all that stands around it, and how the two kinds of it are built."""

import json
import secrets as random_secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .background import Background
from .certificates import Authority
from .front import Front
from .gateway import Gateway
from .mail_server import MailServer
from .mailer import Mailer
from .notify import NotifySocket
from .outbox import Outbox
from .secrets import Secrets
from .upstream import Upstream
from .visitor import Mailbox, Visitor
from .workspace import Workspace

NO_LIMITS = {"RUNEGATE_RATE_LIMIT_ENABLED": "false"}


@dataclass
class Site:
    """A gateway with all that stands around it."""

    gateway: Gateway
    app: Upstream
    mailbox: Mailbox
    base_url: str
    secrets: Secrets
    front: Front | None = None
    authority_file: Path | None = None
    visitors: list[Visitor] | None = None

    def visitor(self, address: str | None = None) -> Visitor:
        """A new browser profile; `address` is what a trusted proxy would say the client's is."""
        trust = self.front.trust if self.front else None
        visitor = Visitor(self.base_url, self.mailbox, self.secrets, trust=trust, address=address)
        if self.visitors is None:
            self.visitors = []
        self.visitors.append(visitor)
        return visitor

    def sessions(self, address: str | None = None) -> list[dict[str, Any]]:
        """The live sessions of an address, or all of them, as the operator sees them."""
        listed = self.gateway.verb("sessions", "list", "--json")
        assert listed.returncode == 0, listed
        found = json.loads(listed.stdout)
        rows = found if isinstance(found, list) else found["sessions"]
        return [row for row in rows if address is None or address in row.values()]

    def close(self) -> None:
        for visitor in self.visitors or []:
            visitor.close()
        self.gateway.close()
        if self.front:
            self.front.stop()


class Stage:
    """Builds sites, and takes them down again."""

    def __init__(self, workspace: Workspace, secrets: Secrets, background: Background, authority: Authority) -> None:
        self.workspace = workspace
        self.secrets = secrets
        self.background = background
        self.authority = authority
        self._closing: list[Callable[[], object]] = []

    def at_end(self, close: Callable[[], object]) -> None:
        """Has something done when everything is taken down, last things first."""
        self._closing.append(close)

    def app(self) -> Upstream:
        app = Upstream(self.background, self.workspace.port())
        app.start()
        self._closing.append(app.stop)
        return app

    def mail_server(self, *names: str) -> MailServer:
        """One on 127.0.0.1, with a certificate for `localhost` and further names."""
        certificate = self.authority.sign("localhost", "127.0.0.1", *names)
        server = MailServer(self.background, self.secrets, certificate, self.workspace.port())
        server.start()
        self._closing.append(server.stop)
        return server

    def notify_socket(self) -> NotifySocket:
        notify = NotifySocket(self.workspace)
        self._closing.append(notify.close)
        return notify

    def mailer(self, server: MailServer) -> Mailer:
        mailer = Mailer(self.workspace, server, str(self.authority.file))
        self._closing.append(mailer.kill)
        return mailer.start()

    def development(self, name: str, *, mail: MailServer | None = None, start: bool = True, **settings: str) -> Site:
        """On a port of 127.0.0.1, its mail to an outbox or to `mail`."""
        port = self.workspace.port()
        app = self.app()
        outbox_directory = self.workspace.directory(f"{name}-outbox")
        defaults = {
            "RUNEGATE_LISTEN": f"127.0.0.1:{port}",
            "RUNEGATE_TARGET_SERVICE": app.url,
            "RUNEGATE_ALLOW_ANY_EMAIL": "true",
        }
        if mail:
            defaults["RUNEGATE_MAIL_TRANSPORT"] = "smtp"
            defaults["RUNEGATE_SMTP_CA_FILE"] = str(self.authority.file)
        else:
            defaults["RUNEGATE_MAIL_TRANSPORT"] = f"outbox:{outbox_directory}"
        base_url = f"http://localhost:{port}"
        gateway = Gateway(self.workspace, self.secrets, name, base_url, defaults | settings)
        if mail:
            gateway.write_email_toml("localhost", mail.port)
        mailbox = mail or Outbox(outbox_directory, self.secrets)
        return self._started(Site(gateway, app, mailbox, base_url, self.secrets), start)

    def production(self, name: str, *, mail: MailServer, start: bool = True, **settings: str) -> Site:
        """On a Unix socket behind nginx, its secrets in a credentials directory."""
        front = Front(self.workspace, self.authority)
        app = self.app()
        defaults = {
            "RUNEGATE_ENV": "production",
            "RUNEGATE_LISTEN": f"unix:{front.gateway_socket}",
            "RUNEGATE_TARGET_SERVICE": app.url,
            "RUNEGATE_ALLOWED_DOMAINS": "example.com",
            "RUNEGATE_MAIL_TRANSPORT": "smtp",
            "RUNEGATE_SMTP_CA_FILE": str(self.authority.file),
        }
        gateway = Gateway(self.workspace, self.secrets, name, front.base_url, defaults | settings)
        gateway.use_credentials("localhost", mail.port)
        site = Site(gateway, app, mail, front.base_url, self.secrets, front, self.authority.file)
        if start:
            front.start()
        return self._started(site, start)

    def keys(self) -> dict[str, str]:
        """Signing secrets for a development gateway that has to know them again after a restart."""
        settings = {
            "RUNEGATE_JWT_SECRET": random_secrets.token_hex(32),
            "RUNEGATE_SESSION_KEY": random_secrets.token_hex(64),
        }
        for name, value in settings.items():
            self.secrets.learn(name, value)
        return settings

    def close(self) -> None:
        for close in reversed(self._closing):
            close()

    def _started(self, site: Site, start: bool) -> Site:
        self._closing.append(site.close)
        if start:
            site.gateway.start()
        return site
