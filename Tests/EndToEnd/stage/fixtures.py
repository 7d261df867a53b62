"""What the tests of every folder that starts the program stand on; each folder says where its logs go (`workspace`)."""

from collections.abc import Iterator

import pytest

from .background import Background
from .certificates import Authority
from .secrets import Secrets
from .site import Stage
from .workspace import Workspace


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


@pytest.fixture(scope="session")
def shared_stage(
    workspace: Workspace, secrets: Secrets, background: Background, authority: Authority
) -> Iterator[Stage]:
    stage = Stage(workspace, secrets, background, authority)
    yield stage
    stage.close()


@pytest.fixture
def stage(workspace: Workspace, secrets: Secrets, background: Background, authority: Authority) -> Iterator[Stage]:
    """Builds what one test needs, and takes it down after it."""
    stage = Stage(workspace, secrets, background, authority)
    yield stage
    stage.close()
