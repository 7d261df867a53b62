"""The owner's page on a host name of its own, beside the app's."""

import signal

import httpx
import pytest

from stage.forms import forms
from stage.polling import until
from stage.site import NO_LIMITS, Site, Stage
from stage.visitor import Visitor

ADMIN = "owner@example.com"
OTHER = "guest@example.com"


@pytest.fixture(scope="module")
def site(shared_stage: Stage) -> Site:
    return with_owners_door(shared_stage, "owners-door", RUNEGATE_ADMINS=ADMIN)


def with_owners_door(stage: Stage, name: str, **settings: str) -> Site:
    site = stage.development(name, start=False, **NO_LIMITS, **settings)
    site.gateway.settings["RUNEGATE_ADMIN_BASE_URL"] = owners_url(site)
    site.gateway.start()
    return site


def owners_url(site: Site) -> str:
    return site.base_url.replace("//localhost", "//owner.localhost")


def at_owners_door(site: Site) -> Visitor:
    visitor = Visitor(owners_url(site), site.mailbox, site.secrets)
    site.visitors = [*(site.visitors or []), visitor]
    return visitor


def sign_in(visitor: Visitor, address: str) -> None:
    """Signs in where the visitor is; `Visitor.sign_in` knows the app's cookie only."""
    before = len(visitor.mailbox.letters_to(address))
    assert visitor.ask(address).status_code == 200
    link = visitor.mailbox.letter_to(address, before + 1).link
    assert link.startswith(visitor.base_url + "/.runegate/auth?token=")
    assert visitor.visit(link).status_code == 303


def revoke(visitor: Visitor, row: str, **headers: str) -> httpx.Response:
    return visitor.submit("/revoke", {"id": row}, **headers)


def test_an_admin_signs_in_sees_who_is_there_and_signs_them_out(site: Site) -> None:
    guest = site.visitor()
    guest.sign_in("listed@example.com")
    (row,) = site.sessions("listed@example.com")
    owner = at_owners_door(site)
    assert owner.visit("/").headers["location"] == "/.runegate/login"
    sign_in(owner, ADMIN)
    page = owner.visit("/")
    assert page.status_code == 200, page.text
    assert "listed@example.com" in page.text and ADMIN in page.text
    assert page.headers["cache-control"] == "no-store"
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert page.headers["cross-origin-resource-policy"] == "same-origin"
    assert owner.get("/owner.css").headers["content-type"].startswith("text/css")
    button = next(form for form in forms(page.text) if form.fields.get("id") == row["id"])
    pressed = owner.submit(button.action, button.fields)
    assert pressed.status_code == 303 and pressed.headers["location"] == "/"
    assert not guest.is_signed_in()
    assert "listed@example.com</td>\n<td>" not in owner.visit("/").text.split("Last sign-ins")[0]
    assert owner.sign_out().status_code == 303
    assert owner.visit("/").status_code == 302


def test_nothing_at_the_owners_door_reaches_the_app(site: Site) -> None:
    app, owner, mark = site.visitor(), at_owners_door(site), site.app.mark()
    sign_in(owner, ADMIN)
    for path in ("/whoami", "/v1/sessions", "/metrics", "/v1/status"):
        assert owner.get(path).status_code == 404, path
    stranger = at_owners_door(site)
    for path in ("/whoami", "/v1/sessions"):
        assert stranger.get(path).status_code == 401, path
    assert site.app.since(mark) == []
    app.sign_in(ADMIN)
    assert app.is_signed_in() and site.app.received(mark).path == "/whoami"


def test_a_session_of_one_door_is_none_at_the_other(site: Site) -> None:
    app, owner = site.visitor(), at_owners_door(site)
    app.sign_in(ADMIN)
    sign_in(owner, ADMIN)
    app_cookie, owner_cookie = app.session_cookie, owner.client.cookies["runegate_owner"]
    assert app_cookie and owner_cookie
    for name in ("runegate_id", "runegate_owner"):
        for value, url in ((app_cookie, owners_url(site)), (owner_cookie, site.base_url)):
            answer = httpx.get(url + "/whoami", headers={"Cookie": f"{name}={value}"}, trust_env=False)
            assert answer.status_code == 401, (name, url)


def test_a_link_of_one_door_is_refused_at_the_other(site: Site) -> None:
    for asked, other in ((site.visitor(), at_owners_door(site)), (at_owners_door(site), site.visitor())):
        before = len(site.mailbox.letters_to(ADMIN))
        asked.ask(ADMIN)
        link = site.mailbox.letter_to(ADMIN, before + 1).link
        assert link.startswith(asked.base_url)
        assert other.visit(link.replace(asked.base_url, other.base_url)).status_code == 401
        assert asked.visit(link).status_code == 303


def test_who_is_no_admin_gets_no_mail_there_and_the_same_answer(site: Site) -> None:
    owner = at_owners_door(site)
    before = len(site.mailbox.letters_to(OTHER))
    refused = owner.ask(OTHER)
    assert refused.status_code == 200 and refused.text == owner.ask(ADMIN).text
    app = site.visitor()
    app.sign_in(OTHER)
    assert app.is_signed_in()
    assert len(site.mailbox.letters_to(OTHER)) == before + 1


@pytest.mark.parametrize("origin", ["app", "null", "", "http://evil.test"])
def test_only_the_page_itself_may_change_something(site: Site, origin: str) -> None:
    guest, owner = site.visitor(), at_owners_door(site)
    address = f"kept{len(origin)}@example.com"
    guest.sign_in(address)
    sign_in(owner, ADMIN)
    (row,) = site.sessions(address)
    fields = {"id": str(row["id"])}
    headers = {"Origin": site.base_url if origin == "app" else origin} if origin else {}
    assert owner.client.post("/revoke", data=fields, headers=headers).status_code == 403
    assert guest.is_signed_in()
    assert revoke(owner, str(row["id"])).status_code == 303
    assert not guest.is_signed_in()


def test_a_third_name_is_misdirected(site: Site) -> None:
    for host in ("third.localhost", "owner.localhost"):
        answer = httpx.get(site.base_url, headers={"Host": host}, trust_env=False)
        assert answer.status_code == 421, host


def test_the_app_sees_no_cookie_of_the_owners(site: Site) -> None:
    app = site.visitor()
    app.sign_in("cookies@example.com")
    cookies = f"a=1; runegate_owner=x; __Host-Runegate_Owner=y; {app.cookie_header}"
    mark = site.app.mark()
    assert httpx.get(site.base_url + "/whoami", headers={"Cookie": cookies}, trust_env=False).status_code == 200
    assert site.app.received(mark).all("cookie") == ["a=1"]


def test_a_reload_takes_admins_away(stage: Stage) -> None:
    site = stage.development("owners-reload", start=False, **NO_LIMITS)
    first = f"RUNEGATE_ADMIN_BASE_URL={owners_url(site)}\nRUNEGATE_ADMINS={ADMIN}\n"
    file = stage.workspace.write(site.gateway.directory / ".env", first)
    site.gateway.start()
    owner = at_owners_door(site)
    sign_in(owner, ADMIN)
    assert owner.visit("/").status_code == 200
    file.write_text(first.replace(ADMIN, OTHER))
    site.gateway.process.send(signal.SIGHUP)
    until(lambda: owner.visit("/").status_code == 302, "the former admin is shut out")
    other = at_owners_door(site)
    sign_in(other, OTHER)
    assert other.visit("/").status_code == 200
