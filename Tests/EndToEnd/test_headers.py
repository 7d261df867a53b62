"""Headers on their way through: what is kept, what is taken off, and who the app is told the visitor is."""

import itertools
import json

import pytest

from stage.raw import RawConnection
from stage.site import Site
from stage.visitor import Visitor

IDENTITY = ["X-Runegate-Authenticated", "X-Runegate-User", "X-Forwarded-User", "X-Forwarded-Email"]
FORWARDING = ["X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP"]
EVIL = "root@evil.test"


@pytest.fixture(scope="module")
def member(local: Site) -> Visitor:
    visitor = local.visitor()
    visitor.sign_in("member@example.com")
    return visitor


def send(site: Site, member: Visitor, lines: list[str], target: str = "/whoami", body: bytes = b"") -> bytes:
    """One raw request with a session; the whole answer."""
    port = int(site.base_url.rpartition(":")[2])
    head = [f"{'POST' if body else 'GET'} {target} HTTP/1.1", f"Host: localhost:{port}", "Connection: close"]
    head += [f"Cookie: {member.cookie_header}", *lines]
    if body:
        head.append(f"Content-Length: {len(body)}")
    with RawConnection(("127.0.0.1", port)) as connection:
        connection.send("\r\n".join(head).encode("latin-1") + b"\r\n\r\n" + body)
        return connection.answer(quiet=2).data


def normal(name: str) -> str:
    """As a careless app reads it: `X_Forwarded.User` becomes `x-forwarded-user`."""
    return "".join(c if c.isalnum() else "-" for c in name.lower())


def spellings(name: str) -> list[str]:
    """Each separator as `-`, `_` or `.`, and three cases."""
    parts = name.split("-")
    found = []
    for separators in itertools.product("-_.", repeat=len(parts) - 1):
        spelled = parts[0] + "".join(sep + part for sep, part in zip(separators, parts[1:], strict=True))
        found += [spelled, spelled.lower(), spelled.upper()]
    return found


@pytest.mark.parametrize("name", IDENTITY)
def test_an_identity_header_from_outside_never_reaches_the_app(local: Site, member: Visitor, name: str) -> None:
    for spelling in spellings(name):
        mark = local.app.mark()
        data = send(local, member, [f"{spelling}: {EVIL}", f"{spelling}: {EVIL}"])
        requests = local.app.since(mark)
        assert data.startswith((b"HTTP/1.1 200", b"HTTP/1.1 400")), spelling
        for request in requests:
            assert EVIL not in [value for _, value in request.headers], spelling
            values = [value for header, value in request.headers if normal(header) == normal(name)]
            assert len(values) == 1, f"exactly one {name}, ours, not {values} for {spelling}"


@pytest.mark.parametrize("name", FORWARDING)
def test_a_forwarding_header_is_set_by_the_gateway(local: Site, member: Visitor, name: str) -> None:
    for spelling in [s for s in spellings(name) if s.lower() != name.lower()]:
        mark = local.app.mark()
        send(local, member, [f"{spelling}: evil.test"])
        for request in local.app.since(mark):
            assert "evil.test" not in [value for _, value in request.headers], spelling


def test_unknown_forwarded_headers_are_dropped(local: Site, member: Visitor) -> None:
    for name in ("X-Forwarded-Prefix", "X_Forwarded_Groups", "X-Forwarded-Preferred-Username", "Forwarded",
                 "X-Runegate-Admin", "X.Runegate.Role", "x-forwarded-access-token"):  # fmt: skip
        mark = local.app.mark()
        send(local, member, [f"{name}: {EVIL}"])
        for request in local.app.since(mark):
            assert EVIL not in [value for _, value in request.headers], name


def test_the_app_is_told_who_the_visitor_is(local: Site, member: Visitor) -> None:
    mark = local.app.mark()
    member.get("/whoami")
    request = local.app.received(mark)
    assert request.all("X-Runegate-Authenticated") == ["true"]
    for name in ("X-Runegate-User", "X-Forwarded-User", "X-Forwarded-Email"):
        assert request.all(name) == ["member@example.com"], name
    port = local.base_url.rpartition(":")[2]
    assert request.all("Host") == [f"localhost:{port}"]
    assert request.all("X-Forwarded-Host") == [f"localhost:{port}"]
    assert request.all("X-Forwarded-Proto") == ["http"]
    assert request.all("X-Forwarded-For") == ["127.0.0.1"]
    assert request.all("X-Real-IP") == ["127.0.0.1"]


def test_behind_nginx_the_app_is_told_the_public_name(public: Site) -> None:
    visitor = public.visitor()
    visitor.sign_in("names@example.com")
    mark = public.app.mark()
    spoofed = {"X-Forwarded-User": EVIL, "X-Forwarded-For": "203.0.113.9", "X-Runegate-User": EVIL}
    assert visitor.get("/whoami", headers=spoofed).status_code == 200
    request = public.app.received(mark)
    authority = public.base_url.removeprefix("https://")
    assert request.all("Host") == [authority]
    assert request.all("X-Forwarded-Host") == [authority]
    assert request.all("X-Forwarded-Proto") == ["https"]
    assert request.all("X-Forwarded-For") == ["127.0.0.1"]
    assert request.all("X-Forwarded-User") == ["names@example.com"]
    assert request.all("X-Runegate-User") == ["names@example.com"]


def test_identity_headers_can_be_switched_off(stage) -> None:
    site = stage.development("no-identity", RUNEGATE_IDENTITY_HEADERS="false")
    visitor = site.visitor()
    visitor.sign_in("ann@example.com")
    mark = site.app.mark()
    visitor.get("/whoami", headers={"X-Forwarded-User": EVIL})
    names = {normal(name) for name, _ in site.app.received(mark).headers}
    assert not names & {normal(name) for name in IDENTITY}


@pytest.mark.parametrize("name", [*IDENTITY, *FORWARDING, "x_forwarded_user", "Cookie", "Host"])
def test_connection_may_not_name_an_identity_header(local: Site, member: Visitor, name: str) -> None:
    port = int(local.base_url.rpartition(":")[2])
    mark = local.app.mark()
    request = (
        f"GET / HTTP/1.1\r\nHost: localhost:{port}\r\nCookie: {member.cookie_header}\r\n"
        f"Connection: close, {name}\r\n\r\n"
    )
    with RawConnection(("127.0.0.1", port)) as connection:
        connection.send(request.encode())
        answer = connection.answer(quiet=1)
    if name in ("Cookie", "Host"):
        # Refused, or read before the header is taken off: the app sees the request as always, or not at all.
        assert answer.status in (200, 400)
    else:
        assert answer.status == 400
        assert local.app.since(mark) == []
    for seen in local.app.since(mark):
        assert seen.all("Host") == [f"localhost:{port}"]


def test_hop_by_hop_headers_stop_here(local: Site, member: Visitor) -> None:
    mark = local.app.mark()
    send(local, member, [
        "Connection: X-Private-Hop", "X-Private-Hop: 1", "Keep-Alive: timeout=5", "TE: trailers", "Trailer: X-End",
        "Proxy-Authorization: Basic abc", "Proxy-Connection: keep-alive", "Upgrade: h2c", "HTTP2-Settings: AAMAAABk",
        "X-End-To-End: kept",
    ])  # fmt: skip
    request = local.app.received(mark)
    names = {name.lower() for name, _ in request.headers}
    assert not names & {
        "x-private-hop", "keep-alive", "te", "trailer", "proxy-authorization", "proxy-connection", "upgrade",
        "http2-settings",
    }  # fmt: skip
    assert request.all("X-End-To-End") == ["kept"]


def test_several_set_cookie_arrive_as_sent(local: Site, public: Site) -> None:
    cookies = ["a=1", "b=2; Path=/; HttpOnly", "a=3; Path=/other", 'c="quoted, comma"; Max-Age=60', "d=; Path=/"]
    path = "/cookies?set=" + "%7C".join(
        cookie.replace(";", "%3B").replace("=", "%3D").replace(" ", "%20") for cookie in cookies
    )
    for site in (local, public):
        visitor = site.visitor()
        visitor.sign_in("cookies@example.com")
        assert visitor.get(path).headers.get_list("set-cookie") == cookies


def test_repeated_headers_keep_order_and_number(local: Site, member: Visitor) -> None:
    mark = local.app.mark()
    send(local, member, ["X-Tag: one", "Accept: a/b", "X-Tag: two", "X-Tag: one", "Accept: c/d"])
    request = local.app.received(mark)
    assert request.all("X-Tag") == ["one", "two", "one"]
    assert request.all("Accept") == ["a/b", "c/d"]


def test_our_cookies_never_reach_the_app(local: Site, public: Site) -> None:
    for site in (local, public):
        visitor = site.visitor()
        visitor.sign_in("hidden@example.com")
        others = "; ".join(
            f"{prefix}runegate_nonce=abcdefghijklmnopqrstuv" for prefix in ("", "__Host-", "__Secure-")
        )
        mark = site.app.mark()
        cookies = f"theme=dark; {visitor.cookie_header}; {others}; lang=en"
        assert visitor.get("/whoami", headers={"Cookie": cookies}).status_code == 200
        request = site.app.received(mark)
        assert "; ".join(request.all("Cookie")) == "theme=dark; lang=en"
        assert visitor.session_cookie not in json.dumps(request.headers)


def test_a_request_with_only_our_cookies_reaches_the_app_without_a_cookie_header(local: Site) -> None:
    visitor = local.visitor()
    visitor.sign_in("only@example.com")
    mark = local.app.mark()
    visitor.get("/whoami")
    assert local.app.received(mark).all("Cookie") == []


def test_the_app_cannot_set_our_cookies(local: Site, member: Visitor) -> None:
    session = member.session_cookie
    ours = [
        "runegate_id",
        "__Host-runegate_id",
        "runegate_nonce",
        "__Host-runegate_nonce",
        "RUNEGATE_ID",
        " runegate_id",
    ]
    path = "/cookies?set=" + "%7C".join([*(f"{name}%3Devil" for name in ours), "theme%3Ddark"])
    answer = member.get(path.replace(" ", "%20"))
    assert answer.headers.get_list("set-cookie") in (["theme=dark"], ["RUNEGATE_ID=evil", "theme=dark"])
    assert member.session_cookie == session


def test_trailers_and_chunk_extensions_are_not_passed_on(local: Site, member: Visitor) -> None:
    port = int(local.base_url.rpartition(":")[2])
    mark = local.app.mark()
    with RawConnection(("127.0.0.1", port)) as connection:
        connection.send(
            f"POST /x HTTP/1.1\r\nHost: localhost:{port}\r\nCookie: {member.cookie_header}\r\nConnection: close\r\n"
            "Transfer-Encoding: chunked\r\nTrailer: X-Forwarded-User\r\n\r\n"
            f"5\r\nhello\r\n0\r\nX-Forwarded-User: {EVIL}\r\n\r\n".encode()
        )
        answer = connection.answer(quiet=2)
    for request in local.app.since(mark):
        raw = bytes(next(c for c in local.app.connections if c.number == request.connection).raw)
        assert EVIL.encode() not in raw
    assert answer.status in (200, 400)
