"""Both machines, the Internet between them, the owner's app, and what is asked of the whole."""

import json
import re
import ssl
import subprocess
import sys
import time
from pathlib import Path

import httpx

from stage.polling import until
from stage.secrets import Secrets
from stage.visitor import Visitor

from .ends import ENVIRONMENT, End
from .internet import IPV4, Addresses, Internet
from .shell import Shell

HERE = Path(__file__).parent
DOMAIN, OWNER, APP_PORT = "app.example.com", "you@example.com", 7860
#: As it is shown, a few lines long.
JOIN_CODE = re.compile(r"^RG1-[A-Z0-9-]+(?:\r?\n[A-Z0-9-]+)*", re.MULTILINE)
#: Over which path the app is asked, by the address that it sees.
PATHS = {"10.0.0.1": "wireguard", "127.0.0.1": "rathole"}


class Pair:
    def __init__(self, directory: Path, program: Path, addresses: Addresses = IPV4) -> None:
        self._directory = directory
        self._addresses = addresses
        self._closing: list = []
        try:
            self.vps = self._machine("vps", program)
            self.aibox = self._machine("aibox", program)
            # The owner's own setting; half a minute is long in a test.
            self.vps.write("/etc/runegate/runegate.toml", 'failback_after = "2s"\n')
            self.internet = Internet(self.vps, self.aibox, addresses)
            self._closing.append(self.internet.close)
            self.name_leads_to(addresses.vps.machine)
            self._start_app()
            self.https = self._open_door(addresses.vps.machine)
        except BaseException:
            self.close()
            raise

    def _machine(self, name: str, program: Path) -> End:
        machine = End(name, self._directory / name, program)
        self._closing.append(machine.close)
        return machine

    def _start_app(self) -> None:
        """It listens on 127.0.0.1 alone, as many do."""
        command = self.aibox.on_network(sys.executable, HERE / "echo.py", "127.0.0.1", APP_PORT)
        app = self._keep(subprocess.Popen(command, stdout=subprocess.PIPE))
        assert app.stdout and app.stdout.readline() == b"ready\n"

    def _open_door(self, address: str) -> Path:
        """A socket that leads visitors to the site at this address."""
        socket = self._directory / f"door-{address.replace(':', '-')}.sock"
        command = self.internet.enter(sys.executable, HERE / "door.py", socket, address, 443)
        self._keep(subprocess.Popen(command, env=ENVIRONMENT, stdout=subprocess.DEVNULL))
        until(socket.exists, "the door is open")
        return socket

    def name_leads_to(self, address: str) -> None:
        for machine in (self.vps, self.aibox):
            machine.set_host(address, DOMAIN)

    def lose_vps(self, program: Path) -> None:
        """Switches it off, and puts another machine in its place, at another address and with nothing on it."""
        self.vps.close()
        self.vps = self._machine("vps2", program)
        self.internet.attach(self.vps, self._addresses.new_vps)
        self.name_leads_to(self._addresses.new_vps.machine)
        self.https = self._open_door(self._addresses.new_vps.machine)

    def _keep(self, process: subprocess.Popen[bytes]) -> subprocess.Popen[bytes]:
        self._closing += [process.wait, process.kill]
        return process

    # What visitors see

    def visitor(self) -> Visitor:
        """A browser somewhere on the Internet that trusts any certificate."""
        transport = httpx.HTTPTransport(uds=str(self.https), verify=_trusting())
        return Visitor(f"https://{DOMAIN}", _NoMail(), Secrets(), transport=transport)

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

    def path_used(self, visitor: Visitor) -> str:
        """Over which path the app was asked just now; empty when it was not."""
        try:
            answer = visitor.get("/echo")
        except httpx.TransportError:
            return ""
        return PATHS.get(answer.json()["peer"], "") if answer.status_code == 200 else ""

    def wait_for_path(self, visitor: Visitor, path: str, within: float = 45) -> None:
        until(lambda: self.path_used(visitor) == path, f"the app is asked over {path}", within, every=0.2)

    def tunnels(self) -> dict:
        """What `runegate tunnels` says on the VPS."""
        return json.loads(self.vps.run("runegate", "tunnels", "--json", check=False).stdout or "{}")

    def wait_until_proven(self, within: float = 60) -> None:
        def ask() -> subprocess.CompletedProcess[str]:
            return self.vps.run("runegate", "tunnels", check=False)

        try:
            until(lambda: ask().returncode == 0, "both paths are proven", within, 0.3)
        except AssertionError as error:
            words = [ask().stdout, self.vps.last_words(), self.aibox.last_words()]
            raise AssertionError("\n".join([str(error), *words])) from None

    # Two people

    def provision(self, *words: str) -> tuple[Shell, str, float]:
        """Types the VPS's command with nobody to answer questions; the shell, what was shown, seconds until healthy."""
        shell = Shell(self.vps)
        began = time.monotonic()
        status, shown = shell.command(
            " ".join(["runegate provision vps", "--domain", DOMAIN, "--allow", OWNER, *words, "</dev/null"])
        )
        assert status == 0, f"{shown}\n{self.vps.last_words()}"
        until(self.is_healthy, "the site answers", 30, every=0.05)
        return shell, shown, time.monotonic() - began

    def join(self, code: str) -> tuple[Shell, str, float]:
        """Types the aibox's command and the code; the shell, what was shown, seconds until both paths are proven."""
        shell = Shell(self.aibox)
        began = time.monotonic()
        shell.type("runegate provision aibox")
        shell.wait_for("join code", 30)
        for line in [*code.splitlines(), ""]:
            shell.type(line)
        shown = shell.wait_for_prompt(180)
        assert shell.status() == 0, f"{shown}\n{self.aibox.last_words()}\n{self.vps.last_words()}"
        self.wait_until_proven()
        return shell, shown, time.monotonic() - began

    def set_up(self) -> None:
        """One command on each machine, and a code from the first to the second."""
        shell, shown, _ = self.provision()
        shell.close()
        code = JOIN_CODE.search(shown)
        assert code, shown
        shell, _, _ = self.join(code[0].replace("\r", ""))
        shell.close()

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
