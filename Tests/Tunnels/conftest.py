"""The fixtures of the tunnel tests."""

import signal
from collections.abc import Iterator
from types import FrameType

import pytest

from lab.rathole import Rathole
from stage.secrets import Secrets
from stage.workspace import Workspace


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "long: what `make test-long` runs in place of the short form")
    signal.signal(signal.SIGTERM, _end)


def _end(_: int, __: FrameType | None) -> None:
    """Ends the run as control-C does, so that everything is taken down."""
    raise KeyboardInterrupt


@pytest.fixture(scope="session")
def workspace() -> Iterator[Workspace]:
    workspace = Workspace(logs="tunnel-logs")
    yield workspace
    workspace.close()


@pytest.fixture(scope="session")
def secrets() -> Secrets:
    return Secrets()


@pytest.fixture(scope="session")
def rathole() -> Rathole:
    return Rathole.find()
