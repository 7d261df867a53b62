"""The fixtures of the tunnel tests."""

import os
from collections.abc import Iterator

import pytest

from lab.form import Form
from lab.gateway import build
from lab.namespaces import remove_leftovers
from lab.network import Network, versions
from lab.rathole import Rathole
from stage.form import is_long
from stage.interruption import interrupt_on_termination
from stage.page import Page
from stage.secrets import Secrets
from stage.workspace import Workspace

INTRODUCTION = """\
# What a broken tunnel costs a visitor

Two hosts and a router in network namespaces: real `wireguard-go`, Rathole, the program, an app. The visitors send 200 GET and
20 POST a second, each with an id that the app counts, and follow five streams of events; all figures are theirs, the app's or the
kernel's, never the program's own. `make test-long` makes this page anew, `tools/test/tunnels.sh long -k silent` a part of it;
`make test` runs a short form of every line but those of a quiet day.

A GET that is under way when a tunnel is cut waits until the tunnel is known to be dead, after 650 ms of silence, and is sent once
more over the other; one that comes later is raced over both after 250 ms. A POST is sent once: one that was under way fails.
When both tunnels fall silent, whoever comes then is told so at once; who was caught by it waits five seconds longer, since an
app that is busy looks the same, and the line may be back in a moment: streams and uploads wait for ten seconds.
"""


def pytest_configure(config: pytest.Config) -> None:
    interrupt_on_termination()
    config.addinivalue_line("markers", "long: left out of the short form")
    config.pluginmanager.register(Page("FAILOVER", "what the visitors saw", INTRODUCTION, _versions))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not is_long():
        left_out = [item for item in items if item.get_closest_marker("long")]
        items[:] = [item for item in items if item not in left_out]
        config.hook.pytest_deselected(items=left_out)


def _versions() -> dict[str, str]:
    return versions() | {"Rathole:": Rathole.find().version, "runegate": build()}


@pytest.fixture(scope="session")
def form() -> Form:
    return Form.chosen()


@pytest.fixture(scope="session")
def workspace() -> Iterator[Workspace]:
    workspace = Workspace(logs="tunnel-logs-long" if is_long() else "tunnel-logs")
    yield workspace
    workspace.close()


@pytest.fixture(scope="session")
def secrets() -> Secrets:
    return Secrets()


@pytest.fixture(scope="session")
def rathole() -> Rathole:
    return Rathole.find()


@pytest.fixture(scope="session")
def shared_network(workspace: Workspace, secrets: Secrets, rathole: Rathole) -> Iterator[Network]:
    """The two hosts; they live as long as the run."""
    assert os.geteuid() == 0, "the tunnel tests make network namespaces: run them as root"
    remove_leftovers()
    network = Network(workspace, secrets, rathole)
    yield network
    network.close()


@pytest.fixture
def network(shared_network: Network) -> Network:
    """The same, in good order."""
    shared_network.heal()
    return shared_network
