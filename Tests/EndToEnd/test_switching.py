"""Two ways to the app, cut while visitors are there: what they notice."""

import collections
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import httpx
import pytest

from stage.load import Load
from stage.path import CutPath
from stage.polling import until
from stage.site import Site, Stage
from stage.visitor import Visitor


@dataclass
class Ways:
    site: Site
    visitor: Visitor
    primary: CutPath
    fallback: CutPath


@pytest.fixture
def ways(stage: Stage) -> Iterator[Ways]:
    site = stage.development("switching", start=False)
    primary, fallback = (CutPath(stage.background, stage.workspace.port(), site.app.port).start() for _ in range(2))
    site.gateway.settings |= {
        "RUNEGATE_WIREGUARD_TARGET": primary.url,
        "RUNEGATE_WIREGUARD_INTERFACE": "",
        "RUNEGATE_RATHOLE_TARGET": fallback.url,
        "RUNEGATE_FAILBACK_AFTER": "1s",
        "RUNEGATE_FAILBACK_MAX": "1s",
    }
    site.gateway.start()
    visitor = site.visitor()
    visitor.sign_in("ann@example.com")
    yield Ways(site, visitor, primary, fallback)
    primary.stop()
    fallback.stop()


def _goes_over(path: CutPath, within: float = 20) -> None:
    """Waits until visitors' requests go over a path."""
    seen = path.requests
    until(lambda: path.requests >= seen + 60, "requests go over the path", within)


@pytest.mark.parametrize("cut", [CutPath.silence, CutPath.hang_up], ids=["silent", "closing"])
def test_a_cut_costs_no_get_and_doubles_no_post(ways: Ways, cut: Callable[[CutPath], None]) -> None:
    app = ways.site.app
    mark = app.mark()
    with Load(int(ways.site.base_url.rpartition(":")[2]), ways.visitor.cookie_header) as load:
        for _ in range(3):
            _goes_over(ways.primary)
            cut(ways.primary)
            _goes_over(ways.fallback)
            ways.primary.restore()
        _goes_over(ways.primary)
    gets = [asked for asked in load.asked if asked.method == "GET"]
    assert [asked for asked in gets if asked.status != 200] == []
    assert max(asked.seconds for asked in gets) < 2
    posts = collections.Counter(
        int(request.target.partition("?")[2]) for request in app.since(mark) if request.method == "POST"
    )
    assert [number for number, count in posts.items() if count > 1] == []
    answered = [asked.number for asked in load.asked if asked.method == "POST" and asked.status == 200]
    assert answered and all(posts[number] == 1 for number in answered)


def test_streams_end_with_their_path_and_stay_on_a_living_one(ways: Ways) -> None:
    app = ways.site.app
    app.gate.clear()
    port = int(ways.site.base_url.rpartition(":")[2])
    with Load(port, ways.visitor.cookie_header):
        _goes_over(ways.primary)
        lines: list[str] = []
        ended = threading.Event()

        def follow() -> None:
            with pytest.raises(httpx.TransportError), ways.visitor.client.stream("GET", "/events") as answer:
                for line in answer.iter_lines():
                    lines.append(line)
            ended.set()

        follower = threading.Thread(target=follow, daemon=True)
        follower.start()
        until(lambda: lines, "the stream has begun")
        ways.primary.silence()
        began = time.monotonic()
        assert ended.wait(5), "the stream on the dead path is cut"
        assert time.monotonic() - began < 2
        _goes_over(ways.fallback)
        with ways.visitor.client.stream("GET", "/events") as answer:
            following = answer.iter_lines()
            assert next(following) == "data: first"
            ways.primary.restore()
            _goes_over(ways.primary)
            app.gate.set()
            assert [line for line in following if line] == ["data: number 2", "data: number 3"]


def test_an_app_that_is_busy_on_the_only_path_left_finishes_what_it_has(ways: Ways) -> None:
    """From outside a blocked app behind Rathole looks like a dead tunnel; nothing is gained by ending its work."""
    app = ways.site.app
    app.gate.clear()
    with Load(int(ways.site.base_url.rpartition(":")[2]), ways.visitor.cookie_header):
        ways.primary.silence()
        _goes_over(ways.fallback)
    with ways.visitor.client.stream("GET", "/events") as events:
        following = events.iter_lines()
        assert next(following) == "data: first"
        mark = app.mark()
        ways.fallback.silence()
        answers: list[httpx.Response] = []
        posting = threading.Thread(
            target=lambda: answers.append(ways.visitor.client.post("/load?work", timeout=30)), daemon=True
        )
        posting.start()
        until(lambda: ways.site.gateway.verb("tunnels").returncode == 2, "the status says that nothing answers", 10)
        assert not answers
        ways.fallback.restore()
        posting.join(10)
        assert [answer.status_code for answer in answers] == [200]
        assert [request.method for request in app.since(mark) if request.target == "/load?work"] == ["POST"]
        app.gate.set()
        assert [line for line in following if line] == ["data: number 2", "data: number 3"]
