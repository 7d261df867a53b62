"""The fixtures of the tests that hand rendered files to the programs they are for."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from machines.machine import Machine
from machines.page import Row, page, table
from machines.rendered import ROOT

# A key and a certificate that nobody trusts, as the first start has them.
SELF_SIGNED = [
    "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
    "-subj", "/CN=runegate", "-keyout", "/dev/stdout", "-out", "/dev/stdout",
]  # fmt: skip


pytest_plugins = ["machines.fixtures"]

_figures = pytest.StashKey[list[Row]]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_figures] = []


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Prints what was measured; with RUNEGATE_PROVISIONING_PAGE=1 also as docs/PROVISIONING.md."""
    figures = config.stash[_figures]
    if not figures:
        return
    terminalreporter.section("what provisioning costs")
    terminalreporter.write_line(table(figures))
    if os.environ.get("RUNEGATE_PROVISIONING_PAGE") == "1":
        (ROOT / "docs" / "PROVISIONING.md").write_text(page(figures))


@pytest.fixture(scope="session")
def figures(pytestconfig: pytest.Config) -> list[Row]:
    return pytestconfig.stash[_figures]


@pytest.fixture(scope="session")
def site_certificate() -> str:
    return subprocess.run(SELF_SIGNED, check=True, capture_output=True, text=True).stdout


@pytest.fixture
def machine(tmp_path: Path, site_certificate: str) -> Iterator[Callable[[str], Machine]]:
    """Makes machines, by the name of their rendered files."""
    yield from machines(tmp_path, site_certificate)


@pytest.fixture(scope="module")
def lasting_machine(
    tmp_path_factory: pytest.TempPathFactory, site_certificate: str
) -> Iterator[Callable[[str], Machine]]:
    """The same for all tests of a module."""
    yield from machines(tmp_path_factory.mktemp("machine"), site_certificate)


def machines(directory: Path, site_certificate: str) -> Iterator[Callable[[str], Machine]]:
    assert os.geteuid() == 0, "namespaces need root"
    made: list[Machine] = []
    more = {
        "/etc/runegate/tls/site.pem": (site_certificate, 0o600),
        "/etc/hosts": ("127.0.0.1 localhost\n192.0.2.1 app.example.com\n", 0o644),
        "/usr/bin/runegate": ("#!/bin/sh\n", 0o755),
        "/usr/local/bin/rathole": ("#!/bin/sh\n", 0o755),
    }

    def make(case: str) -> Machine:
        machine = Machine(case, directory / f"{case}-{len(made)}", more)
        made.append(machine)
        return machine

    yield make
    for each in made:
        each.close()


@pytest.fixture(scope="session")
def gixy() -> str:
    found = shutil.which("gixy", path=str(ROOT / ".build" / "venv" / "bin"))
    assert found, "gixy is missing: run tools/setup/python-packages.sh"
    return found
