"""What the processes ask the kernel for while somebody signs in and uses the app, against what their units let through."""

from collections.abc import Iterator

import pytest

from machines.public_side import OWNER
from server import UNITS, Server
from stage.figures import Figures
from stage.polling import until
from traced import Traced, allowed

RATHOLE_PORT = 5202
#: A thread's priority: libdispatch sets one for each, and is told that it has it.
ANSWERED = {"setpriority"}


@pytest.fixture(scope="module")
def used(server: Server) -> Iterator[Traced]:
    """The processes followed from their start, with the app where Rathole would bring it."""
    server.helper("echo.py", "127.0.0.1", RATHOLE_PORT)
    traced = Traced(server)
    for unit in UNITS.values():
        server.vps.run("systemctl", "restart", f"{unit}.service")
    use(server)
    yield traced
    traced.close()


def use(server: Server) -> None:
    """A mail is sent, somebody signs in, up and down goes something, and the owner reloads."""
    with server.visitor().client as client:
        assert client.post("/.runegate/login", data={"email": OWNER}).status_code == 200
    assert server.mails.stdout and server.mails.stdout.readline() == b"a mail came\n"
    visits = server.sign_in()
    until(lambda: visits.get("/echo").status_code == 200, "the app is reached", 30)
    assert visits.client.post("/echo", content=b"x" * 100_000).json()["body_bytes"] == 100_000
    server.vps.run("systemctl", "reload", "runegate.service")
    assert visits.get("/echo").status_code == 200


@pytest.mark.parametrize("name", UNITS)
def test_no_system_call_is_outside_the_filter(server: Server, used: Traced, figures: Figures, name: str) -> None:
    made, filtered = used.calls(name), allowed(server, name)
    assert {"read", "write", "mmap"} <= made, "the process was followed"
    refused = made - filtered - ANSWERED
    figures.add(UNITS[name], "system calls made, of those that the filter lets through",
                f"{len(made & filtered)} of {len(filtered)}")  # fmt: skip
    figures.at_most(UNITS[name], "system calls asked for and refused", len(refused), 0)
    assert refused == set()
