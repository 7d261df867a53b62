"""The relay between the aibox and the root unit that lets it join, with a unit of our own behind the socket."""

import socket
import threading
from collections.abc import Callable
from pathlib import Path

import httpx

from stage.site import NO_LIMITS, Site, Stage

PATH = "/.runegate/enroll"
LIMIT = 4096


class PlayedUnit:
    """Reads one request a connection, behind its length, and sends what `answer` makes of it the same way."""

    def __init__(self, path: Path, answer: Callable[[bytes], bytes]) -> None:
        self.requests: list[bytes] = []
        self._answer = answer
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(path))
        path.chmod(0o666)  # The gateway runs as a user of its own.
        self._listener.listen(8)
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection:
                stream = connection.makefile("rb")
                request = stream.read(int.from_bytes(stream.read(2)))
                self.requests.append(request)
                answer = self._answer(request)
                connection.sendall(len(answer).to_bytes(2) + answer)
                stream.read(1)  # The gateway closes.

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()


def site_with_unit(
    stage: Stage, name: str, answer: Callable[[bytes], bytes], **settings: str
) -> tuple[Site, PlayedUnit]:
    path = stage.workspace.directory(f"{name}-enroll") / "enroll.sock"
    unit = PlayedUnit(path, answer)
    stage.at_end(unit.close)
    site = stage.development(name, start=False, **settings)
    site.gateway.options = ["--enroll-socket", str(path)]
    site.gateway.start()
    return site, unit


def post(site: Site, body: bytes, path: str = PATH, **headers: str) -> httpx.Response:
    return site.visitor().client.post(path, content=body, headers=headers)


def test_octets_reach_the_unit_unread_and_its_answer_comes_back(stage: Stage) -> None:
    site, unit = site_with_unit(stage, "enroll", lambda request: request[::-1], **NO_LIMITS)
    every_octet = bytes(range(256)) * (LIMIT // 256)
    response = post(site, every_octet)
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/octet-stream"
    assert response.headers["cache-control"] == "no-store"
    assert response.content == every_octet[::-1]
    assert unit.requests == [every_octet]
    assert not site.app.requests, "nothing of it is for the app"


def test_more_than_4_kib_is_refused_before_the_unit_hears_of_it(stage: Stage) -> None:
    site, unit = site_with_unit(stage, "enroll-large", lambda _: b"no", **NO_LIMITS)
    for size in (LIMIT + 1, 16 * 1024, 64 * 1024):
        assert post(site, b"x" * size).status_code == 413
    assert not unit.requests


def test_a_unit_that_expects_nobody_is_as_if_there_was_none(stage: Stage) -> None:
    site, _ = site_with_unit(stage, "enroll-nobody", lambda _: b"", **NO_LIMITS)
    assert post(site, b"sealed").status_code == 404
    without = stage.development("enroll-absent", start=False, **NO_LIMITS)
    without.gateway.options = ["--enroll-socket", str(stage.workspace.directory("absent") / "none.sock")]
    without.gateway.start()
    assert post(without, b"sealed").status_code == 404


def test_a_unit_that_is_not_there_behind_its_socket_is_502(stage: Stage) -> None:
    path = stage.workspace.directory("enroll-dead") / "enroll.sock"
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(path))  # Nobody listens.
    site = stage.development("enroll-dead", start=False, **NO_LIMITS)
    site.gateway.options = ["--enroll-socket", str(path)]
    site.gateway.start()
    response = post(site, b"sealed")
    assert response.status_code == 502
    assert "runegate-enroll" in response.json()["message"]


def test_it_counts_as_a_try_of_a_token(stage: Stage) -> None:
    site, unit = site_with_unit(stage, "enroll-limit", lambda _: b"answer")
    statuses = [post(site, b"sealed").status_code for _ in range(12)]
    assert statuses == [200] * 10 + [429] * 2
    assert len(unit.requests) == 10
    # The two limits are one.
    assert site.visitor().get("/.runegate/auth?token=guessed").status_code == 429


def test_only_post_and_only_the_exact_path(stage: Stage) -> None:
    site, unit = site_with_unit(stage, "enroll-route", lambda _: b"answer", **NO_LIMITS)
    response = site.visitor().get(PATH)
    assert response.status_code == 405 and response.headers["allow"] == "POST"
    for path in (PATH + "/", PATH + "/x", "/.runegate/Enroll", "/.runegate//enroll", "/.runegate/enrol%6c"):
        assert post(site, b"sealed", path).status_code in (400, 404)
    assert not unit.requests
