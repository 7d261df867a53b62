"""The verbs of the operator, beside a running gateway."""

import json
import os
import re

import httpx
import pytest

from stage.gateway import run_verb
from stage.site import NO_LIMITS, Site, Stage


@pytest.fixture(scope="module")
def site(shared_stage: Stage) -> Site:
    return shared_stage.development("operator", **NO_LIMITS, RUNEGATE_ALLOW_ANY_EMAIL="false",
                                    RUNEGATE_ALLOWED_DOMAINS="example.com")  # fmt: skip


def test_sessions_are_listed(site: Site) -> None:
    visitor = site.visitor()
    visitor.sign_in("listed@example.com")
    table = site.gateway.verb("sessions", "list")
    assert table.returncode == 0 and "listed@example.com" in table.stdout
    (row,) = site.sessions("listed@example.com")
    assert row["id"]
    assert visitor.session_cookie and visitor.session_cookie not in table.stdout + json.dumps(row)


def test_one_session_is_revoked_by_its_id(site: Site) -> None:
    first, second = site.visitor(), site.visitor()
    first.sign_in("two@example.com")
    (row,) = site.sessions("two@example.com")
    second.sign_in("two@example.com")
    assert site.gateway.verb("sessions", "revoke", str(row["id"])).returncode == 0
    assert not first.is_signed_in() and second.is_signed_in()


def test_all_sessions_of_a_user_are_revoked(site: Site) -> None:
    visitors = [site.visitor() for _ in range(3)]
    for visitor in visitors:
        visitor.sign_in("three@example.com")
    bystander = site.visitor()
    bystander.sign_in("bystander@example.com")
    revoked = site.gateway.verb("sessions", "revoke", "--user", "Three@Example.com")
    assert revoked.returncode == 0, revoked
    assert not any(visitor.is_signed_in() for visitor in visitors)
    assert bystander.is_signed_in()
    assert site.sessions("three@example.com") == []


def test_a_revocation_is_durable(stage: Stage) -> None:
    own = stage.development("revoked", **NO_LIMITS, **stage.keys())
    visitor = own.visitor()
    visitor.sign_in("ann@example.com")
    assert own.gateway.verb("sessions", "revoke", "--user", "ann@example.com").returncode == 0
    own.gateway.kill()
    own.gateway.start()
    assert not visitor.is_signed_in()


@pytest.mark.parametrize("words", [["no-such-id"], ["--user", "nobody@example.com"]])
def test_revoking_what_is_not_there_says_so(site: Site, words: list[str]) -> None:
    result = site.gateway.verb("sessions", "revoke", *words)
    assert result.returncode != 0 or "0" in result.stdout or "no" in result.stdout.lower()
    assert result.stdout + result.stderr


def test_a_login_link_works_with_one_more_click(site: Site) -> None:
    result = site.gateway.verb("login-link", "--qr", "ann@example.com")
    assert result.returncode == 0, result
    found = re.search(r"http://\S+/\.runegate/auth\?token=(\S+)", result.stdout)
    assert found, result.stdout
    site.secrets.learn("link token", found[1])
    assert any(block in result.stdout for block in "█▀▄"), "a QR code for the phone"
    visitor = site.visitor()
    page = visitor.visit(found[0])
    assert page.status_code == 200 and "ann@example.com" in page.text
    assert visitor.confirm(page).status_code == 303
    assert visitor.is_signed_in()


def test_a_login_link_is_refused_for_an_address_that_may_not_sign_in(site: Site) -> None:
    result = site.gateway.verb("login-link", "ann@elsewhere.org")
    assert result.returncode != 0
    assert "RUNEGATE_ALLOWED" in result.stdout + result.stderr
    assert site.gateway.verb("login-link", "not an address").returncode != 0


def test_token_inspect_says_what_a_token_says_and_whether_it_counts(site: Site) -> None:
    visitor = site.visitor()
    visitor.ask("inspect@example.com")
    letter = site.mailbox.letter_to("inspect@example.com")
    inspect = lambda token: run_verb(  # noqa: E731
        site.gateway.workspace, "token", "inspect", standard_input=token + "\n",
        environment=site.gateway.environment | {"RUNEGATE_CONTROL_SOCKET": str(site.gateway.control_socket)},
        directory=site.gateway.directory,
    )  # fmt: skip
    result = inspect(letter.token)
    assert "inspect@example.com" in result.stdout, result
    assert re.search(r"^counts +yes$", result.stdout, re.MULTILINE), result
    visitor.visit(letter.link)
    assert visitor.session_cookie
    assert re.search(r"^counts +no$", inspect(letter.token).stdout, re.MULTILINE)
    session = inspect(visitor.session_cookie)
    assert "inspect@example.com" in session.stdout, session
    assert re.search(r"^counts +yes$", session.stdout, re.MULTILINE), session
    assert visitor.session_cookie not in session.stdout and letter.token not in result.stdout
    for rubbish in ("", "not a token", "a.b.c", "e30.e30."):
        refused = inspect(rubbish)
        assert refused.returncode != 0, rubbish
        assert refused.stdout + refused.stderr


def test_without_a_daemon_the_verbs_exit_3_and_say_how_to_start_it(stage: Stage) -> None:
    environment = {
        "PATH": os.environ["PATH"],
        "RUNEGATE_CONTROL_SOCKET": str(stage.workspace.directory("nobody") / "control.sock"),
    }
    for words in (["sessions", "list"], ["sessions", "revoke", "x"], ["login-link", "ann@example.com"],
                  ["mail", "test", "ann@example.com"]):  # fmt: skip
        result = run_verb(stage.workspace, *words, environment=environment)
        assert result.returncode == 3, (words, result)
        assert "runegate serve" in result.stderr or "systemctl" in result.stderr


def test_the_control_socket_speaks_http(site: Site) -> None:
    transport = httpx.HTTPTransport(uds=str(site.gateway.control_socket))
    with httpx.Client(transport=transport, base_url="http://localhost", trust_env=False) as client:
        status = client.get("/v1/status")
        assert status.status_code == 200 and status.json()
        metrics = client.get("/metrics")
        assert metrics.status_code == 200 and "# TYPE" in metrics.text
        assert client.get("/v1/sessions").status_code == 200
        assert client.get("/v1/sessions", headers={"Host": "evil.test"}).status_code in (400, 403, 421)
        foreign = client.post(
            "/v1/sessions/revoke", json={"user": "x@example.com"}, headers={"Origin": "https://evil.test"}
        )
        assert foreign.status_code in (400, 403)
        json_type = {"Content-Type": "application/json"}
        assert client.get("/v1/nothing").status_code == 404
        assert client.post("/v1/login-link", content=b"{", headers=json_type).status_code == 400
    mode = site.gateway.control_socket.stat().st_mode & 0o777
    assert mode == 0o660


def test_version_and_help(stage: Stage) -> None:
    environment = {"PATH": os.environ["PATH"]}
    version = run_verb(stage.workspace, "--version", environment=environment)
    assert version.returncode == 0 and re.match(r"\d+\.\d+", version.stdout)
    help_text = run_verb(stage.workspace, "--help", environment=environment).stdout
    for verb in ("serve", "mailer", "demo", "check", "sessions", "login-link", "mail", "token"):
        assert verb in help_text
    assert run_verb(stage.workspace, "no-such-verb", environment=environment).returncode == 64
