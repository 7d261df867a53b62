"""A real Gradio app works through nginx and the gateway exactly as without them."""

import hashlib
import os
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from gradio_client import Client, handle_file
from playwright.sync_api import BrowserContext, expect

from stage.mail_server import MailServer
from stage.polling import until
from stage.process import Process
from stage.site import NO_LIMITS, Site, Stage
from stage.visitor import Visitor

WORDS = "every word arrives by itself and in order"


@pytest.fixture(scope="module")
def gradio_port(shared_stage: Stage) -> Iterator[int]:
    port = shared_stage.workspace.port()
    home = shared_stage.workspace.directory("gradio")
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "GRADIO_ANALYTICS_ENABLED": "False",
        "GRADIO_TEMP_DIR": str(home / "files"),
        "HF_HUB_OFFLINE": "1",
        "HF_HOME": str(home),
        "MPLCONFIGDIR": str(home),
    }
    script = Path(__file__).with_name("gradio_app.py")
    process = Process(
        shared_stage.workspace, "gradio", [sys.executable, script, str(port)],
        environment=environment, directory=home, as_tester=True,
    )  # fmt: skip

    def is_up() -> bool:
        assert process.exit_code is None, process.log_text()
        try:
            return httpx.get(f"http://127.0.0.1:{port}/config", timeout=2, trust_env=False).status_code == 200
        except httpx.TransportError:
            return False

    until(is_up, "Gradio answers", within=60)
    yield port
    process.stop()


@pytest.fixture(scope="module")
def site(shared_stage: Stage, mail_server: MailServer, gradio_port: int) -> Site:
    target = {"RUNEGATE_TARGET_SERVICE": f"http://127.0.0.1:{gradio_port}"}
    return shared_stage.production("gradio-gate", mail=mail_server, **NO_LIMITS, **target)


@pytest.fixture(scope="module")
def member(site: Site) -> Visitor:
    visitor = site.visitor()
    visitor.ask("gradio@example.com")
    assert visitor.visit(site.mailbox.letter_to("gradio@example.com").link).status_code == 303
    return visitor


@pytest.fixture(scope="module")
def direct(gradio_port: int, tmp_path_factory: pytest.TempPathFactory) -> Client:
    return Client(f"http://127.0.0.1:{gradio_port}", verbose=False, download_files=tmp_path_factory.mktemp("direct"))


@pytest.fixture(scope="module")
def through(site: Site, member: Visitor, tmp_path_factory: pytest.TempPathFactory) -> Client:
    return Client(
        site.base_url,
        headers={"Cookie": member.cookie_header},
        ssl_verify=False,
        verbose=False,
        download_files=tmp_path_factory.mktemp("through"),
    )


def test_without_a_session_gradio_is_out_of_reach(site: Site) -> None:
    stranger = site.visitor()
    for path in ("/", "/config", "/gradio_api/info", "/static/fonts/x", "/assets/index.js", "/gradio_api/queue/join"):
        assert stranger.get(path).status_code == 401, path


def test_streaming_text_is_the_same(direct: Client, through: Client) -> None:
    def pieces(client: Client) -> list[str]:
        job = client.submit(WORDS, api_name="/stream")
        assert job.result(timeout=30).split() == WORDS.split()
        return [str(piece) for piece in job.outputs()]

    assert pieces(through) == pieces(direct)
    assert len(pieces(through)) == len(WORDS.split()), "each word came by itself"


def test_files_go_up_and_down_the_same(direct: Client, through: Client, tmp_path: Path) -> None:
    data = os.urandom(3_000_000)
    upload = tmp_path / "upload.bin"
    upload.write_bytes(data)
    for client in (direct, through):
        checksum, answer = client.predict(handle_file(str(upload)), api_name="/measure")
        assert checksum == hashlib.sha256(data).hexdigest()
        assert Path(answer).read_bytes() == data[::-1]


def test_the_queue_serves_many_at_once(through: Client) -> None:
    jobs = [through.submit(f"job {number} {WORDS}", api_name="/stream") for number in range(8)]
    for number, job in enumerate(jobs):
        assert job.result(timeout=60).split()[:2] == ["job", str(number)]


def test_the_app_knows_who_is_there(direct: Client, through: Client) -> None:
    assert direct.predict(api_name="/who") == "nobody"
    assert through.predict(api_name="/who") == "gradio@example.com"


def test_gradio_in_a_browser(
    site: Site, browser: Callable[..., BrowserContext], screenshots: Path, tmp_path: Path
) -> None:
    context = browser()
    page = context.new_page()
    failures: list[str] = []
    page.on(
        "response", lambda answer: failures.append(f"{answer.status} {answer.url}") if answer.status >= 400 else None
    )
    page.goto(site.base_url + "/")
    page.get_by_label(re.compile("e-?mail", re.I)).fill("browser@example.com")
    page.get_by_role("button").first.click()
    page.goto(site.mailbox.letter_to("browser@example.com").link)
    for cookie in context.cookies():
        if "runegate" in cookie["name"]:
            site.secrets.learn("cookie", cookie["value"])

    expect(page.get_by_role("button", name="Say")).to_be_visible(timeout=30_000)
    page.get_by_label("Words").fill(WORDS)
    page.get_by_role("button", name="Say").click()
    expect(page.get_by_label("Said")).to_have_value(re.compile(WORDS), timeout=30_000)

    upload = tmp_path / "picture.bin"
    upload.write_bytes(b"upload through the browser" * 1000)
    page.locator("input[type=file]").first.set_input_files(upload)
    expect(page.get_by_text("picture.bin").or_(page.get_by_text("picture")).first).to_be_visible(timeout=30_000)
    page.get_by_role("button", name="Measure").click()
    expect(page.get_by_label("Checksum")).to_have_value(
        hashlib.sha256(upload.read_bytes()).hexdigest(), timeout=30_000
    )
    page.screenshot(path=screenshots / "gradio.png", full_page=True)
    own = [failure for failure in failures if "/.runegate/" in failure or " 5" in f" {failure}"]
    assert own == []
