"""The whole way in a real browser, through nginx with TLS and mail over STARTTLS; and pictures of every page."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from stage.looks import LOOKS, inspect
from stage.site import NO_LIMITS, Site, Stage

NewBrowser = Callable[..., BrowserContext]


def ask(page: Page, site: Site, address: str, path: str = "/") -> str:
    """Asks for a link on the sign-in page, as a person does; the link that the mail brings."""
    before = len(site.mailbox.letters_to(address))
    page.goto(site.base_url + path)
    page.get_by_label(re.compile("e-?mail", re.I)).fill(address)
    page.get_by_role("button").first.click()
    expect(page.get_by_role("heading").first).to_be_visible()
    return site.mailbox.letter_to(address, before + 1).link


def learn_cookies(context: BrowserContext, site: Site) -> None:
    for cookie in context.cookies():
        if "runegate" in cookie["name"]:
            site.secrets.learn("cookie", cookie["value"])


def has_session(context: BrowserContext) -> bool:
    return any(cookie["name"].endswith("runegate_id") for cookie in context.cookies())


@pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_a_person_signs_in_and_is_in_the_app(public: Site, browser: NewBrowser, scripts: bool) -> None:
    context = browser(java_script_enabled=scripts)
    page = context.new_page()
    address = f"person{int(scripts)}@example.com"
    link = ask(page, public, address, path="/gallery?page=2")
    page.goto(link)
    assert page.url == public.base_url + "/gallery?page=2"
    expect(page.locator("h1")).to_have_text("The app")
    expect(page.locator("#user")).to_have_text(address)
    cookies = {cookie["name"]: cookie for cookie in context.cookies()}
    session = cookies["__Host-runegate_id"]
    assert session["httpOnly"] and session["secure"] and session["sameSite"] == "Lax"
    learn_cookies(context, public)


def test_the_link_in_another_browser_asks_first(public: Site, browser: NewBrowser) -> None:
    asking, other = browser(), browser()
    link = ask(asking.new_page(), public, "two-browsers@example.com")
    page = other.new_page()
    page.goto(link)
    assert "two-browsers@example.com" in page.inner_text("body")
    assert not has_session(other), "opening the link did not sign in"
    page.reload()
    assert not has_session(other)
    page.get_by_role("button").first.click()
    expect(page.locator("h1")).to_have_text("The app")
    assert has_session(other)
    first = asking.pages[0]
    first.goto(public.base_url + "/")
    assert "/.runegate/login" in first.url, "the asking browser did not get the other one's session"
    learn_cookies(asking, public)
    learn_cookies(other, public)


def test_the_typed_code_signs_in(public: Site, browser: NewBrowser) -> None:
    context = browser()
    page = context.new_page()
    ask(page, public, "coder@example.com")
    code = public.mailbox.letter_to("coder@example.com").code
    assert code
    page.locator("form[action^='/.runegate/code'] input:not([type=hidden])").first.fill(code)
    page.locator("form[action^='/.runegate/code'] button").first.click()
    expect(page.locator("#user")).to_have_text("coder@example.com")
    learn_cookies(context, public)


def test_signing_out_leads_to_the_sign_in_page(public: Site, browser: NewBrowser) -> None:
    context = browser()
    page = context.new_page()
    page.goto(ask(page, public, "leaver@example.com"))
    learn_cookies(context, public)
    page.goto(public.base_url + "/.runegate/logout")
    if page.locator("form[action^='/.runegate/logout']").count():
        page.locator("form[action^='/.runegate/logout'] button").click()
    else:
        page.evaluate(
            "() => { const f = document.createElement('form'); f.method = 'post'; f.action = '/.runegate/logout';"
            " document.body.append(f); f.submit(); }"
        )
        page.wait_for_url("**/.runegate/login*")
    assert not has_session(context)
    page.goto(public.base_url + "/")
    assert "/.runegate/login" in page.url


def test_a_foreign_page_that_posts_an_address_gets_the_confirm_page_not_a_session(
    stage: Stage, public: Site, browser: NewBrowser
) -> None:
    """The attacker asks for a link to their own address from the victim's browser, then sends the victim there."""
    foreign = stage.app()
    attacker = "attacker@example.com"
    form = (
        f"<!doctype html><title>Foreign</title><form method=post action='{public.base_url}/.runegate/login'>"
        f"<input name=email value='{attacker}'></form>"
        "<script>document.forms[0].submit()</script>"
    ).encode()
    foreign.raw_answer = (
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(form)
        + form
    )
    context = browser()
    page = context.new_page()
    page.goto(f"http://evil.test:{foreign.port}/raw")
    link = public.mailbox.letter_to(attacker).link
    assert not any("nonce" in cookie["name"] for cookie in context.cookies())

    jump = f"<!doctype html><title>Foreign</title><script>location = '{link}'</script>".encode()
    foreign.raw_answer = (
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(jump)
        + jump
    )
    page.goto(f"http://evil.test:{foreign.port}/raw")
    page.wait_for_url("**/.runegate/auth*")
    assert attacker in page.inner_text("body"), "the page names the account, so that a stranger's is seen"
    assert not has_session(context)


def test_the_app_in_the_browser_has_websockets_and_events(public: Site, browser: NewBrowser) -> None:
    context = browser()
    page = context.new_page()
    page.goto(ask(page, public, "live@example.com"))
    learn_cookies(context, public)
    public.app.gate.set()
    echoed = page.evaluate(
        """() => new Promise((done, fail) => {
            const socket = new WebSocket(location.origin.replace('http', 'ws') + '/ws');
            socket.onopen = () => socket.send('over nginx');
            socket.onmessage = (event) => done(event.data);
            socket.onerror = () => fail(new Error('refused'));
        })"""
    )
    assert echoed == "over nginx"
    events = page.evaluate(
        """() => new Promise((done) => {
            const source = new EventSource('/events?count=3'); const seen = [];
            source.onmessage = (event) => { seen.push(event.data);
                if (seen.length == 3) { source.close(); done(seen); } };
        })"""
    )
    assert events == ["first", "number 2", "number 3"]


class Pages:
    """Leads a browser to each page of ours."""

    def __init__(self, site: Site) -> None:
        self.site = site

    def sign_in(self, page: Page, serial: str) -> None:
        page.goto(self.site.base_url + "/.runegate/login")

    def check_mail(self, page: Page, serial: str) -> None:
        ask(page, self.site, f"{serial}@example.com")

    def malformed(self, page: Page, serial: str) -> None:
        page.goto(self.site.base_url + "/.runegate/login")
        page.evaluate("document.forms[0].noValidate = true")
        page.get_by_label(re.compile("e-?mail", re.I)).fill("not an address")
        page.get_by_role("button").first.click()
        page.wait_for_load_state()

    def confirm(self, page: Page, serial: str) -> None:
        visitor = self.site.visitor()
        visitor.ask(f"confirm-{serial}@example.com")
        page.goto(self.site.mailbox.letter_to(f"confirm-{serial}@example.com").link)

    def invalid_link(self, page: Page, serial: str) -> None:
        page.goto(self.site.base_url + "/.runegate/auth?token=invalid_token")

    def wrong_code(self, page: Page, serial: str) -> None:
        ask(page, self.site, f"wrong-{serial}@example.com")
        page.locator("form[action^='/.runegate/code'] input:not([type=hidden])").first.fill("AAAA-AAAA")
        page.locator("form[action^='/.runegate/code'] button").first.click()
        page.wait_for_load_state()

    def signed_out(self, page: Page, serial: str) -> None:
        page.goto(ask(page, self.site, f"out-{serial}@example.com"))
        learn_cookies(page.context, self.site)
        page.evaluate(
            "() => { const f = document.createElement('form'); f.method = 'post'; f.action = '/.runegate/logout';"
            " document.body.append(f); f.submit(); }"
        )
        page.wait_for_url("**/.runegate/login*")

    def not_found(self, page: Page, serial: str) -> None:
        page.goto(self.site.base_url + "/.runegate/nothing-here")

    def app_down(self, page: Page, serial: str) -> None:
        page.goto(ask(page, self.site, f"down-{serial}@example.com"))
        learn_cookies(page.context, self.site)
        self.site.app.stop()
        try:
            page.goto(self.site.base_url + "/")
        finally:
            self.site.app.start()


PAGES = [
    "sign_in",
    "check_mail",
    "malformed",
    "confirm",
    "invalid_link",
    "wrong_code",
    "signed_out",
    "not_found",
    "app_down",
]


@pytest.fixture(scope="module")
def pages(shared_stage: Stage) -> Pages:
    return Pages(shared_stage.development("pages", **NO_LIMITS))


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("name", PAGES)
def test_every_page_looks_right(pages: Pages, browser: NewBrowser, screenshots: Path, name: str, look: str) -> None:
    context = browser(**LOOKS[look])
    page = context.new_page()
    complaints: list[str] = []
    page.on(
        "console", lambda message: complaints.append(message.text) if "Content Security" in message.text else None
    )
    page.on("pageerror", lambda error: complaints.append(str(error)))
    elsewhere: list[str] = []
    page.on(
        "request", lambda r: None if r.url.startswith((pages.site.base_url, "data:")) else elsewhere.append(r.url)
    )
    getattr(pages, name)(page, f"{name.replace('_', '-')}-{look}")
    inspect(page, look, name.replace("_", "-"), screenshots)
    assert complaints == [] and elsewhere == []


@pytest.mark.parametrize("look", LOOKS)
def test_the_too_many_requests_page_looks_right(
    stage: Stage, browser: NewBrowser, screenshots: Path, look: str
) -> None:
    site = stage.development(f"limited-{look}")
    page = browser(**LOOKS[look]).new_page()
    for address in ("first@example.com", "first@example.com"):
        page.goto(site.base_url + "/.runegate/login")
        page.get_by_label(re.compile("e-?mail", re.I)).fill(address)
        page.get_by_role("button").first.click()
        page.wait_for_load_state()
    inspect(page, look, "too-many-requests", screenshots)
    assert re.search(r"\d", page.inner_text("body")), "it says how long"


def test_name_colour_and_logo_are_the_owners(stage: Stage, browser: NewBrowser, screenshots: Path) -> None:
    logo = stage.workspace.directory("brand") / "logo.svg"
    stage.workspace.write(
        logo,
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10"><circle cx="5" cy="5" r="5" fill="teal"/></svg>',
    )
    site = stage.development(
        "brand", RUNEGATE_BRAND_NAME="Atelier <7> & Co", RUNEGATE_BRAND_COLOR="#0f766e", RUNEGATE_BRAND_LOGO=str(logo)
    )
    page = browser().new_page()
    page.goto(site.base_url + "/.runegate/login")
    assert "Atelier <7> & Co" in page.inner_text("body") + page.title()
    image = page.locator("img").first
    assert image.evaluate("(image) => image.complete && image.naturalWidth > 0")
    inspect(page, "light", "brand", screenshots)


def test_the_keyboard_is_enough(public: Site, browser: NewBrowser) -> None:
    page = browser().new_page()
    page.goto(public.base_url + "/")
    if page.evaluate("document.activeElement.tagName") != "INPUT":
        page.keyboard.press("Tab")
    page.keyboard.type("keys@example.com")
    page.keyboard.press("Enter")
    assert public.mailbox.letter_to("keys@example.com")
