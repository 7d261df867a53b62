"""The fixtures of the tests that hold each process to what its unit lets it do."""

import os
import platform
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from intruder import Intruder
from machines.rendered import ROOT
from server import UNITS, Server
from stage.interruption import interrupt_on_termination
from stage.page import Page
from stage.polling import until

INTRODUCTION = """\
# What each process may, and what it costs

A VPS is set up by one command, with a mail account; its three processes run under a systemd of their own, which enforces
every line of their units, the address filter too. The first lines come of a debug build that runs what it is given, inside
its sandbox: each deed is refused there, and succeeds in the same program without a sandbox (`Tests/Hardening/deeds.py` lists
them). All other lines come of the release build. `make hardening` makes this page anew; `make test` runs a short form of it.
"""

DROP_IN = "[Service]\nEnvironment=RUNEGATE_BROKEN_OPEN={}\n"


def pytest_configure(config: pytest.Config) -> None:
    interrupt_on_termination()
    heading = "what each process may, and what it costs"
    config.pluginmanager.register(Page("HARDENING", heading, INTRODUCTION, _versions, keeps_rows=False))


def _versions() -> dict[str, str]:
    systemd = subprocess.run(["systemctl", "--version"], check=True, capture_output=True, text=True).stdout
    return {"kernel": f"Linux {platform.release()}", "systemd": systemd.split()[1]}


@pytest.fixture(scope="session")
def debug_build() -> Path:
    path = ROOT / ".build" / "debug" / "runegate"
    assert path.exists(), "the debug build is missing: run `swift build --product runegate`"
    return path


@pytest.fixture(scope="session")
def release_build() -> Path:
    path = ROOT / ".build" / "release" / "runegate"
    assert path.exists(), "the release build is missing: run `make release`"
    return path


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory, release_build: Path) -> Iterator[Server]:
    """A VPS as an owner has it."""
    assert os.geteuid() == 0, "containers need root"
    server = Server(tmp_path_factory.mktemp("server"), release_build)
    yield server
    server.close()


@pytest.fixture(scope="session")
def broken_open(tmp_path_factory: pytest.TempPathFactory, debug_build: Path) -> Iterator[Server]:
    """A VPS of whose three processes each does what it is told, inside its sandbox."""
    assert os.geteuid() == 0, "containers need root"
    drop_ins = {
        f"/etc/systemd/system/{unit}.service.d/broken-open.conf": DROP_IN.format(name) for name, unit in UNITS.items()
    }
    server = Server(tmp_path_factory.mktemp("broken-open"), debug_build, drop_ins)
    yield server
    server.close()


@pytest.fixture(scope="session")
def inside(broken_open: Server) -> Iterator[Callable[[str], Intruder]]:
    """The intruder in `serve`, `mailer` or `reader`; in `bare` he is in the same program as root without a sandbox."""
    made: dict[str, Intruder] = {}
    bare = start_bare(broken_open)

    def intruder(name: str) -> Intruder:
        if name not in made:
            made[name] = Intruder(broken_open, name)
        return made[name]

    yield intruder
    for each in made.values():
        each.close()
    bare.kill()
    bare.wait()


def start_bare(server: Server) -> subprocess.Popen[bytes]:
    """`serve` without its unit."""
    variables = {
        "RUNEGATE_BROKEN_OPEN": "bare", "RUNEGATE_LISTEN": "127.0.0.1:7999", "RUNEGATE_STATE_DIR": "/var/lib/bare",
        "SWIFT_BACKTRACE": "enable=no",
    }  # fmt: skip
    server.vps.run("mkdir", "/var/lib/bare")
    command = ["env", *(f"{name}={value}" for name, value in variables.items())]
    command += ["/usr/bin/runegate", "serve", "--config", "/var/lib/bare"]
    bare = subprocess.Popen(server.vps.command(*command), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    sockets = Path(f"/proc/{server.vps.process}/net/unix")
    until(lambda: "@bare" in sockets.read_text(), "the program is open to the tests")
    return bare
