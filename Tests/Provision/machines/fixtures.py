"""Machines with a systemd of their own, for the tests of every folder that needs one."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from .booted import Booted
from .package import make_package
from .public_server import PublicServer
from .rendered import ROOT


@pytest.fixture(scope="session")
def boot(tmp_path_factory: pytest.TempPathFactory, runegate: Path) -> Iterator[Callable[..., Booted]]:
    """Starts machines with a systemd of their own and this program, for as long as the tests run."""
    assert os.geteuid() == 0, "containers need root"
    made: list[Booted] = []

    def start(**more: object) -> Booted:
        made.append(Booted(tmp_path_factory.mktemp("booted"), runegate, **more))
        return made[-1]

    yield start
    for each in made:
        each.close()


@pytest.fixture(scope="session")
def public_server(boot: Callable[..., Booted], tmp_path_factory: pytest.TempPathFactory) -> PublicServer:
    return PublicServer(boot, tmp_path_factory.mktemp("visitor"))


@pytest.fixture(scope="session")
def runegate() -> Path:
    """The built program."""
    named = os.environ.get("RUNEGATE_BINARY")
    for path in [Path(named)] if named else [ROOT / ".build" / kind / "runegate" for kind in ("release", "debug")]:
        if path.exists():
            return path
    raise FileNotFoundError("the program is missing: run `make release`, or name another in RUNEGATE_BINARY")


@pytest.fixture(scope="session")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Debian package of the release build: only it runs without the toolchain's libraries."""
    program = Path(os.environ.get("RUNEGATE_RELEASE_BINARY", ROOT / ".build/release/runegate"))
    assert program.exists(), "there is no release build: run `make release`"
    return make_package(program, tmp_path_factory.mktemp("package"))
