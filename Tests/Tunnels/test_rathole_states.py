"""What Rathole's visitor port does in every state, which is what the supervisor has to tell apart.

Measured with Rathole 0.5.0, and held by the stand-in; a real `rathole` in `PATH` is held to the same.
"""

import signal
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from lab.echo import EchoApp
from lab.rathole import Noise, Rathole, client_file, server_file
from stage.polling import until
from stage.process import Process
from stage.workspace import Workspace

REFUSED, CLOSED, SILENT, ANSWERED = "refused", "closed", "silent", "answered"
#: No answer within so many seconds is silence; an answer takes milliseconds.
PATIENCE = 0.7


class Pair:
    """A server and a client of one service, with an app behind the client."""

    def __init__(self, workspace: Workspace, rathole: Rathole, noise: Noise | None) -> None:
        self._workspace, self._rathole, self._noise = workspace, rathole, noise
        self.control, self.visitors = workspace.port(), workspace.port()
        self.app = EchoApp(workspace.port())
        self.processes: list[Process] = []

    def start_server(self, **lines: int) -> Process:
        config = server_file(f"127.0.0.1:{self.control}", f"127.0.0.1:{self.visitors}", noise=self._noise, **lines)
        return self._start("server", config)

    def start_client(self, token: str = "a token", control: int | None = None, **lines: int) -> Process:
        address = f"127.0.0.1:{control or self.control}"
        config = client_file(address, f"127.0.0.1:{self.app.port}", noise=self._noise, token=token, **lines)
        return self._start("client", config)

    def join(self) -> tuple[Process, Process]:
        """A server and a joined client with the app behind it."""
        self.app.start()
        processes = self.start_server(), self.start_client()
        self.works()
        return processes

    def works(self, within: float = 10.0) -> None:
        until(lambda: self.visit() == ANSWERED, "a visitor reaches the app", within)

    def visit(self) -> str:
        """What one visitor meets, who asks one line."""
        try:
            with socket.create_connection(("127.0.0.1", self.visitors), timeout=PATIENCE) as visitor:
                visitor.sendall(b"a line\n")
                return ANSWERED if visitor.recv(100) == b"a line\n" else CLOSED
        except ConnectionRefusedError:
            return REFUSED
        except ConnectionError:
            return CLOSED
        except TimeoutError:
            return SILENT

    def close(self) -> None:
        for process in self.processes:
            process.send(signal.SIGCONT) if process.exit_code is None else None
            process.kill()
        self.app.stop()

    def _start(self, side: str, config: str) -> Process:
        self.processes.append(self._rathole.start(self._workspace, side, config))
        return self.processes[-1]


@pytest.fixture(params=["tcp", "KK", pytest.param("NK", marks=pytest.mark.long)])
def pair(request: pytest.FixtureRequest, workspace: Workspace, rathole: Rathole) -> Iterator[Pair]:
    noise = None
    if request.param != "tcp":
        noise = Noise(request.param, rathole.new_keys(), rathole.new_keys())
    pair = Pair(workspace, rathole, noise)
    yield pair
    pair.close()


def test_nobody_listens_for_visitors_before_a_client_joined(pair: Pair) -> None:
    server = pair.start_server()
    server.says("Listening at")
    assert pair.visit() == REFUSED


def test_a_visitor_reaches_the_app_through_a_joined_client(pair: Pair) -> None:
    pair.join()
    assert pair.visit() == ANSWERED


def test_only_the_server_needs_a_key_with_its_default_pattern(workspace: Workspace, rathole: Rathole) -> None:
    pair = Pair(workspace, rathole, Noise("NK", rathole.new_keys(), rathole.new_keys()))
    try:
        pair.join()
    finally:
        pair.close()


def test_large_transfers_arrive_whole_in_both_directions(pair: Pair) -> None:
    pair.join()
    sent = bytes(range(256)) * 8192
    with socket.create_connection(("127.0.0.1", pair.visitors), timeout=20) as visitor:
        sender = threading.Thread(target=lambda: (visitor.sendall(sent), visitor.shutdown(socket.SHUT_WR)))
        sender.start()
        received = bytearray()
        while data := visitor.recv(1 << 16):
            received += data
        sender.join()
    assert received == sent


def test_more_visitors_than_the_pool_holds_are_served_at_once(pair: Pair) -> None:
    pair.join()
    visitors = [socket.create_connection(("127.0.0.1", pair.visitors), timeout=5) for _ in range(30)]
    for number, visitor in enumerate(visitors):
        visitor.sendall(b"%d\n" % number)
    assert [visitor.recv(10) for visitor in visitors] == [b"%d\n" % number for number in range(30)]
    for visitor in visitors:
        visitor.close()


def test_a_visitor_is_accepted_and_closed_while_the_app_is_down(pair: Pair) -> None:
    pair.join()
    pair.app.stop()
    assert [pair.visit() for _ in range(12)] == [CLOSED] * 12
    pair.app.start()
    pair.works()


def test_three_visitors_are_accepted_and_closed_after_the_client_was_killed_and_then_none(pair: Pair) -> None:
    _, client = pair.join()
    # Every data channel of the pool is back: a visitor takes one, and the client makes another.
    pair.works()
    time.sleep(0.3)
    client.kill()
    met = [_slow_visit(pair) for _ in range(5)]
    assert met == [CLOSED, CLOSED, CLOSED, REFUSED, REFUSED]
    pair.start_client()
    pair.works()


def _slow_visit(pair: Pair) -> str:
    """A visit, with time for the reset to come back before the next one."""
    met = pair.visit()
    time.sleep(0.05)
    return met


def test_without_visitors_the_port_outlives_the_client(pair: Pair) -> None:
    pair.app.start()
    pair.start_server(heartbeat_interval=1)
    client = pair.start_client()
    pair.works()
    client.kill()
    # Two heartbeats: the first write succeeds, the second tells the server.
    until(lambda: "Control channel shutdown" in pair.processes[0].log_text(), "the server notices", 10)
    assert pair.visit() == CLOSED
    until(lambda: pair.visit() == REFUSED, "the port closes after that visitor", 2)


def test_a_visitor_is_accepted_and_hears_nothing_while_the_client_is_frozen(pair: Pair) -> None:
    _, client = pair.join()
    client.send(signal.SIGSTOP)
    # More than the pool holds: the later ones wait for a data channel that nobody makes.
    with ThreadPoolExecutor(10) as visitors:
        assert list(visitors.map(lambda _: pair.visit(), range(10))) == [SILENT] * 10
    client.send(signal.SIGCONT)
    pair.works()


def test_the_waiting_are_closed_when_the_client_comes_back(pair: Pair) -> None:
    _, client = pair.join()
    client.send(signal.SIGSTOP)
    waiting = [socket.create_connection(("127.0.0.1", pair.visitors), timeout=10) for _ in range(12)]
    for visitor in waiting:
        visitor.sendall(b"a line\n")
    time.sleep(0.3)
    pair.start_client()
    # The last ones never had a data channel: the new client takes the service, and they are let go.
    ends = [_end_of(visitor) for visitor in waiting[8:]]
    assert ends == [CLOSED] * 4
    pair.works()


def _end_of(visitor: socket.socket) -> str:
    with visitor:
        try:
            return CLOSED if visitor.recv(10) == b"" else ANSWERED
        except ConnectionError:
            return CLOSED
        except TimeoutError:
            return SILENT


def test_the_newest_client_wins_and_both_fight_on(pair: Pair) -> None:
    server, _ = pair.join()
    pair.start_client()
    server.says("Dropping previous control channel")
    until(lambda: server.log_text().count("Dropping previous") >= 3, "they evict each other", 15)


def test_a_client_with_a_wrong_token_tries_again_and_is_refused(pair: Pair) -> None:
    pair.app.start()
    pair.start_server()
    client = pair.start_client(token="another token")
    client.says("Authentication failed: app: Incorrect token")
    until(lambda: client.log_text().count("Incorrect token") >= 3, "it tries again", 10)
    assert pair.visit() == REFUSED


def test_a_restarted_server_is_joined_again(pair: Pair) -> None:
    server, _ = pair.join()
    server.kill()
    assert pair.visit() == REFUSED
    pair.start_server()
    pair.works(within=5)


def test_a_silent_server_is_given_up_after_the_heartbeats_timeout(pair: Pair) -> None:
    pair.app.start()
    server = pair.start_server(heartbeat_interval=1)
    client = pair.start_client(heartbeat_timeout=2)
    pair.works()
    server.send(signal.SIGSTOP)
    client.says("Heartbeat timed out", within=10)
    server.send(signal.SIGCONT)
    pair.works()


def test_a_taken_port_is_waited_for_while_the_client_believes_it_is_joined(pair: Pair) -> None:
    pair.app.start()
    with socket.create_server(("127.0.0.1", pair.visitors)):
        server, client = pair.start_server(), pair.start_client()
        server.says("Retry in")
        client.says("Control channel established")
    pair.works()


def test_a_server_without_its_key_stays_and_never_listens(workspace: Workspace, rathole: Rathole) -> None:
    control = workspace.port()
    config = server_file(f"127.0.0.1:{control}", f"127.0.0.1:{workspace.port()}")
    config += '[server.transport]\ntype = "noise"\n[server.transport.noise]\n'
    server = rathole.start(workspace, "server", config)
    try:
        until(server.log_text, "it says something")
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", control), timeout=1)
        assert server.exit_code is None
    finally:
        server.kill()


def test_one_silent_stranger_holds_up_the_handshakes_of_others(workspace: Workspace, rathole: Rathole) -> None:
    pair = Pair(workspace, rathole, Noise("KK", rathole.new_keys(), rathole.new_keys()))
    try:
        pair.app.start()
        pair.start_server().says("Listening at")
        with socket.create_connection(("127.0.0.1", pair.control)):
            started = time.monotonic()
            pair.start_client()
            pair.works(within=15)
            assert time.monotonic() - started > 3
    finally:
        pair.close()


def test_an_unknown_key_ends_the_program_at_once(workspace: Workspace, rathole: Rathole) -> None:
    config = server_file("127.0.0.1:1", "127.0.0.1:2").replace("[server]", "[server]\nprefer_ipv6 = true")
    server = rathole.start(workspace, "server", config)
    assert server.wait() != 0
    assert "unknown field `prefer_ipv6`" in server.log_text()
