"""The fixtures of all end-to-end tests.

Two gateways live as long as the run, with the limits off: `local` in development on a port of 127.0.0.1, and `public` in
production behind nginx. A test that needs other settings, or breaks something, starts its own with `stage`.
"""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from stage import names
from stage.background import Background
from stage.certificates import Authority
from stage.front import Front
from stage.gateway import Gateway
from stage.mail_server import MailServer
from stage.outbox import Outbox
from stage.secrets import Secrets
from stage.upstream import Upstream
from stage.visitor import Mailbox, Visitor
from stage.workspace import OUTPUT, Workspace

names.install()

NO_LIMITS = {"RUNEGATE_RATE_LIMIT_ENABLED": "false"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The search for secrets in the logs comes last: it looks at what all other tests left."""
    items.sort(key=lambda item: item.get_closest_marker("last") is not None)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "last: runs after all tests without this mark")


@pytest.fixture(scope="session")
def workspace() -> Iterator[Workspace]:
    workspace = Workspace()
    yield workspace
    workspace.close()


@pytest.fixture(scope="session")
def secrets() -> Secrets:
    return Secrets()


@pytest.fixture(scope="session")
def background() -> Iterator[Background]:
    background = Background()
    yield background
    background.close()


@pytest.fixture(scope="session")
def authority(workspace: Workspace) -> Authority:
    return Authority(workspace)


@dataclass
class Site:
    """A gateway with all that stands around it."""

    gateway: Gateway
    app: Upstream
    mailbox: Mailbox
    base_url: str
    secrets: Secrets
    front: Front | None = None
    visitors: list[Visitor] | None = None

    def visitor(self, address: str | None = None) -> Visitor:
        """A new browser profile; `address` is what a trusted proxy would say the client's is."""
        trust = self.front.trust if self.front else None
        visitor = Visitor(self.base_url, self.mailbox, self.secrets, trust=trust, address=address)
        if self.visitors is None:
            self.visitors = []
        self.visitors.append(visitor)
        return visitor

    def close(self) -> None:
        for visitor in self.visitors or []:
            visitor.close()
        self.gateway.close()
        if self.front:
            self.front.stop()



class Stage:
    """Builds sites, and takes them down again."""

    def __init__(
        self, workspace: Workspace, secrets: Secrets, background: Background, authority: Authority
    ) -> None:
        self.workspace = workspace
        self.secrets = secrets
        self.background = background
        self.authority = authority
        self._closing: list[Callable[[], None]] = []

    def app(self) -> Upstream:
        app = Upstream(self.background, self.workspace.port())
        app.start()
        self._closing.append(app.stop)
        return app

    def mail_server(self) -> MailServer:
        certificate = self.authority.sign("localhost", "127.0.0.1")
        server = MailServer(self.background, self.secrets, certificate, self.workspace.port())
        server.start()
        self._closing.append(server.stop)
        return server

    def development(
        self, name: str, *, mail: MailServer | None = None, start: bool = True, **settings: str
    ) -> Site:
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

    def production(
        self, name: str, *, mail: MailServer, start: bool = True, **settings: str
    ) -> Site:
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
        site = Site(gateway, app, mail, front.base_url, self.secrets, front)
        if start:
            front.start()
        return self._started(site, start)

    def close(self) -> None:
        for close in reversed(self._closing):
            close()

    def _started(self, site: Site, start: bool) -> Site:
        self._closing.append(site.close)
        if start:
            site.gateway.start()
        return site


@pytest.fixture(scope="session")
def shared_stage(
    workspace: Workspace, secrets: Secrets, background: Background, authority: Authority
) -> Iterator[Stage]:
    stage = Stage(workspace, secrets, background, authority)
    yield stage
    stage.close()


@pytest.fixture
def stage(
    workspace: Workspace, secrets: Secrets, background: Background, authority: Authority
) -> Iterator[Stage]:
    """Builds what one test needs, and takes it down after it."""
    stage = Stage(workspace, secrets, background, authority)
    yield stage
    stage.close()


@pytest.fixture(scope="session")
def local(shared_stage: Stage) -> Site:
    """Development, on 127.0.0.1, with an outbox and without limits."""
    return shared_stage.development("local", **NO_LIMITS)


@pytest.fixture(scope="session")
def mail_server(shared_stage: Stage) -> MailServer:
    """The mail server of `public`."""
    return shared_stage.mail_server()


@pytest.fixture(scope="session")
def public(shared_stage: Stage, mail_server: MailServer) -> Site:
    """Production, behind nginx with TLS, mail over STARTTLS, without limits."""
    return shared_stage.production("public", mail=mail_server, **NO_LIMITS)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One headless Chromium of the distribution's."""
    executable = shutil.which("chromium") or "/usr/bin/chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=executable,
            args=["--no-sandbox", "--disable-dev-shm-usage", "--host-resolver-rules=MAP *.test 127.0.0.1"],
        )
        yield browser
        browser.close()


@pytest.fixture
def browser(chromium: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Makes fresh browser profiles."""
    contexts: list[BrowserContext] = []

    def new(**options: object) -> BrowserContext:
        context = chromium.new_context(ignore_https_errors=True, **options)  # type: ignore[arg-type]
        context.set_default_timeout(10_000)
        contexts.append(context)
        return context

    yield new
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def screenshots() -> Path:
    """Where pictures of the pages are kept."""
    directory = OUTPUT / "screenshots"
    directory.mkdir(parents=True, exist_ok=True)
    return directory
