"""The public server as its visitors and its owner see it."""

import contextlib
import json
import re
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import httpx

from stage.polling import until
from stage.secrets import Secrets
from stage.visitor import Mailbox, Visitor

from .ends import ENVIRONMENT
from .internet import Router
from .shell import Shell, WithTerminal

HERE = Path(__file__).parent
DOMAIN, OWNER = "app.example.com", "you@example.com"
#: As it is shown, a few lines long.
JOIN_CODE = re.compile(r"^RG1-[A-Z0-9-]+(?:\r?\n[A-Z0-9-]+)*", re.MULTILINE)


class Host(WithTerminal, Protocol):
    """A machine of any kind."""

    name: str

    def run(self, *command: object, check: bool = True) -> subprocess.CompletedProcess[str]: ...

    def last_words(self) -> str: ...


class PublicSide:
    """Whoever makes one sets `vps` and `internet`, and opens the door."""

    vps: Host
    internet: Router

    def __init__(self, directory: Path, mailbox: Mailbox | None = None) -> None:
        self._directory = directory
        self._mailbox = mailbox or _NoMail()
        self._closing: list = []

    def open_door(self, address: str) -> None:
        """Visitors come to the site at this address from now on."""
        self._address = address
        self.https = self._directory / f"door-{address.replace(':', '-')}.sock"
        command = self.internet.enter(sys.executable, HERE / "door.py", self.https, address, 443)
        self.keep(subprocess.Popen(command, env=ENVIRONMENT, stdout=subprocess.DEVNULL))
        until(self.https.exists, "the door is open")

    def keep(self, process: subprocess.Popen[bytes]) -> subprocess.Popen[bytes]:
        """Until all is closed."""
        self._closing += [process.wait, process.kill]
        return process

    # What visitors see

    def visitor(self) -> Visitor:
        """A browser somewhere on the Internet that trusts any certificate."""
        transport = httpx.HTTPTransport(uds=str(self.https), verify=_trusting())
        return Visitor(f"https://{DOMAIN}", self._mailbox, Secrets(), transport=transport)

    def sign_in(self) -> Visitor:
        """With a link that the owner makes on the VPS."""
        visitor = self.visitor()
        link = self.vps.run("runegate", "login-link", OWNER).stdout.strip().splitlines()[-1]
        page = visitor.visit(link)
        assert page.status_code == 200, (page, page.text)
        assert visitor.confirm(page).status_code == 303
        assert visitor.session_cookie
        return visitor

    def is_healthy(self) -> bool:
        """Whether the site answers at all."""
        with self.visitor().client as client:
            try:
                return client.get("/.runegate/health").status_code == 200
            except httpx.TransportError:
                return False

    @contextlib.contextmanager
    def load(self, visitor: Visitor, directory: Path, pause: float = 0.02) -> Iterator[dict[str, Any]]:
        """Four visitors who rest for so many seconds between requests; what they saw is filled in at the end."""
        cookie, report = directory / "cookie", directory / "report"
        cookie.write_text(visitor.cookie_header)
        words = [HERE / "visiting.py", self._address, DOMAIN, cookie, report, str(pause)]
        command = self.internet.enter(sys.executable, *words)
        visiting = subprocess.Popen(command, stdout=subprocess.PIPE)
        seen: dict[str, Any] = {}
        try:
            assert visiting.stdout and visiting.stdout.readline() == b"visiting\n"
            yield seen
        finally:
            visiting.terminate()
            visiting.wait(60)
        seen.update(json.loads(report.read_text()))

    # The owner

    def tunnels(self) -> dict:
        """What `runegate tunnels` says on the VPS."""
        return json.loads(self.vps.run("runegate", "tunnels", "--json", check=False).stdout or "{}")

    def provision(self, *words: str) -> tuple[Shell, str, float]:
        """Types the VPS's command with nobody to answer questions; the shell, what was shown, seconds until healthy."""
        shell = Shell(self.vps)
        began = time.monotonic()
        line = ["runegate provision vps", "--domain", DOMAIN, "--allow", OWNER, *words, "</dev/null"]
        status, shown = shell.command(" ".join(line), within=300)
        assert status == 0, f"{shown}\n{self.vps.last_words()}"
        until(self.is_healthy, "the site answers", 30, every=0.05)
        return shell, shown, time.monotonic() - began

    def close(self) -> None:
        while self._closing:
            self._closing.pop()()


class _NoMail:
    """Links come from the owner."""

    def letter_to(self, recipient: str, number: int = 1, within: float = 10.0) -> None:
        raise AssertionError("nobody sends mail here")

    def letters_to(self, recipient: str) -> list[None]:
        return []


def _trusting() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context
