"""What breaks around the gateway, and what a visitor and the operator are told."""

import json
import os
import sqlite3
import time
from pathlib import Path

import httpx
import pytest

from stage.polling import until
from stage.site import NO_LIMITS, Site, Stage
from stage.visitor import NAVIGATION


def test_with_the_app_down_a_page_says_so_in_time(stage: Stage) -> None:
    site = stage.development("app-down")
    visitor = site.visitor()
    visitor.sign_in("ann@example.com")
    site.app.stop()
    started = time.monotonic()
    page = visitor.visit("/")
    assert time.monotonic() - started < 3.5
    assert page.status_code == 502
    assert "text/html" in page.headers["content-type"] and "refresh" in (page.text + str(page.headers)).lower()
    answer = visitor.get("/api")
    assert answer.status_code == 502 and "application/json" in answer.headers["content-type"]
    assert answer.json()
    assert visitor.client.post("/api", json={}).status_code == 502
    assert site.gateway.health() is not None, "the gateway itself is well"
    # Ours go on: signing in needs no app.
    site.visitor().sign_in("bob@example.com")
    site.app.start()
    until(lambda: visitor.visit("/").status_code == 200, "the app is back")


def test_with_the_app_gone_in_mid_stream_the_client_learns_it(stage: Stage) -> None:
    site = stage.development("app-gone")
    visitor = site.visitor()
    visitor.sign_in("ann@example.com")
    whole = 256 << 20
    with pytest.raises(httpx.TransportError), visitor.client.stream("GET", f"/download?bytes={whole}") as answer:
        for number, _ in enumerate(answer.iter_bytes(65536)):
            if number == 20:
                site.app.stop()


def test_a_broken_database_is_set_aside_and_said_loudly(stage: Stage) -> None:
    site = stage.development("corrupt", **NO_LIMITS, **stage.keys())
    visitor = site.visitor()
    visitor.sign_in("ann@example.com")
    assert site.gateway.stop() == 0
    database = _database(site)
    for path in (database, Path(f"{database}-wal")):
        if path.exists():
            size = path.stat().st_size
            path.write_bytes(os.urandom(size))
    site.gateway.start()
    assert not visitor.is_signed_in(), "its sessions are lost"
    site.visitor().sign_in("ann@example.com")
    aside = [
        path
        for path in site.gateway.state.iterdir()
        if path.name.startswith(database.name) and "corrupt" in path.name
    ]
    assert aside, list(site.gateway.state.iterdir())
    assert any(word in site.gateway.process.log_text().lower() for word in ("corrupt", "set aside"))
    assert site.gateway.stop() == 0


def test_with_an_unwritable_database_sessions_go_on_and_sign_in_answers_503(stage: Stage) -> None:
    site = stage.development("unwritable", **NO_LIMITS, **stage.keys())
    member, waiting = site.visitor(), site.visitor()
    member.sign_in("ann@example.com")
    waiting.ask("bob@example.com")
    link = site.mailbox.letter_to("bob@example.com").link
    # A writer that never ends, as a full disk or a lock that hangs would be: every commit fails.
    blocker = sqlite3.connect(_database(site), timeout=5, isolation_level=None)
    try:
        blocker.execute("BEGIN EXCLUSIVE")
        assert member.is_signed_in()
        asked = site.visitor().client.post("/.runegate/login", json={"email": "cleo@example.com"})
        assert asked.status_code == 503, asked.text
        assert asked.json()
        assert waiting.visit(link).status_code == 503
        assert not waiting.is_signed_in()
        assert member.is_signed_in()
    finally:
        blocker.execute("ROLLBACK")
        blocker.close()
    assert waiting.visit(link).status_code == 303, "the link was not used up"
    assert site.gateway.process.exit_code is None


def test_an_unusable_state_directory_stops_the_start_with_the_reason(stage: Stage) -> None:
    site = stage.development("no-state", start=False)
    site.gateway.settings["RUNEGATE_STATE_DIR"] = "/proc/nowhere"
    process = site.gateway.launch()
    assert process.wait() not in (0, -6, -11)
    assert "/proc/nowhere" in process.log_text()


def test_a_taken_port_stops_the_start_with_the_reason(stage: Stage) -> None:
    site = stage.development("taken", start=False)
    site.gateway.settings["RUNEGATE_LISTEN"] = f"127.0.0.1:{site.app.port}"
    process = site.gateway.launch()
    assert process.wait() not in (0, -6, -11)
    assert str(site.app.port) in process.log_text()


def test_a_second_gateway_on_the_same_state_is_refused(stage: Stage) -> None:
    first = stage.development("first")
    second = stage.development("second", start=False)
    second.gateway.settings["RUNEGATE_STATE_DIR"] = str(first.gateway.state)
    process = second.gateway.launch()
    assert process.wait() not in (0, -6, -11)
    assert first.gateway.health() is not None


def test_stopping_lets_a_transfer_finish_and_takes_no_new_ones(stage: Stage) -> None:
    site = stage.development("drain", RUNEGATE_DRAIN="10s")
    visitor = site.visitor()
    visitor.sign_in("ann@example.com")
    with visitor.client.stream("GET", "/events?count=20") as answer:
        chunks = answer.iter_text()
        next(chunks)
        site.gateway.process.send(15)
        site.app.gate.set()
        assert "number 20" in "".join(chunks), "a running stream gets its drain"
    assert site.gateway.process.wait() == 0


def test_errors_are_pages_for_people_and_json_for_programs(local: Site) -> None:
    visitor = local.visitor()
    page = visitor.client.get("/.runegate/nothing-here", headers=NAVIGATION)
    assert page.status_code == 404 and "<html" in page.text.lower()
    answer = visitor.get("/.runegate/nothing-here", headers={"Accept": "application/json"})
    assert answer.status_code == 404 and json.loads(answer.text)
    for method in ("PUT", "DELETE", "PATCH"):
        assert visitor.client.request(method, "/.runegate/login").status_code in (404, 405)


def _database(site: Site) -> Path:
    """The one database in the state directory."""
    found = [
        path for path in site.gateway.state.iterdir()
        if path.is_file() and path.read_bytes()[:16] == b"SQLite format 3\0"
    ]  # fmt: skip
    assert len(found) == 1, found
    return found[0]
