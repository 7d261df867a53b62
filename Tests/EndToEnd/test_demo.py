"""`runegate demo`: the first thing that anybody tries."""

import os
import re
import signal
from pathlib import Path

import httpx
import pytest
from websockets.sync.client import connect
from websockets.typing import Origin

from stage.outbox import Outbox
from stage.polling import until
from stage.process import Process
from stage.secrets import Secrets
from stage.site import Stage
from stage.visitor import Visitor


def demo(stage: Stage, *words: str) -> tuple[Process, Path]:
    directory = stage.workspace.directory("demo")
    process = Process(
        stage.workspace, "demo", [stage.workspace.binary, "demo", *words],
        environment={"PATH": os.environ["PATH"], "HOME": str(directory)}, directory=directory,
    )  # fmt: skip
    stage.at_end(process.kill)
    return process, directory


def answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=2, trust_env=False).status_code < 500
    except httpx.TransportError:
        return False


def test_the_demo_prints_the_link_that_signs_in(stage: Stage) -> None:
    port = stage.workspace.port()
    process, directory = demo(stage, "--port", str(port))
    base_url = f"http://localhost:{port}"
    until(lambda: answers(f"{base_url}/.runegate/health"), f"the demo answers: {process.log_text()}", within=20)
    process.says(base_url)

    # Its terminal shows the link on purpose, so its secrets are not looked for in its log.
    visitor = Visitor(base_url, Outbox(directory / ".runegate" / "outbox", Secrets()), Secrets())
    visitor.ask("you@example.com", next="/whoami")
    link = visitor.mailbox.letter_to("you@example.com").link
    process.says(link)
    answer = visitor.visit(link)
    assert answer.status_code == 303 and answer.headers["location"].endswith("/whoami")
    assert "you@example.com" in visitor.get("/whoami").text

    assert "<html" in visitor.visit("/").text.lower()
    with visitor.client.stream("GET", "/events") as events:
        assert next(line for line in events.iter_lines() if line.startswith("data:"))
    cookies = {"Cookie": visitor.cookie_header}
    with connect(
        f"ws://localhost:{port}/ws", origin=Origin(base_url), proxy=None, additional_headers=cookies
    ) as socket:
        socket.send("echo")
        assert "echo" in str(socket.recv(timeout=5))
    assert visitor.client.post("/upload", content=b"x" * 100_000).status_code == 200
    assert len(visitor.get("/download?bytes=1000000").content) == 1_000_000
    assert len(visitor.get("/set-cookies").headers.get_list("set-cookie")) == 3
    assert process.stop() == 0


def test_the_demo_app_runs_alone(stage: Stage) -> None:
    port = stage.workspace.port()
    process, _ = demo(stage, "--app-only", "--port", str(port))
    until(lambda: answers(f"http://127.0.0.1:{port}/whoami"), "the app answers")
    assert httpx.get(f"http://127.0.0.1:{port}/whoami", trust_env=False).json()["method"] == "GET"
    assert process.stop() in (0, -signal.SIGTERM)


@pytest.mark.parametrize(
    "words", [["--port", "99999"], ["--listen", "0.0.0.0:0"], ["--port", "1", "--listen", "127.0.0.1:1"]]
)
def test_wrong_words_are_refused(stage: Stage, words: list[str]) -> None:
    process, _ = demo(stage, *words)
    assert process.wait() in (64, 78)
    assert re.search(r"--port|--listen|loopback|RUNEGATE_LISTEN", process.log_text())
