"""The fixtures of all end-to-end tests.

Two gateways live as long as the run, with the limits off: `local` in development on a port of 127.0.0.1, and `public`
in production behind nginx. A test that needs other settings, or breaks something, starts its own with `stage`.
"""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from stage import names
from stage.mail_server import MailServer
from stage.site import NO_LIMITS, Site, Stage
from stage.workspace import OUTPUT, Workspace

names.install()

pytest_plugins = ["stage.fixtures"]


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
