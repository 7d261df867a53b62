"""What the app sends and takes arrives as without the gateway: streams, upgrades, odd answers."""

import hashlib
import json
import threading
import time

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from stage import bulk
from stage.polling import until
from stage.raw import RawConnection
from stage.site import Site, Stage
from stage.visitor import Visitor


@pytest.fixture(scope="module")
def member(local: Site) -> Visitor:
    visitor = local.visitor()
    visitor.sign_in("proxy@example.com")
    return visitor


@pytest.fixture(scope="module")
def public_member(public: Site) -> Visitor:
    visitor = public.visitor()
    visitor.sign_in("proxy@example.com")
    return visitor


def raw(site: Site) -> RawConnection:
    return RawConnection(("127.0.0.1", int(site.base_url.rpartition(":")[2])))


def head(site: Site, member: Visitor, first: str, *lines: str) -> bytes:
    host = site.base_url.partition("://")[2]
    return "\r\n".join([first, f"Host: {host}", f"Cookie: {member.cookie_header}", *lines, "", ""]).encode("latin-1")


def websocket(site: Site, visitor: Visitor, path: str = "/ws", origin: str | None = None) -> ClientConnection:
    address = site.base_url.replace("http", "ws", 1) + path
    return connect(
        address,
        ssl=site.front.trust if site.front else None,
        origin=Origin(origin or site.base_url),
        additional_headers={"Cookie": visitor.cookie_header},
        proxy=None,
        compression=None,
    )


@pytest.mark.parametrize("place", ["local", "public"])
def test_a_websocket_echoes(place: str, request: pytest.FixtureRequest) -> None:
    site: Site = request.getfixturevalue(place)
    visitor: Visitor = request.getfixturevalue("member" if place == "local" else "public_member")
    with websocket(site, visitor) as socket:
        for message in ("hello", "x" * 60_000, b"\x00\xff" * 300):
            socket.send(message)
            assert socket.recv(timeout=10) == message


def test_a_websocket_from_a_foreign_page_is_refused(local: Site, member: Visitor) -> None:
    mark = local.app.mark()
    for origin in ("https://evil.test", "null", local.base_url + ".evil.test", "http://localhost:1"):
        with pytest.raises(InvalidStatus) as refused:
            websocket(local, member, origin=origin)
        assert refused.value.response.status_code == 403, origin
    assert local.app.since(mark) == []


def test_a_refused_upgrade_stays_http_and_smuggles_nothing(local: Site, member: Visitor) -> None:
    mark = local.app.mark()
    with raw(local) as connection:
        connection.send(
            head(local, member, "GET /ws?refuse=1 HTTP/1.1", "Connection: Upgrade", "Upgrade: websocket",
                 "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", f"Origin: {local.base_url}")
            + b"GET /smuggled HTTP/1.1\r\nHost: app\r\n\r\n"
        )  # fmt: skip
        answer = connection.answer(quiet=1)
    assert answer.status in (400, 404)
    paths = [request.path for request in local.app.since(mark)]
    assert "/smuggled" not in paths


def test_events_arrive_when_the_app_sends_them(
    local: Site, member: Visitor, public: Site, public_member: Visitor
) -> None:
    for site, visitor in ((local, member), (public, public_member)):
        site.app.gate.clear()
        with visitor.client.stream("GET", "/events?count=4", headers={"Accept": "text/event-stream"}) as answer:
            assert answer.headers["content-type"] == "text/event-stream"
            chunks = answer.iter_text()
            # The app sends nothing more until this first event was read: a buffer anywhere would hang here.
            assert "first" in next(chunks)
            site.app.gate.set()
            assert "number 4" in "".join(chunks)


def test_expect_100_continue_is_answered_before_the_body(local: Site, member: Visitor) -> None:
    body = b"twelve bytes"
    mark = local.app.mark()
    with raw(local) as connection:
        connection.send(
            head(local, member, "POST /expected HTTP/1.1", "Expect: 100-continue", f"Content-Length: {len(body)}")
        )
        assert connection.read_until(b"\r\n\r\n").startswith(b"HTTP/1.1 100")
        connection.send(body)
        answer = connection.answer()
    assert answer.status == 200
    assert local.app.received(mark).body_start == body


def test_a_request_with_a_body_and_no_session_is_refused_before_the_body(local: Site) -> None:
    with raw(local) as connection:
        connection.send(
            f"POST /upload HTTP/1.1\r\nHost: {local.base_url[7:]}\r\nExpect: 100-continue\r\n"
            "Content-Length: 1000000000\r\n\r\n".encode()
        )
        assert connection.answer().status == 401


def test_head_has_the_length_and_no_body(local: Site, member: Visitor) -> None:
    answer = member.client.head("/anything")
    assert answer.status_code == 200
    assert int(answer.headers["content-length"]) > 0 and answer.content == b""


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND"])
@pytest.mark.parametrize("kind", ["none", "length", "chunked"])
def test_bodies_of_every_method_arrive(local: Site, member: Visitor, method: str, kind: str) -> None:
    body = b"" if kind == "none" else bulk._BLOCKS[0][:70_000]
    content = iter([body[:1], body[1:]]) if kind == "chunked" else body
    seen = member.client.request(method, "/m", content=content if kind != "none" else None).json()
    assert seen["method"] == method
    assert seen["body_bytes"] == len(body)
    assert seen["body_sha256"] == hashlib.sha256(body).hexdigest()


def test_an_upload_streams_while_it_is_still_being_sent(local: Site, member: Visitor) -> None:
    mark = local.app.mark()
    with raw(local) as connection:
        connection.send(head(local, member, "POST /streamed HTTP/1.1", "Transfer-Encoding: chunked"))
        connection.send(b"5\r\nfirst\r\n")
        request = local.app.received(mark)
        until(lambda: request.body_bytes == 5, "the first chunk reaches the app before the last is sent")
        connection.send(b"4\r\nlast\r\n0\r\n\r\n")
        assert connection.answer().status == 200


def test_informational_answers_do_not_confuse(local: Site, member: Visitor) -> None:
    with raw(local) as connection:
        connection.send(head(local, member, "GET /early HTTP/1.1"))
        answer = connection.answer()
    assert answer.statuses in ([103, 200], [200])


@pytest.mark.parametrize("code", [204, 304, 404, 418, 500, 503])
def test_statuses_of_the_app_are_its_own(local: Site, member: Visitor, code: int) -> None:
    assert member.get(f"/status?code={code}").status_code == code


def test_a_connection_is_kept_for_many_requests(local: Site, member: Visitor) -> None:
    with raw(local) as connection:
        for _ in range(20):
            connection.send(head(local, member, "GET /again HTTP/1.1"))
            assert connection.answer(quiet=0.05).statuses == [200]


def test_pipelined_requests_are_answered_in_order(local: Site, member: Visitor) -> None:
    mark = local.app.mark()
    with raw(local) as connection:
        connection.send(b"".join(head(local, member, f"GET /pipelined/{n} HTTP/1.1") for n in range(5)))
        answer = connection.answer(quiet=1)
    assert answer.statuses == [200] * 5
    assert [request.path for request in local.app.since(mark)] == [f"/pipelined/{n}" for n in range(5)]


def test_a_half_closed_client_still_gets_its_answer(local: Site, member: Visitor) -> None:
    with raw(local) as connection:
        connection.send(head(local, member, "GET /half HTTP/1.1", "Connection: close"))
        connection.shut_down_writing()
        assert connection.answer(quiet=2).status == 200


def test_a_client_that_leaves_frees_the_app(local: Site, member: Visitor) -> None:
    local.app.gate.clear()
    mark = local.app.mark()
    connection = raw(local)
    connection.send(head(local, member, "GET /events HTTP/1.1", "Accept: text/event-stream"))
    connection.read_until(b"first")
    number = local.app.received(mark).connection
    connection.close()
    local.app.gate.set()
    upstream = next(c for c in local.app.connections if c.number == number)
    until(lambda: upstream.writer.transport.is_closing(), "the gateway closes the app's connection")


HOSTILE_ANSWERS = {
    "no answer at all": b"",
    "not HTTP": b"SSH-2.0-OpenSSH_9.2\r\n",
    "two lengths": b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nabc",
    "length and chunked": b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "bad length": b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
    "header with a NUL": b"HTTP/1.1 200 OK\r\nX-A: a\x00b\r\nContent-Length: 0\r\n\r\n",
    "cut in the head": b"HTTP/1.1 200 OK\r\nContent-Le",
    "ten thousand headers": b"HTTP/1.1 200 OK\r\n" + b"X-A: b\r\n" * 10_000 + b"Content-Length: 0\r\n\r\n",
    "one huge header": b"HTTP/1.1 200 OK\r\nX-A: " + b"a" * 300_000 + b"\r\nContent-Length: 0\r\n\r\n",
    "informational flood, then nothing": b"HTTP/1.1 102 Processing\r\n\r\n" * 1000,
    "101 unasked": b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\nGET / HTTP/1.1\r\n\r\n",
}


@pytest.mark.parametrize("name", HOSTILE_ANSWERS)
def test_a_hostile_answer_becomes_502(local: Site, member: Visitor, name: str) -> None:
    local.app.raw_answer = HOSTILE_ANSWERS[name]
    with raw(local) as connection:
        connection.send(head(local, member, "GET /raw HTTP/1.1", "Connection: close"))
        answer = connection.answer(quiet=2)
    final = [status for status in answer.statuses if status >= 200]
    assert final == [502], answer.data[:300]
    assert member.get("/whoami").status_code == 200, "and the gateway goes on"


@pytest.mark.timeout(60)
def test_slow_heads_and_silent_connections_do_not_stay(local: Site, member: Visitor) -> None:
    """A head has ten seconds, all in all: bytes that drip in gain nothing."""
    silent, dripping = [raw(local) for _ in range(5)], [raw(local) for _ in range(5)]
    started = time.monotonic()
    for connection in dripping:
        connection.send(b"GET / HTTP/1.1\r\nX: ")
    over: set[RawConnection] = set()
    while len(over) < 5:
        assert time.monotonic() - started < 15, "still open"
        for connection in dripping:
            if connection not in over:
                try:
                    connection.send(b"a")
                except OSError:
                    over.add(connection)
        assert member.get("/whoami").status_code == 200, "others are served meanwhile"
        time.sleep(0.5)
    assert time.monotonic() - started > 8
    for connection in silent:
        assert connection.answer(within=5).is_closed
        connection.close()
    for connection in dripping:
        connection.close()


def test_an_answer_cut_short_is_cut_short_for_the_client_too(local: Site, member: Visitor) -> None:
    local.app.raw_answer = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this"
    with raw(local) as connection:
        connection.send(head(local, member, "GET /raw HTTP/1.1"))
        answer = connection.answer(quiet=5)
    assert answer.is_closed and answer.data.endswith(b"only this")


def test_an_answer_until_close_arrives_whole(local: Site, member: Visitor) -> None:
    local.app.raw_answer = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n" + b"until close" * 1000
    assert member.get("/raw").content == b"until close" * 1000


def test_small_answers_may_be_buffered(stage: Stage) -> None:
    site = stage.development("buffered", RUNEGATE_STREAM_RESPONSES="false")
    visitor = site.visitor()
    visitor.sign_in("ann@example.com")
    assert visitor.get("/x").json()["target"] == "/x"
    total = 3_000_000
    assert hashlib.sha256(visitor.get(f"/download?bytes={total}").content).hexdigest() == bulk.checksum(total)


def test_revoking_a_session_closes_its_websocket_within_a_second(local: Site) -> None:
    address = "revoked@example.com"
    visitor, other = local.visitor(), local.visitor()
    visitor.sign_in(address)
    other.sign_in("stays@example.com")
    with websocket(local, visitor) as socket, websocket(local, other) as staying:
        socket.send("hello")
        assert socket.recv(timeout=5) == "hello"
        (session,) = local.sessions(address)
        closed = threading.Event()

        def wait() -> None:
            try:
                socket.recv()
            except ConnectionClosed:
                closed.set()

        reader = threading.Thread(target=wait, daemon=True)
        reader.start()
        revoked = local.gateway.verb("sessions", "revoke", str(session["id"]))
        assert revoked.returncode == 0, revoked
        assert closed.wait(1.0), "still open a second after the revocation was confirmed"
        staying.send("still here")
        assert staying.recv(timeout=5) == "still here"
    assert not visitor.is_signed_in()
    assert json.dumps(local.sessions(address)) == "[]"


def test_signing_out_closes_open_streams_within_a_second(local: Site) -> None:
    visitor = local.visitor()
    visitor.sign_in("leaving@example.com")
    with websocket(local, visitor) as socket:
        socket.send("hello")
        assert socket.recv(timeout=5) == "hello"
        visitor.sign_out()
        with pytest.raises(ConnectionClosed):
            socket.recv(timeout=1.0)
