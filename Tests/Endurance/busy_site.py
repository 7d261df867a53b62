"""A VPS that was set up by one command, with an app behind it and two hundred visitors in front of it.

Cables lie in the place of the two tunnels: what happens to those is not the matter here.
"""

import http.cookiejar
import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from machines.booted import Booted
from machines.public_server import ADDRESS, NAME, PublicServer
from stage.forms import form
from stage.polling import until

HERE = Path(__file__).parent
OWNER = "you@example.com"
#: How long transfers may finish on stop, as the owner has set it.
DRAIN_SECONDS = 5.0
SETTINGS = "/etc/runegate/runegate.toml"


@dataclass(frozen=True)
class Asked:
    """One request of the crowd; see there."""

    kind: str
    began: float
    ended: float
    problem: str

    @property
    def seconds(self) -> float:
        return self.ended - self.began


@dataclass
class Seen:
    """What the crowd saw, once it is gone."""

    asked: list[Asked] = field(default_factory=list)

    def of(self, *kinds: str) -> list[Asked]:
        return [asked for asked in self.asked if asked.kind in kinds]


class BusySite:
    def __init__(self, boot: Callable[..., Booted], directory: Path) -> None:
        self._directory = directory
        self._running: list[subprocess.Popen] = []
        self.server = PublicServer(boot, directory)
        self.machine = self.server.machine
        try:
            assert self.server.first_run.returncode == 0, self.server.first_run.stdout + self.server.first_run.stderr
            self.configure()
            self._lay_cables()
            self.restart()
            self.wait_until_well()
            self.cookies = self._sign_in()
        except BaseException:
            self.close()
            raise

    def configure(self, *lines: str) -> None:
        """Writes the owner's own settings; they count after a reload or restart."""
        own = [f'drain = "{DRAIN_SECONDS:g}s"', 'rathole_target = "http://127.0.0.1:5202"']
        self.machine.write(SETTINGS, "\n".join([*own, *lines, ""]))

    def restart(self) -> None:
        self.machine.run("systemctl", "restart", "runegate.service")

    def reload(self) -> None:
        self.machine.run("systemctl", "reload", "runegate.service")

    def shown(self, name: str) -> str:
        """A property of the gateway's unit, as systemd knows it."""
        return self.machine.run(
            "systemctl", "show", "--value", f"--property={name}", "runegate.service"
        ).stdout.strip()

    def wait_until_well(self) -> None:
        try:
            until(
                lambda: "traffic over WireGuard, Rathole ready; " in self.status,
                "both paths are proven",
                30,
                every=0.2,
            )
        except AssertionError as error:
            words = self.machine.run("runegate", "tunnels", check=False).stdout
            raise AssertionError("\n".join([str(error), self.status, words])) from None

    @property
    def status(self) -> str:
        return self.shown("StatusText")

    def _lay_cables(self) -> None:
        self.machine.run("systemctl", "stop", "wg-quick@wg0.service")
        box = subprocess.Popen(
            ["unshare", "--net", "sh", "-c", "echo ready; exec sleep infinity"], stdout=subprocess.PIPE
        )
        self._running.append(box)
        assert box.stdout and box.stdout.readline() == b"ready\n"
        in_box = ["nsenter", "--target", str(box.pid), "--net"]
        self.machine.run("ip", "link", "add", "wg0", "type", "veth", "peer", "name", "box")
        subprocess.run(self.machine.on_network("ip", "link", "set", "box", "netns", str(box.pid)), check=True)
        self.machine.run("ip", "address", "add", "10.0.0.1/24", "dev", "wg0")
        self.machine.run("ip", "link", "set", "wg0", "up")
        for command in ("address add 10.0.0.2/24 dev box", "link set box up", "link set lo up"):
            subprocess.run([*in_box, "ip", *command.split()], check=True)
        self._start([*in_box, sys.executable, str(HERE / "lasting_app.py"), "10.0.0.2", "7860"])
        self._start(self.machine.on_network(sys.executable, HERE / "lasting_app.py", "127.0.0.1", 5202))

    def _start(self, command: list[str]) -> subprocess.Popen[str]:
        started = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self._running.append(started)
        assert started.stdout and started.stdout.readline() == "ready\n", command
        return started

    def _sign_in(self) -> str:
        """With a link that the owner makes, and the button of the page behind it."""
        jar = str(self._directory / "cookies")
        keeping = ("--cookie", jar, "--cookie-jar", jar)
        link = self.machine.run("runegate", "login-link", OWNER, "--no-qr").stdout.strip().splitlines()[-1]
        page = self.server.curl(link.removeprefix(f"https://{NAME}"), "--header", "Accept: text/html", *keeping)
        button = form(page.stdout, "/.runegate/auth")
        fields = [word for name, value in button.fields.items() for word in ("--data-urlencode", f"{name}={value}")]
        self.server.curl(button.action, "--header", f"Origin: https://{NAME}", *fields, *keeping)
        found = http.cookiejar.MozillaCookieJar()
        found.load(jar, ignore_discard=True, ignore_expires=True)
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in found)

    @contextmanager
    def crowd(self) -> Iterator[Seen]:
        """Two hundred visitors who are busy meanwhile; what they saw is there at the end."""
        seen = Seen()
        cookies, report = self._directory / "crowd.cookies", self._directory / "crowd.json"
        cookies.write_text(self.cookies)
        command = self.machine.on_network(
            sys.executable, HERE / "crowd.py", ADDRESS, NAME, self._directory / "root.pem", cookies, report
        )
        crowd = self._start(command)
        try:
            yield seen
        finally:
            crowd.send_signal(signal.SIGTERM)
            crowd.wait(timeout=60)
            self._running.remove(crowd)
        seen.asked += [Asked(**asked) for asked in json.loads(report.read_text())]

    def close(self) -> None:
        for process in reversed(self._running):
            process.kill()
            process.wait()
        self.machine.close()
