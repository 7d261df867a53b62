"""The fixtures of the endurance tests."""

import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from types import FrameType

import pytest

from busy_site import BusySite
from form import Form
from machines.booted import Booted
from stage import names
from stage.figures import Figures
from stage.workspace import OUTPUT, ROOT, Workspace

INTRODUCTION = """\
# What the years bring

The program is restarted, reloaded, killed, starved and hindered while people use it. All figures are the visitors',
the kernel's or systemd's, never the program's own. `tools/test/endurance.sh long` makes this page anew,
`tools/test/endurance.sh long -k kills` a part of it; `make test` runs a short form of every line.
"""

names.install()

pytest_plugins = ["machines.fixtures", "stage.fixtures"]

_figures = pytest.StashKey[Figures]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_figures] = Figures()
    signal.signal(signal.SIGTERM, _end)


def _end(_: int, __: FrameType | None) -> None:
    """Ends the run as control-C does, so that everything is taken down."""
    raise KeyboardInterrupt


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Prints what was measured; after the long form also as a page."""
    figures = config.stash[_figures]
    if not figures.rows:
        return
    terminalreporter.section("what was endured")
    terminalreporter.write_line(figures.table)
    if Form.chosen().is_long:
        figures.merge(OUTPUT / "endurance.json")
        kernel = subprocess.run(["uname", "-sr"], check=True, capture_output=True, text=True).stdout.strip()
        build = "debug build" if "debug" in os.environ.get("RUNEGATE_BINARY", "") else "release build"
        figures.write(ROOT / "docs" / "ENDURANCE.md", INTRODUCTION, {"kernel": kernel, "runegate": build})


@pytest.fixture(scope="session")
def figures(pytestconfig: pytest.Config) -> Figures:
    return pytestconfig.stash[_figures]


@pytest.fixture(scope="session")
def form() -> Form:
    return Form.chosen()


@pytest.fixture(scope="session")
def workspace() -> Iterator[Workspace]:
    workspace = Workspace(logs="endurance-logs-long" if Form.chosen().is_long else "endurance-logs")
    yield workspace
    workspace.close()


@pytest.fixture(scope="session")
def busy_site(boot: Callable[..., Booted], tmp_path_factory: pytest.TempPathFactory) -> Iterator[BusySite]:
    site = BusySite(boot, tmp_path_factory.mktemp("busy"))
    yield site
    site.close()
