"""The fixtures of the endurance tests."""

import platform
from collections.abc import Callable, Iterator

import pytest

from busy_site import BusySite
from form import Form
from lab.gateway import build
from machines.booted import Booted
from stage import names
from stage.form import is_long
from stage.interruption import interrupt_on_termination
from stage.page import Page
from stage.workspace import Workspace

INTRODUCTION = """\
# What the years bring

The program is restarted, reloaded, killed, starved and hindered while people use it. All figures are the visitors',
the kernel's or systemd's, never the program's own. `tools/test/endurance.sh long` makes this page anew,
`tools/test/endurance.sh long -k kills` a part of it; `make test` runs a short form of every line.
"""

names.install()

pytest_plugins = ["machines.fixtures", "stage.fixtures"]


def pytest_configure(config: pytest.Config) -> None:
    interrupt_on_termination()
    config.pluginmanager.register(Page("ENDURANCE", "what was endured", INTRODUCTION, _versions))


def _versions() -> dict[str, str]:
    return {"kernel": f"Linux {platform.release()}", "runegate": build()}


@pytest.fixture(scope="session")
def form() -> Form:
    return Form.chosen()


@pytest.fixture(scope="session")
def workspace() -> Iterator[Workspace]:
    workspace = Workspace(logs="endurance-logs-long" if is_long() else "endurance-logs")
    yield workspace
    workspace.close()


@pytest.fixture(scope="session")
def busy_site(boot: Callable[..., Booted], tmp_path_factory: pytest.TempPathFactory) -> Iterator[BusySite]:
    site = BusySite(boot, tmp_path_factory.mktemp("busy"))
    yield site
    site.close()
