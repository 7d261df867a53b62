"""The fixtures of the tests on emulated machines."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from emulated.world import World
from stage.background import Background
from stage.certificates import Authority
from stage.interruption import interrupt_on_termination
from stage.page import Page
from stage.secrets import Secrets
from stage.workspace import ROOT, Workspace

INTRODUCTION = """\
# The whole on two Debians

Two machines in an emulator (qemu, no hardware virtualisation), each with Debian's own kernel, systemd and packages, and
between them a router in a network of its own: the VPS has a public address, the aibox hides behind translation. A name
service, a mail server with STARTTLS and the visitor are on that network; nothing leaves the host. The owner's commands
are typed at a terminal; the visitor signs in with the mail that arrived, and asks for the app all the while. Certificates
come from a stand-in of certbot.

`make test-appliance` makes this page anew; `make test` does the same with the public server alone, and restarts it once.

An emulated processor is many times slower than a real one, and busy cores slow it further: **seconds here are an upper
bound and say nothing about performance** ([FAILOVER.md](FAILOVER.md), [BENCHMARKS.md](BENCHMARKS.md)). "Served" is the
app's answer to a visitor who was signed in before; a restart counts from the owner's command, a power cut from the moment
of the cut. While a package is upgraded four visitors ask up to four times a second each. The emulator keeps what was on its
way to the disk, so a power cut here is no test of the disk.
"""

pytest_plugins = ["machines.fixtures", "stage.fixtures"]

_versions = pytest.StashKey[dict[str, str]]()


def pytest_configure(config: pytest.Config) -> None:
    interrupt_on_termination()
    assert os.geteuid() == 0, "the network between the machines needs root"
    config.stash[_versions] = versions = dict[str, str]()
    page = Page("APPLIANCE", "on emulated machines", INTRODUCTION, lambda: versions, only_when_passed=True)
    config.pluginmanager.register(page)


@pytest.fixture(scope="session")
def machine_versions(pytestconfig: pytest.Config) -> dict[str, str]:
    """What ran on the machines, for the page."""
    return pytestconfig.stash[_versions]


@pytest.fixture(scope="session")
def workspace() -> Iterator[Workspace]:
    workspace = Workspace(logs="appliance-logs")
    yield workspace
    workspace.close()


@pytest.fixture(scope="session")
def image() -> Path:
    """The disk that every machine starts from."""
    made = subprocess.run([ROOT / "Tests/Appliance/image.sh"], check=True, stdout=subprocess.PIPE, text=True)
    return ROOT / made.stdout.strip()


@pytest.fixture(scope="module")
def world(workspace: Workspace, background: Background, secrets: Secrets, authority: Authority) -> Iterator[World]:
    world = World(workspace.directory("world"), background, secrets, authority)
    yield world
    world.close()
