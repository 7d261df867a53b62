"""Requests that two parsers could cut in different places. Each reaches the app as no request or as one.

The app is the oracle: it writes down every request. Behind each attack a request of another connection follows; what
the attack left in a shared connection would show up in front of it.
"""

import contextlib
import itertools

import pytest

from stage.raw import RawConnection
from stage.site import Site
from stage.visitor import Visitor

#: What every attack tries to get through as a request of its own.
SMUGGLED = "GET /smuggled HTTP/1.1\r\nHost: app\r\nX-Forwarded-User: root@evil.test\r\n\r\n"
CHUNKED_SMUGGLED = "0\r\n\r\n" + SMUGGLED


def post(*lines: str, body: str = "") -> str:
    return "\r\n".join(["POST /attack HTTP/1.1", "Host: @HOST@", "@COOKIE@", *lines, "", body])


def get(*lines: str, body: str = "", first: str = "GET /attack HTTP/1.1") -> str:
    return "\r\n".join([first, "Host: @HOST@", "@COOKIE@", *lines, "", body])


_LENGTH = f"Content-Length: {len(CHUNKED_SMUGGLED)}"

VECTORS = {
    # Length and chunked together (RFC 9112 §6.1).
    "CL.TE": post(_LENGTH, "Transfer-Encoding: chunked", body=CHUNKED_SMUGGLED),
    "TE.CL": post("Transfer-Encoding: chunked", "Content-Length: 4", body="5c\r\n" + SMUGGLED + "\r\n0\r\n\r\n"),
    "CL.TE with GET": get(_LENGTH, "Transfer-Encoding: chunked", body=CHUNKED_SMUGGLED),
    "CL 0 and TE": post("Content-Length: 0", "Transfer-Encoding: chunked", body=CHUNKED_SMUGGLED),
    # Transfer codings that are not exactly `chunked`.
    **{
        f"TE {value!r}": post(_LENGTH, f"Transfer-Encoding: {value}", body=CHUNKED_SMUGGLED)
        for value in (
            "xchunked", "chunked, identity", "identity", "identity, chunked", "gzip, chunked", "chunked, chunked",
            "chunked;q=1", "\"chunked\"", "chunked\x0b", "\x0bchunked", "chunked\x00", "cHuNkEd", "chunked,", ",chunked",
            "", "chunk", "chunked\tx", "'chunked'", "x=chunked",
        )
    },
    **{
        f"TE alone {value!r}": post(f"Transfer-Encoding: {value}", body=CHUNKED_SMUGGLED)
        for value in ("xchunked", "identity", "gzip", "chunked, identity", "chunked, chunked", "chunked\x0b", "")
    },
    "TE twice": post("Transfer-Encoding: chunked", "Transfer-Encoding: identity", body=CHUNKED_SMUGGLED),
    "TE twice, chunked last": post("Transfer-Encoding: x", "Transfer-Encoding: chunked", body=CHUNKED_SMUGGLED),
    "TE in HTTP/1.0": post("Transfer-Encoding: chunked", body=CHUNKED_SMUGGLED).replace("HTTP/1.1", "HTTP/1.0", 1),
    "TE with a space before the colon": post(_LENGTH, "Transfer-Encoding : chunked", body=CHUNKED_SMUGGLED),
    "TE with a tab before the colon": post(_LENGTH, "Transfer-Encoding\t: chunked", body=CHUNKED_SMUGGLED),
    "TE folded": post(_LENGTH, "Transfer-Encoding:\r\n chunked", body=CHUNKED_SMUGGLED),
    "TE after a folded line": post(_LENGTH, "X: y\r\n Transfer-Encoding: chunked", body=CHUNKED_SMUGGLED),
    "TE with underscore": post(_LENGTH, "Transfer_Encoding: chunked", body=CHUNKED_SMUGGLED),
    "TE behind a bare LF": post(_LENGTH, "X: y\nTransfer-Encoding: chunked", body=CHUNKED_SMUGGLED),
    "TE behind a bare CR": post(_LENGTH, "X: y\rTransfer-Encoding: chunked", body=CHUNKED_SMUGGLED),
    "TE behind a NUL": post(_LENGTH, "X: y\x00Transfer-Encoding: chunked", body=CHUNKED_SMUGGLED),
    "TE name with a leading space": post(_LENGTH, " Transfer-Encoding: chunked", body=CHUNKED_SMUGGLED),
    # Lengths that are no plain decimal number.
    **{
        f"CL {value!r}": post(f"Content-Length: {value}", body="abc" + SMUGGLED)
        for value in (
            "+3", "-3", "0x3", "03", "3 ", "3,3", "3, 3", "3;3", "3.0", "3e0", "1_0", "", " ", "three", "\x0b3", "3\x00",
            "18446744073709551619", "99999999999999999999999999", "\u0663".encode().decode("latin-1"),
        )
    },
    "CL twice, different": post("Content-Length: 3", f"Content-Length: {3 + len(SMUGGLED)}", body="abc" + SMUGGLED),
    "CL twice, equal": post("Content-Length: 3", "Content-Length: 3", body="abc" + SMUGGLED),
    "CL folded": post("Content-Length:\r\n 3", body="abc" + SMUGGLED),
    "CL with a space before the colon": post("Content-Length : 3", body="abc" + SMUGGLED),
    "CL behind a bare LF": post("X: y\nContent-Length: 3", body="abc" + SMUGGLED),
    # Chunks.
    **{
        f"chunk size {size!r}": post("Transfer-Encoding: chunked", body=f"{size}\r\nabc\r\n0\r\n\r\n{SMUGGLED}")
        for size in ("0x3", "+3", "-3", " 3", "3 ", "3;\n", "3\x00", "g", "", "10000000000000003", "3\t", "3;a=\"\r\n", "3\n")
    },
    "chunk end without CR": post("Transfer-Encoding: chunked", body=f"3\nabc\n0\n\n{SMUGGLED}"),
    "chunk longer than said": post("Transfer-Encoding: chunked", body=f"3\r\nabcdef\r\n0\r\n\r\n{SMUGGLED}"),
    "chunk extension with LF": post("Transfer-Encoding: chunked", body=f"3;x\nabc\r\n0\r\n\r\n{SMUGGLED}"),
    "trailer that is a request": post("Transfer-Encoding: chunked", body=f"0\r\nX: {SMUGGLED}"),
    # Lines.
    "bare LF everywhere": post("Content-Length: 3", body="abc" + SMUGGLED).replace("\r\n", "\n"),
    "header without a colon": get("NoColon"),
    "header with an empty name": get(": x"),
    "header name with a space": get("X Y: z"),
    "header with a NUL": get("X: a\x00b"),
    "header with a bare CR": get("X: a\rGET /smuggled HTTP/1.1"),
    "obsolete folding": get("X: a\r\n b"),
    "folded first line": get(" X: a"),
    "NUL in the method": get(first="G\x00ET /attack HTTP/1.1"),
    "lower-case method": get(first="get /attack HTTP/1.1"),
    "three spaces": get(first="GET  /attack  HTTP/1.1"),
    "tab separated": get(first="GET\t/attack\tHTTP/1.1"),
    "HTTP/0.9": "GET /attack\r\n\r\n",
    "HTTP/1.2": get(first="GET /attack HTTP/1.2"),
    "HTTP/2.0": get(first="GET /attack HTTP/2.0"),
    "HTTP/11": get(first="GET /attack HTTP/11"),
    "HTTP/1.1x": get(first="GET /attack HTTP/1.1x"),
    "http/1.1": get(first="GET /attack http/1.1"),
    "HTTP/2 preface": "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + "\x00" * 9,
    "empty lines in front": "\r\n\r\n\r\n" + get(),
    "TLS hello": "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + "a" * 64,
    # Host.
    "no Host": "GET /attack HTTP/1.1\r\n@COOKIE@\r\n\r\n",
    "two Hosts": get("Host: evil.test"),
    "Host twice the same": get("Host: @HOST@"),
    "Host with a path": get().replace("@HOST@", "@HOST@/x"),
    "Host with userinfo": get().replace("@HOST@", "x@@HOST@"),
    "Host with a comma": get().replace("@HOST@", "@HOST@, evil.test"),
    "empty Host": get().replace("@HOST@", ""),
    "absolute form with another host": get(first="GET http://evil.test/attack HTTP/1.1"),
    "CONNECT": get(first="CONNECT app:80 HTTP/1.1"),
    "TRACE": get(first="TRACE /attack HTTP/1.1"),
    # Upgrades.
    "h2c": get("Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQAAP__", body=SMUGGLED),
    "websocket version 99": get("Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 99",
                                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Origin: @ORIGIN@", body=SMUGGLED),
    "websocket by POST": post("Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13", "Content-Length: 0",
                              "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Origin: @ORIGIN@", body=SMUGGLED),
    "websocket with a body": get("Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13",
                                 "Content-Length: 3", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Origin: @ORIGIN@",
                                 body="abc" + SMUGGLED),
    "websocket to a page": get("Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13",
                               "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Origin: @ORIGIN@", body=SMUGGLED),
    "unknown upgrade": get("Connection: Upgrade", "Upgrade: foo", body=SMUGGLED),
    # Limits.
    "101 headers": get(*(f"X-{n}: y" for n in range(101))),
    "17 KiB of headers": get("X: " + "y" * 17_000),
    "8 KiB and more of target": get(first="GET /" + "a" * 9_000 + " HTTP/1.1"),
}  # fmt: skip


@pytest.fixture(scope="module")
def member(local: Site) -> Visitor:
    visitor = local.visitor()
    visitor.sign_in("smuggler@example.com")
    return visitor


@pytest.fixture(scope="module")
def public_member(public: Site) -> Visitor:
    visitor = public.visitor()
    visitor.sign_in("smuggler@example.com")
    return visitor


_serial = itertools.count()


def attack(site: Site, visitor: Visitor, vector: str, with_session: bool) -> list[str]:
    """Sends a vector, then an honest request; the targets that the app saw before the honest one."""
    cookie = f"Cookie: {visitor.cookie_header}" if with_session else "X-No-Cookie: 1"
    data = (
        vector.replace("@COOKIE@", cookie)
        .replace("@HOST@", site.base_url.partition("://")[2])
        .replace("@ORIGIN@", site.base_url)
    )
    mark = site.app.mark()
    tls = site.front.trust if site.front else None
    port = int(site.base_url.rpartition(":")[2])
    with RawConnection(("127.0.0.1", port), tls, "gate.test") as connection:
        # An error here: it was refused before it was sent whole.
        with contextlib.suppress(OSError):
            connection.send(data.encode("latin-1"))
        connection.answer(quiet=0.1, within=0.4)
    honest = f"/honest/{next(_serial)}"
    answer = visitor.get(honest)
    assert answer.status_code == 200, f"the next visitor got {answer.status_code}: {answer.text[:300]}"
    assert answer.json()["target"] == honest, "the next visitor got another one's answer"
    targets = [request.target for request in site.app.since(mark)]
    assert targets.pop() == honest
    return targets


def forbidden(targets: list[str]) -> bool:
    return len(targets) > 1 or "/smuggled" in targets


@pytest.mark.parametrize("name", VECTORS)
def test_without_a_session_no_request_reaches_the_app(local: Site, member: Visitor, name: str) -> None:
    assert attack(local, member, VECTORS[name], with_session=False) == []


@pytest.mark.parametrize("name", VECTORS)
def test_with_a_session_at_most_the_one_request_reaches_the_app(local: Site, member: Visitor, name: str) -> None:
    assert not forbidden(attack(local, member, VECTORS[name], with_session=True))


@pytest.mark.parametrize("name", VECTORS)
def test_through_nginx_the_same(public: Site, public_member: Visitor, name: str) -> None:
    assert attack(public, public_member, VECTORS[name], with_session=False) == []
    assert not forbidden(attack(public, public_member, VECTORS[name], with_session=True))


def test_the_oracle_sees_a_second_request(local: Site, member: Visitor) -> None:
    """The measure itself: two honest requests on one connection are seen as two."""
    pipelined = get() + get(first="GET /second HTTP/1.1")
    assert attack(local, member, pipelined, with_session=True) == ["/attack", "/second"]
