"""Targets that could be read in two ways, and targets that only look so."""

import pytest

from stage.raw import RawConnection
from stage.site import Site
from stage.visitor import Visitor
from stage.wording import short

#: Read as one under `/.runegate/` by some decoding or normalising: refused.
AMBIGUOUS = [
    "/%2erunegate/login", "/.%72unegate/login", "/%2e%72%75%6e%65%67%61%74%65/login", "/.runegate%2flogin",
    "/.runegate%2Flogin", "/%2f.runegate/login", "//.runegate/login", "///.runegate/login", "/./.runegate/login",
    "/x/../.runegate/login", "/x/%2e%2e/.runegate/login", "/x/..%2f.runegate/login", "/%2e/.runegate/login",
    "/.runegate/../app", "/.runegate/%2e%2e/app", "/.runegate/..%2fapp", "/.runegate/./login", "/.runegate//login",
    "/.runegate;x=1/login", "/;x/.runegate/login", "/.runegate/login;x=1", "/.runegate\\login", "/\\.runegate/login",
    "/.runegate%5clogin", "/%5c.runegate/login", "/x\\..\\.runegate\\login", 
    "/%252erunegate/login", "/.runegate%252flogin", "/%25%32%65runegate/login", "/.runegate%00/login",
    "/.runegate/login%00", "/.runegate/%6cogin", "/.runegate/login%2f", "/%c0%aerunegate/login", "/.runegate/login#x",
    "/.runegate/auth%3ftoken=x", "/.runegate%2e/login", "/.runegate/a/../../x",
    "/.runegat%65/login", "/.runegate%3bx/login", "/x/%2e%2e%2f%2erunegate/login",
]  # fmt: skip

#: The app's, byte for byte: ComfyUI, Jupyter and Gradio send such.
VERBATIM = [
    "/", "//evil.test@localhost/", "/a%2Fb", "/a%2fb/%2Fc", "//double", "/a//b///c", "/a;b=1/c;d", "/a%20b+c",
    "/%E2%82%AC", "/.well-known/x",
    "/.runegatex/login", "/x.runegate/login", "/authors", "/static/app.js", "/?next=/.runegate/login",
    "/q?a=%2e%2e%2f&b=;c&&d=", "/a?b?c", "/*", "/a:b@c", "/~user/'()!$&,=",
    "/api/view?filename=a%20b.png&subfolder=x%2Fy", "/gradio_api/file=/tmp/gradio/x/y.png", "/loginx", "/..runegate/x",
    "/%7Euser", "/a/./b", "/a/../b", "/%25", "/a%5Cb",
]  # fmt: skip

#: No target at all (RFC 9112 §3.2), or one of a form that an origin server has no use for.
MALFORMED = [
    "", "x", "*", "http://evil.test/", "http://", "ftp://localhost/", "localhost:80", "/a b",
    "/a\x00b", "/a\x01b", "/a\x7fb", "/a\tb", "?x", "#x", "/a#b", "http:/x",
]  # fmt: skip


#: Refused, or passed on byte for byte: both are safe.
ODD = [
    "/%", "/%z1", "/%1", "/\xff", "/\u20ac".encode().decode("latin-1"), "/.RUNEGATE/login", "/.Runegate/login",
    "/.runegate./login", "/.runegate%20/login", "/%u002erunegate/login", "/a\\b", "/a|b", "/a\"b", "/<b>", "/a^b`{}",
]  # fmt: skip


@pytest.fixture(scope="module")
def member(local: Site) -> Visitor:
    visitor = local.visitor()
    visitor.sign_in("paths@example.com")
    return visitor


@pytest.fixture(scope="module")
def public_member(public: Site) -> Visitor:
    visitor = public.visitor()
    visitor.sign_in("paths@example.com")
    return visitor


def ask(site: Site, target: str, cookie: str | None, method: str = "GET") -> int | None:
    """Sends one target byte for byte; the status, nil when the connection closed without one."""
    host, port = site.base_url.partition("://")[2], int(site.base_url.rpartition(":")[2])
    head = [f"{method} {target} HTTP/1.1", f"Host: {host}", "Connection: close", "Accept: */*"]
    if cookie:
        head.append(f"Cookie: {cookie}")
    tls = site.front.trust if site.front else None
    with RawConnection(("127.0.0.1", port), tls, "gate.test") as connection:
        connection.send("\r\n".join([*head, "", ""]).encode("latin-1"))
        return connection.answer(quiet=2).status


@pytest.mark.parametrize("target", AMBIGUOUS + VERBATIM + MALFORMED + ODD, ids=short)
def test_no_target_reaches_the_app_without_a_session(local: Site, target: str) -> None:
    mark = local.app.mark()
    for method in ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"):
        ask(local, target, None, method)
    assert local.app.since(mark) == []


@pytest.mark.parametrize("target", AMBIGUOUS, ids=short)
def test_a_target_that_could_mean_ours_is_refused(local: Site, member: Visitor, target: str) -> None:
    mark = local.app.mark()
    assert ask(local, target, member.cookie_header) in (400, 404)
    assert local.app.since(mark) == []


@pytest.mark.parametrize("target", VERBATIM, ids=short)
def test_other_targets_are_passed_on_byte_for_byte(local: Site, member: Visitor, target: str) -> None:
    mark = local.app.mark()
    assert ask(local, target, member.cookie_header) == 200
    assert [request.target for request in local.app.since(mark)] == [target]


@pytest.mark.parametrize("target", MALFORMED, ids=short)
def test_a_malformed_target_is_refused(local: Site, member: Visitor, target: str) -> None:
    mark = local.app.mark()
    assert ask(local, target, member.cookie_header) in (400, 421, None)
    assert local.app.since(mark) == []


@pytest.mark.parametrize("target", ODD, ids=short)
def test_an_odd_target_is_passed_on_byte_for_byte_or_refused(local: Site, member: Visitor, target: str) -> None:
    mark = local.app.mark()
    status = ask(local, target, member.cookie_header)
    arrived = [request.target for request in local.app.since(mark)]
    assert (status, arrived) in ((200, [target]), (400, []), (404, []), (None, []))


@pytest.mark.parametrize("target", AMBIGUOUS + MALFORMED, ids=short)
def test_through_nginx_nothing_ambiguous_reaches_the_app_either(
    public: Site, public_member: Visitor, target: str
) -> None:
    mark = public.app.mark()
    ask(public, target, None)
    assert public.app.since(mark) == [], "without a session"
    ask(public, target, public_member.cookie_header)
    for request in public.app.since(mark):
        # nginx refuses what is malformed; what it lets through is never readable as ours.
        assert target in MALFORMED, f"{target} arrived as {request.target}"
        assert ".runegate" not in request.target.lower()


def test_a_target_in_absolute_form_counts_only_with_our_authority(local: Site, member: Visitor) -> None:
    mark = local.app.mark()
    assert ask(local, f"{local.base_url}/absolute", member.cookie_header) in (200, 400)
    assert ask(local, "http://evil.test/absolute", member.cookie_header) in (400, 421)
    assert all(request.target == "/absolute" for request in local.app.since(mark))


def test_a_target_over_8_kib_is_refused(local: Site, member: Visitor) -> None:
    mark = local.app.mark()
    assert ask(local, "/" + "a" * 20_000, member.cookie_header) in (400, 414, 431)
    assert local.app.since(mark) == []
