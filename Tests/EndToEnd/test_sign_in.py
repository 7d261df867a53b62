"""Signing in, without a browser: what each step answers, and who gets a session."""

import re

import httpx
import pytest

from stage.forms import forms
from stage.raw import RawConnection
from stage.site import NO_LIMITS, Site, Stage
from stage.visitor import NAVIGATION, Visitor, path_of
from stage.wording import short

INVALID = "Invalid or expired login link"


def set_cookies(answer: httpx.Response) -> dict[str, list[str]]:
    """Attributes of each cookie that an answer sets, lower-case, by name."""
    found = {}
    for header in answer.headers.get_list("set-cookie"):
        pair, *attributes = [part.strip() for part in header.split(";")]
        found[pair.partition("=")[0]] = [attribute.lower() for attribute in attributes]
    return found


def test_one_click_signs_in_and_returns_to_the_page_asked_for(local: Site) -> None:
    visitor = local.visitor()
    challenge = visitor.visit("/reports/7?year=2026")
    assert challenge.status_code == 302
    location = path_of(challenge.headers["location"])
    assert location.startswith("/.runegate/login?")

    asked = visitor.ask("ann@example.com", next=httpx.URL(challenge.headers["location"]).params["next"])
    assert asked.status_code == 200
    answer = visitor.visit(local.mailbox.letter_to("ann@example.com").link)

    assert answer.status_code == 303
    assert path_of(answer.headers["location"]) == "/reports/7?year=2026"
    attributes = set_cookies(answer)["runegate_id"]
    assert {"httponly", "samesite=lax", "path=/"} <= set(attributes)
    assert "secure" not in attributes and not any(a.startswith("domain") for a in attributes)
    seen = visitor.get("/reports/7?year=2026").json()
    assert seen["target"] == "/reports/7?year=2026"
    assert dict(seen["headers"])["X-Runegate-User"] == "ann@example.com"


def test_cookies_on_https_are_host_bound_and_secure(public: Site) -> None:
    visitor = public.visitor()
    answer = visitor.sign_in("prefix@example.com")
    attributes = set_cookies(answer)["__Host-runegate_id"]
    assert {"secure", "httponly", "samesite=lax", "path=/"} <= set(attributes)
    assert not any(attribute.startswith("domain") for attribute in attributes)
    assert visitor.is_signed_in()


def test_another_browser_gets_the_confirm_page_and_is_not_signed_in_by_get(local: Site) -> None:
    asking, other = local.visitor(), local.visitor()
    asking.ask("bob@example.com", next="/private")
    link = local.mailbox.letter_to("bob@example.com").link

    page = other.visit(link)
    assert page.status_code == 200
    assert "bob@example.com" in page.text
    assert other.session_cookie is None and not other.is_signed_in()

    confirmed = other.confirm(page)
    assert confirmed.status_code == 303
    assert path_of(confirmed.headers["location"]) == "/", "next belongs to the asking browser only"
    assert other.is_signed_in()
    assert not asking.is_signed_in(), "only the browser that pressed the button has a session"


def test_head_and_twenty_gets_from_elsewhere_leave_the_link_usable(local: Site) -> None:
    asking = local.visitor()
    asking.ask("cleo@example.com")
    link = local.mailbox.letter_to("cleo@example.com").link

    scanner = local.visitor(address="198.51.100.7")
    assert scanner.client.head(link).status_code in (200, 405)
    for _ in range(20):
        assert scanner.visit(link).status_code == 200
        assert local.visitor(address="198.51.100.8").get(link).status_code == 200
    # HEAD changes nothing even with the asking browser's nonce.
    assert asking.client.head(link).status_code in (200, 405)
    assert scanner.session_cookie is None and asking.session_cookie is None

    assert asking.visit(link).status_code == 303
    assert asking.is_signed_in()


def test_prefetch_in_the_asking_browser_does_not_sign_in(local: Site) -> None:
    visitor = local.visitor()
    visitor.ask("pre@example.com")
    link = local.mailbox.letter_to("pre@example.com").link
    assert visitor.visit(link, Sec_Purpose="prefetch").status_code == 200
    assert visitor.visit(link, Sec_Fetch_Mode="no-cors", Sec_Fetch_Dest="image").status_code == 200
    assert visitor.session_cookie is None
    assert visitor.visit(link).status_code == 303


def test_a_link_works_once(local: Site) -> None:
    visitor = local.visitor()
    visitor.ask("dan@example.com")
    link = local.mailbox.letter_to("dan@example.com").link
    page = local.visitor().visit(link)
    assert visitor.visit(link).status_code == 303

    for late in (local.visitor(), visitor):
        answer = late.visit(link)
        assert answer.status_code == 401, answer
        assert INVALID in answer.text
    other = local.visitor()
    other.client.cookies.update(page.cookies)
    late_button = other.visit(link)
    assert late_button.status_code == 401


def test_200_parallel_confirmations_of_one_token_make_one_session(local: Site) -> None:
    address = "parallel@example.com"
    local.visitor().ask(address)
    other = local.visitor()
    page = other.visit(local.mailbox.letter_to(address).link)
    button = next(f for f in forms(page.text) if f.action.startswith("/.runegate/auth"))
    body = httpx.Request("POST", local.base_url, data=button.fields).read()
    host, port = "127.0.0.1", int(local.base_url.rpartition(":")[2])
    head = (
        f"POST {button.action} HTTP/1.1\r\nHost: localhost:{port}\r\nOrigin: {local.base_url}\r\n"
        f"Cookie: {other.cookie_header}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        f"Connection: close\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode()

    connections = [RawConnection((host, port)) for _ in range(200)]
    for connection in connections:
        connection.send(head + body[:-1])
    for connection in connections:
        connection.send(body[-1:])
    answers = [connection.answer(quiet=5) for connection in connections]
    for connection in connections:
        connection.close()

    statuses = [answer.status for answer in answers]
    assert statuses.count(303) == 1, statuses
    assert statuses.count(401) == 199, statuses
    for answer in answers:
        for cookie in re.findall(rb"[Ss]et-[Cc]ookie: runegate_id=([\w.\-]{16,})", answer.data):
            local.secrets.learn("cookie", cookie.decode())
    assert len(local.sessions(address)) == 1


def test_the_short_code_signs_in_the_asking_browser_only(local: Site) -> None:
    asking, other = local.visitor(), local.visitor()
    waiting = asking.ask("eve@example.com")
    code = local.mailbox.letter_to("eve@example.com").code
    assert code, "the mail holds the short code"

    others_page = other.ask("somebody-else@example.com")
    assert other.type_code(others_page, code).status_code == 401
    assert not other.is_signed_in()

    assert asking.type_code(waiting, f"{code[:4]}-{code[4:].lower()}").status_code == 303
    assert asking.is_signed_in()
    assert local.visitor().visit(local.mailbox.letter_to("eve@example.com").link).status_code == 401, (
        "code and link are one"
    )


def test_five_wrong_codes_use_the_mail_up_even_without_limits(local: Site) -> None:
    visitor = local.visitor()
    waiting = visitor.ask("guess@example.com")
    code = local.mailbox.letter_to("guess@example.com").code
    assert code
    wrong = "AAAAAAAA" if code != "AAAAAAAA" else "BBBBBBBB"
    for _ in range(5):
        assert visitor.type_code(waiting, wrong).status_code == 401
    assert visitor.type_code(waiting, code).status_code == 401
    assert not visitor.is_signed_in()


def test_listed_and_unlisted_addresses_get_the_same_words(public: Site) -> None:
    def answers(address: str) -> tuple[list[object], list[object]]:
        form_answer = public.visitor().ask(address)
        json_answer = public.visitor().client.post("/.runegate/login", json={"email": address})
        described: list[list[object]] = []
        for answer in (form_answer, json_answer):
            text = answer.text.replace(address, "ADDRESS")
            text = re.sub(r'(?<=value=")[\w\-=]{16,}(?=")', "VALUE", text)
            names = sorted(name for name in answer.headers if name not in ("date", "content-length"))
            described.append([answer.status_code, names, sorted(set_cookies(answer)), text])
        return described[0], described[1]

    listed, unlisted = answers("listed@example.com"), answers("nobody@elsewhere.org")
    assert listed == unlisted
    assert listed[0][0] == 200 and listed[1][0] == 200
    public.mailbox.letter_to("listed@example.com", 2)
    assert public.mailbox.letters_to("nobody@elsewhere.org") == []


MALFORMED_ADDRESSES = [
    "", " ", "ann", "@example.com", "ann@", "ann@example", "a@b@example.com", "ann@@example.com", "ann example.com",
    "ann@exa mple.com", "ann@example..com", ".ann@example.com", "ann.@example.com", "ann@-example.com",
    '"ann"@example.com', "ann@[127.0.0.1]", "ann@example.com\r\nBcc: x@example.com", "ann@example.com\x00",
    "ann@example.com,bob@example.com", "<ann@example.com>", "änn@example.com", "ann@example.com.", "a" * 65 + "@example.com",
    "ann@" + "a" * 250 + ".com", "ann%40example.com", "ann＠example.com",
]  # fmt: skip


@pytest.mark.parametrize("address", MALFORMED_ADDRESSES, ids=short)
def test_a_malformed_address_gets_400(local: Site, address: str) -> None:
    visitor = local.visitor()
    page = visitor.ask(address)
    assert page.status_code == 400, page.text
    assert "text/html" in page.headers["content-type"]
    assert "address" in page.text.lower()
    answer = visitor.client.post("/.runegate/login", json={"email": address})
    assert answer.status_code == 400
    assert answer.json()


MALFORMED_BODIES = [
    ("application/json", b""), ("application/json", b"{"), ("application/json", b"[]"), ("application/json", b"null"),
    ("application/json", b'{"email": 7}'), ("application/json", b'{"mail": "ann@example.com"}'),
    ("application/json", b'{"email": "\xff\xfe"}'), ("application/json", b"[" * 10_000),
    ("application/x-www-form-urlencoded", b""), ("application/x-www-form-urlencoded", b"email"),
    ("application/x-www-form-urlencoded", b"email=%zz"), ("application/x-www-form-urlencoded", b"email=%ff%fe"),
    ("application/x-www-form-urlencoded", b"&&&===&"), ("text/plain", b"email=ann@example.com"),
    ("multipart/form-data; boundary=x", b"--x--"), ("", b"\x00\x01\x02"),
]  # fmt: skip


@pytest.mark.parametrize("kind, body", MALFORMED_BODIES, ids=short)
@pytest.mark.parametrize("path", ["/.runegate/login", "/.runegate/auth", "/.runegate/code", "/.runegate/logout"])
def test_a_malformed_body_gets_4xx_never_500(local: Site, path: str, kind: str, body: bytes) -> None:
    headers = {"Origin": local.base_url} | ({"Content-Type": kind} if kind else {})
    answer = local.visitor().client.post(path, content=body, headers=headers)
    # Signing out needs nothing from the body.
    expected = range(300, 500) if path.endswith("logout") else range(400, 500)
    assert answer.status_code in expected, answer.text


def test_a_body_over_16_kib_gets_413(local: Site) -> None:
    answer = local.visitor().client.post(
        "/.runegate/login",
        content=b"email=" + b"a" * 17_000,
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )
    assert answer.status_code == 413


BAD_TOKENS = {
    "": 400, "?token=": 400, "?other=1": 400, "?token=invalid_token": 401, "?token=a.b.c": 401,
    "?token=" + "x" * 4000: 401, "?token=%00": 400, "?token=%zz": 400,
}  # fmt: skip


@pytest.mark.parametrize("query", BAD_TOKENS, ids=short)
def test_a_link_without_a_good_token_says_so(local: Site, query: str) -> None:
    # The alias is the app's when there is no token.
    for path in ["/.runegate/auth"] + (["/auth"] if "token=" in query else []):
        answer = local.visitor().visit(path + query)
        assert answer.status_code == BAD_TOKENS[query], path
        assert "text/html" in answer.headers["content-type"] and "<h1" in answer.text
        if answer.status_code == 401:
            assert INVALID in answer.text


def test_signing_out_ends_the_session_at_once(local: Site) -> None:
    visitor = local.visitor()
    visitor.sign_in("fay@example.com")
    cookie = visitor.cookie_header
    answer = visitor.sign_out()
    assert answer.status_code == 303
    assert path_of(answer.headers["location"]).startswith("/.runegate/login")
    assert not visitor.is_signed_in()
    assert local.visitor().get("/whoami", headers={"Cookie": cookie}).status_code == 401


def test_without_a_session_nothing_reaches_the_app(local: Site) -> None:
    mark = local.app.mark()
    visitor = local.visitor()
    assert visitor.visit("/").status_code == 302
    assert visitor.client.head("/", headers=NAVIGATION).status_code == 302
    assert visitor.client.get("/", headers={"Accept": "text/html"}).status_code == 302
    for method in ("GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"):
        answer = visitor.client.request(method, "/api/items", headers={"Accept": "application/json"})
        assert answer.status_code == 401, method
        assert "application/json" in answer.headers["content-type"]
        assert answer.json()
    assert visitor.client.post("/form", headers=NAVIGATION, data={"a": "b"}).status_code == 401
    upgrade = {
        "Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==", "Origin": local.base_url,
    }  # fmt: skip
    assert visitor.client.get("/ws", headers=upgrade).status_code == 401
    assert local.app.since(mark) == []


def test_a_foreign_page_may_not_post_to_ours(local: Site) -> None:
    visitor = local.visitor()
    waiting = visitor.ask("gus@example.com")
    letter = local.mailbox.letter_to("gus@example.com")
    page = local.visitor().visit(letter.link)
    button = next(f for f in forms(page.text) if f.action.startswith("/.runegate/auth"))
    code_form = next(f for f in forms(waiting.text) if f.action.startswith("/.runegate/code"))
    attempts = [
        (button.action, button.fields), (code_form.action, code_form.fields | {code_form.visible[0]: letter.code}),
        ("/.runegate/logout", {}), ("/.runegate/notify", {}),
    ]  # fmt: skip
    foreign = [
        {"Origin": "https://evil.test"},
        {"Origin": "null"},
        {"Origin": local.base_url + ".evil.test"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ]
    for path, fields in attempts:
        for headers in foreign:
            answer = visitor.client.post(path, data=fields, headers=headers)
            assert answer.status_code == 403, (path, headers, answer)
    assert visitor.session_cookie is None
    assert visitor.visit(letter.link).status_code == 303, "nothing of this spent the link"


def test_a_link_that_a_foreign_page_asked_for_needs_the_confirm_page(local: Site) -> None:
    for number, headers in enumerate(
        [{"Origin": "https://evil.test"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}]
    ):
        address = f"planted{number}@example.com"
        visitor = local.visitor()
        answer = visitor.client.post("/.runegate/login", data={"email": address}, headers=headers)
        assert answer.status_code == 200, "answered as always"
        assert visitor.nonce_cookie is None
        page = visitor.visit(local.mailbox.letter_to(address).link, Sec_Fetch_Site="cross-site")
        assert page.status_code == 200 and address in page.text
        assert visitor.session_cookie is None


def test_a_planted_session_cookie_is_replaced(local: Site) -> None:
    attacker, victim = local.visitor(), local.visitor()
    attacker.sign_in("attacker@example.com")
    planted = attacker.session_cookie
    assert planted
    victim.client.cookies.set("runegate_id", planted, domain="localhost.local", path="/")
    page = victim.ask("victim@example.com") if not victim.is_signed_in() else None
    assert page is None, "the planted cookie is a live session, so the path is the app's"
    victim.client.cookies.clear()
    victim.sign_in("victim@example.com")
    assert victim.session_cookie != planted
    seen = dict(victim.get("/whoami").json()["headers"])
    assert seen["X-Runegate-User"] == "victim@example.com"


def test_signing_in_over_another_live_session_needs_the_confirm_page(local: Site) -> None:
    visitor = local.visitor()
    visitor.ask("first@example.com")
    visitor.ask("second@example.com")
    assert visitor.visit(local.mailbox.letter_to("first@example.com").link).status_code == 303
    before = visitor.session_cookie
    page = visitor.visit(local.mailbox.letter_to("second@example.com").link)
    assert page.status_code == 200 and "second@example.com" in page.text
    assert visitor.session_cookie == before


def test_asking_again_voids_nothing_and_signing_in_voids_the_rest(local: Site) -> None:
    visitor = local.visitor()
    for _ in range(3):
        visitor.ask("hal@example.com")
    local.mailbox.letter_to("hal@example.com", 3)
    links = [letter.link for letter in local.mailbox.letters_to("hal@example.com")]
    assert len(set(links)) == 3
    assert visitor.visit(links[0]).status_code == 303
    for link in links[1:]:
        assert local.visitor().visit(link).status_code == 401


def test_two_duplicate_session_cookies_count_as_none(local: Site) -> None:
    visitor = local.visitor()
    visitor.sign_in("twice@example.com")
    cookie = visitor.session_cookie
    stranger = local.visitor()
    doubled = f"runegate_id={cookie}; runegate_id={cookie}x"
    assert stranger.get("/whoami", headers={"Cookie": doubled}).status_code == 401
    assert stranger.get("/whoami", headers={"Cookie": f"runegate_id={cookie}"}).status_code == 200


def test_a_wrong_host_gets_421_and_health_answers_any(local: Site) -> None:
    visitor = local.visitor()
    for host in ("evil.test", "localhost.evil.test", "localhost:1", "10.0.0.1", "localhost@evil.test"):
        assert visitor.get("/", headers={"Host": host}).status_code in (400, 421), host
        health = visitor.get("/.runegate/health", headers={"Host": "anything.test"})
        assert health.status_code == 200
    body = health.json()
    assert body["status"] and body["service"] == "runegate" and body["version"]
    port = local.base_url.rpartition(":")[2]
    for host in ("localhost", "127.0.0.1", "[::1]"):
        assert visitor.get("/", headers={"Host": f"{host}:{port}"} | NAVIGATION).status_code == 302, host


def test_links_are_built_from_the_base_url_only(local: Site) -> None:
    visitor = local.visitor()
    headers = {"X-Forwarded-Host": "evil.test", "X-Forwarded-Proto": "https", "Forwarded": "host=evil.test"}
    answer = visitor.client.post("/.runegate/login", json={"email": "ivy@example.com"}, headers=headers)
    assert answer.status_code == 200
    letter = local.mailbox.letter_to("ivy@example.com")
    assert letter.link.startswith(local.base_url + "/.runegate/auth?token=")
    assert b"evil.test" not in letter.raw


def test_aliases_answer_without_a_session_and_are_the_apps_with_one(local: Site) -> None:
    stranger = local.visitor()
    assert stranger.get("/health").json()["service"] == "runegate"
    assert "/.runegate/login" in stranger.visit("/login.html").text
    limits = stranger.get("/rate_limit_info")
    assert limits.status_code == 200 and limits.json()
    asked = stranger.client.post("/login", json={"email": "jan@example.com"})
    assert asked.status_code == 200
    token = local.mailbox.letter_to("jan@example.com").token
    assert stranger.visit(f"/auth?token={token}").status_code in (200, 303)

    member = local.visitor()
    member.sign_in("jill@example.com")
    for path in ("/health", "/login.html", "/rate_limit_info", "/auth"):
        assert member.get(path).json()["target"] == path
    assert member.client.post("/login", json={"a": 1}).json()["target"] == "/login"


def test_debug_endpoints_show_no_secret(local: Site, public: Site) -> None:
    member = local.visitor()
    member.sign_in("deb@example.com")
    for path in ("/debug/session", "/debug/cookies", "/debug/protected"):
        answer = member.get(path)
        assert answer.status_code == 200, path
        assert member.session_cookie and member.session_cookie not in answer.text
    in_production = public.visitor()
    in_production.sign_in("deb@example.com")
    assert in_production.get("/debug/session").json()["target"] == "/debug/session", "off in production"


def test_pages_may_not_be_framed_cached_or_scripted(local: Site) -> None:
    visitor = local.visitor()
    visitor.ask("kim@example.com")
    link = local.mailbox.letter_to("kim@example.com").link
    for page in (visitor.visit("/.runegate/login"), local.visitor().visit(link)):
        policy = page.headers["content-security-policy"]
        assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy
        assert "unsafe-inline" not in policy
        assert page.headers["x-content-type-options"] == "nosniff"
        assert page.headers["referrer-policy"] == "strict-origin"
        assert "no-store" in page.headers["cache-control"]


def test_a_session_survives_a_restart(stage: Stage) -> None:
    site = stage.development("restart", **NO_LIMITS, **stage.keys())
    visitor: Visitor = site.visitor()
    visitor.sign_in("lea@example.com")
    unused = site.visitor()
    unused.ask("later@example.com")
    link = site.mailbox.letter_to("later@example.com").link
    assert site.gateway.stop() == 0
    site.gateway.start()
    assert visitor.is_signed_in()
    assert unused.visit(link).status_code == 303
    assert unused.is_signed_in()
