"""Nothing works: what the page says, when it comes, and the mail to those who wait for the end."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import BrowserContext, expect

from stage.forms import form
from stage.letter import Letter
from stage.looks import LOOKS, inspect
from stage.path import CutPath
from stage.polling import until
from stage.site import NO_LIMITS, Site, Stage
from stage.visitor import NAVIGATION, Visitor

#: The app counts as back once it was reachable for so long.
STABLE = "1s"


@dataclass
class Tunnels:
    """A gateway whose two paths are relays that can be cut; a cut one accepts and stays silent."""

    site: Site
    relays: list[CutPath]

    @classmethod
    def start(cls, stage: Stage, name: str, *, wait: bool = True, **settings: str) -> "Tunnels":
        site = stage.development(name, start=False, **(NO_LIMITS | stage.keys() | settings))
        relays = [CutPath(stage.background, stage.workspace.port(), site.app.port) for _ in range(2)]
        for relay in relays:
            relay.start()
            stage.at_end(relay.stop)
        site.gateway.settings |= {
            "RUNEGATE_WIREGUARD_TARGET": relays[0].url,
            "RUNEGATE_WIREGUARD_INTERFACE": "",
            "RUNEGATE_RATHOLE_TARGET": relays[1].url,
            "RUNEGATE_FAILBACK_AFTER": STABLE,
        }
        if wait:
            site.gateway.start()
        return cls(site, relays)

    def cut(self) -> None:
        for relay in self.relays:
            relay.silence()

    def mend(self) -> None:
        for relay in self.relays:
            relay.restore()


def facts(visitor: Visitor) -> dict[str, object]:
    """What a program is told."""
    answer = visitor.get("/api")
    assert answer.status_code in (200, 502, 503, 504), answer
    return answer.json()


def is_told(visitor: Visitor, code: str) -> Callable[[], bool]:
    def is_told() -> bool:
        found = facts(visitor)
        return found.get("error") == code and "layer" in found

    return is_told


def press(visitor: Visitor) -> httpx.Response:
    """Presses the button on the page."""
    button = form(visitor.visit("/gallery?page=2").text, "/.runegate/notify")
    return visitor.submit(button.action, button.fields)


def news(site: Site, address: str) -> list[Letter]:
    """The mails that say that the app is back."""
    return [letter for letter in site.mailbox.letters_to(address) if not letter.has_link]


def test_with_both_paths_cut_the_page_comes_at_once_and_goes_away_by_itself(stage: Stage) -> None:
    tunnels = Tunnels.start(stage, "cut")
    visitor = tunnels.site.visitor()
    visitor.sign_in("ann@example.com")
    until(lambda: visitor.visit("/").status_code == 200, "the app answers")
    tunnels.cut()
    until(is_told(visitor, "tunnels_down"), "the layer is known")
    started = time.monotonic()
    page = visitor.visit("/gallery?page=2")
    assert time.monotonic() - started < 1
    assert page.status_code == 503 and page.headers["retry-after"] == "5"
    assert "refresh" in page.text and re.search(r"began .*(ago|just now)", page.text)
    told = facts(visitor)
    assert told["layer"] == "tunnels-down" and told["retry_after_seconds"] == 5
    assert abs(float(str(told["since_unix_seconds"])) - time.time()) < 30
    posted = visitor.client.post("/upload", content=b"x", headers=NAVIGATION)
    assert posted.status_code == 503 and "refresh" not in posted.text, "only a GET is tried again by itself"
    tunnels.mend()
    started = time.monotonic()
    until(lambda: visitor.visit("/").status_code == 200, "the app is back")
    assert time.monotonic() - started < 2


def test_a_mail_comes_once_when_the_app_is_back(stage: Stage) -> None:
    tunnels = Tunnels.start(stage, "notify")
    site, address = tunnels.site, "ann@example.com"
    visitor, other = site.visitor(), site.visitor()
    visitor.sign_in(address)
    other.sign_in("bob@example.com")
    site.app.stop()
    until(is_told(visitor, "app_down"), "the app is known to be down")
    pressed = press(visitor)
    assert pressed.status_code == 200 and address in pressed.text
    assert news_is_promised(visitor, address), "the button gives way to a promise"
    asked = visitor.client.post("/.runegate/notify")
    assert asked.status_code == 200 and asked.json()["status"] == "ok", "a program may ask too"
    never_within(2.5, lambda: news(site, address), "a mail while it is broken")

    site.app.start()
    (letter,) = until(lambda: news(site, address), "the mail arrives", within=20)
    assert letter.message["Subject"].endswith("is back")
    for body in (letter.text, letter.html):
        assert site.base_url + "/" in body and "token" not in body
    assert visitor.visit("/").status_code == 200

    # The next outage is another one: nobody asked about it.
    site.app.stop()
    until(is_told(visitor, "app_down"), "the app is known to be down")
    site.app.start()
    until(lambda: visitor.visit("/").status_code == 200, "the app is back")
    never_within(3, lambda: len(news(site, address)) > 1 or news(site, "bob@example.com"), "another mail")


def never_within(seconds: float, condition: Callable[[], object], what: str) -> None:
    """Fails as soon as something happens that must not."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        assert not condition(), what
        time.sleep(0.05)


def news_is_promised(visitor: Visitor, address: str) -> bool:
    return f"We will write to {address}" in visitor.visit("/").text


def test_the_wish_survives_kill_9(stage: Stage) -> None:
    tunnels = Tunnels.start(stage, "killed")
    site = tunnels.site
    visitor = site.visitor()
    visitor.sign_in("ann@example.com")
    tunnels.cut()
    until(is_told(visitor, "tunnels_down"), "the layer is known")
    assert press(visitor).status_code == 200
    site.gateway.kill()
    site.gateway.start()
    until(is_told(visitor, "tunnels_down"), "the layer is known again")
    assert news_is_promised(visitor, "ann@example.com")
    tunnels.mend()
    until(lambda: news(site, "ann@example.com"), "the mail arrives", within=20)


def test_whoever_was_revoked_or_signed_out_gets_none(stage: Stage) -> None:
    tunnels = Tunnels.start(stage, "gone")
    site = tunnels.site
    people = {name: site.visitor() for name in ("revoked", "leaver", "stayer")}
    for name, visitor in people.items():
        visitor.sign_in(f"{name}@example.com")
    tunnels.cut()
    until(is_told(people["stayer"], "tunnels_down"), "the layer is known")
    for visitor in people.values():
        assert press(visitor).status_code == 200
    assert site.gateway.verb("sessions", "revoke", "--user", "revoked@example.com").returncode == 0
    assert people["leaver"].sign_out().status_code == 303
    tunnels.mend()
    until(lambda: news(site, "stayer@example.com"), "the mail arrives", within=20)
    assert news(site, "revoked@example.com") == [] and news(site, "leaver@example.com") == []


def test_the_external_mailer_brings_it_too(stage: Stage) -> None:
    server = stage.mail_server()
    mailer = stage.mailer(server)
    tunnels = Tunnels.start(stage, "leased", mail=server, wait=False, RUNEGATE_MAILER="external")  # type: ignore[arg-type]
    site = tunnels.site
    site.gateway.options = ["--mail-socket", str(mailer.socket)]
    site.gateway.start()
    visitor = site.visitor()
    visitor.sign_in("ann@example.com")
    tunnels.cut()
    until(is_told(visitor, "tunnels_down"), "the layer is known")
    assert press(visitor).status_code == 200
    tunnels.mend()
    (letter,) = until(lambda: news(site, "ann@example.com"), "the mail arrives", within=20)
    assert letter.message["Subject"].endswith("is back")


def test_only_our_own_pages_and_signed_in_visitors_may_ask(stage: Stage) -> None:
    tunnels = Tunnels.start(stage, "ask")
    visitor, stranger = tunnels.site.visitor(), tunnels.site.visitor()
    visitor.sign_in("ann@example.com")
    assert visitor.client.post("/.runegate/notify").json()["status"] == "working", "there is nothing to wait for"
    tunnels.cut()
    until(is_told(visitor, "tunnels_down"), "the layer is known")
    for headers in ({"Origin": "https://evil.test"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}):
        assert visitor.client.post("/.runegate/notify", headers=headers).status_code == 403
    assert stranger.client.post("/.runegate/notify").status_code == 401
    assert stranger.submit("/.runegate/notify", {}).headers["location"].startswith("/.runegate/login")
    tunnels.mend()


def test_without_mail_there_is_no_button(stage: Stage) -> None:
    tunnels = Tunnels.start(stage, "no-mail", RUNEGATE_MAIL_TRANSPORT="none")
    site = tunnels.site
    visitor = site.visitor()
    link = site.gateway.verb("login-link", "ann@example.com").stdout.split()
    visitor.confirm(visitor.visit(next(word for word in link if word.startswith("http"))))
    tunnels.cut()
    until(is_told(visitor, "tunnels_down"), "the layer is known")
    assert "/.runegate/notify" not in visitor.visit("/").text
    answer = visitor.client.post("/.runegate/notify")
    assert answer.status_code == 409 and answer.json()["error"] == "no_mail"
    tunnels.mend()


@pytest.fixture(scope="module")
def broken(shared_stage: Stage) -> Tunnels:
    return Tunnels.start(shared_stage, "broken")


@pytest.mark.parametrize("look", LOOKS)
def test_the_pages_look_right(
    broken: Tunnels, browser: Callable[..., BrowserContext], screenshots: Path, look: str
) -> None:
    site, address = broken.site, f"look-{look}@example.com"
    visitor = site.visitor()
    visitor.sign_in(address)
    page = browser(**LOOKS[look]).new_page()
    page.context.add_cookies([{"name": "runegate_id", "value": str(visitor.session_cookie), "url": site.base_url}])
    site.app.stop()
    try:
        until(is_told(visitor, "app_down"), "the layer is known")
        page.goto(site.base_url + "/gallery")
        inspect(page, look, "outage-app-down", screenshots)
    finally:
        page.goto("about:blank")
        site.app.start()
    broken.cut()
    try:
        until(is_told(visitor, "tunnels_down"), "the layer is known")
        page.goto(site.base_url + "/gallery")
        inspect(page, look, "outage-tunnels-down", screenshots)
        assert "at " in page.locator("[data-began]").inner_text(), "the browser's clock tells when"
        page.get_by_role("button").click()
        expect(page.get_by_role("heading").first).to_have_text("We will write to you")
        inspect(page, look, "outage-awaiting", screenshots)
        page.goto(site.base_url + "/gallery")
        assert page.get_by_role("button").count() == 0 and address in page.inner_text("body")
        inspect(page, look, "outage-promised", screenshots)
    finally:
        broken.mend()
    # Left open, the page goes on by itself.
    expect(page.locator("h1")).to_have_text("The app", timeout=15_000)
