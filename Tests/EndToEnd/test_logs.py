"""What the logs hold after everything else ran. This file's tests run last."""

import json
import re
import shutil

import pytest

from stage.secrets import Secrets
from stage.site import Site
from stage.workspace import Workspace

pytestmark = pytest.mark.last


def test_no_secret_of_the_whole_run_is_in_any_log(
    workspace: Workspace, secrets: Secrets, local: Site, public: Site
) -> None:
    assert public.front
    visitor = public.visitor()
    visitor.sign_in("last@example.com")
    for path in public.front.logs:
        if path.parent != workspace.logs:
            shutil.copy(path, workspace.logs / f"nginx-{path.name}")
    logs = sorted(workspace.logs.glob("*.log"))
    assert len(logs) >= 3 and len(secrets) >= 10, "this looks at the logs and secrets of the other tests"
    found = [finding for path in logs for finding in secrets.found_in(path)]
    assert found == []


def test_the_search_finds_what_is_there(workspace: Workspace) -> None:
    """The measure itself, in the spellings that a log could hold."""
    known = Secrets()
    known.learn("cookie", "header.payload-of-some-length.signature-of-some-length")
    for text in (
        "GET /x cookie=header.payload-of-some-length.signature-of-some-length",
        "only payload-of-some-length here",
        "base64 aGVhZGVyLnBheWxvYWQtb2Ytc29tZS1sZW5ndGguc2lnbmF0dXJlLW9mLXNvbWUtbGVuZ3Ro",
    ):
        path = workspace.root / "leak.txt"
        path.write_text(text)
        assert known.found_in(path), text


def test_one_event_is_one_line_whatever_visitors_send(local: Site) -> None:
    visitor = local.visitor()
    evil = "/\x1b[31mred%0a%0dfake\u202e".encode().decode("latin-1")
    visitor.get("/path%0ainjected%1b%5b31m", headers={"User-Agent": "agent\x1b[31m\t\x7f"})
    visitor.client.post("/.runegate/login", json={"email": "x\ny\x1b[0m\u202e@example.com"})
    visitor.get(evil.encode("latin-1").decode("latin-1").replace("\x1b", "%1b").replace("\u202e", ""))
    for process in local.gateway.processes:
        for line in process.log.read_bytes().splitlines():
            entry = json.loads(line)
            assert not re.search(rb"[\x00-\x08\x0b-\x1f\x7f]", line), line
            assert "\u202e" not in line.decode(), line
            assert isinstance(entry, dict)


def test_a_request_is_logged_with_what_an_operator_asks_for(local: Site) -> None:
    visitor = local.visitor()
    visitor.sign_in("logged@example.com")
    visitor.get("/some/path?with=query")
    line = local.gateway.process.says("/some/path")
    entry = json.loads(line)
    text = json.dumps(entry)
    for word in ("GET", "/some/path", "200", "logged@example.com"):
        assert word in text, text
    login_lines = [line for line in local.gateway.log_text().splitlines() if "/.runegate/auth" in line]
    assert login_lines and not any("token=ey" in line for line in login_lines)
