"""A VPS that was set up by one command, on a network where its name leads to it."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from .authority import Authority
from .booted import Booted

NAME = "app.example.com"
ADDRESS = "203.0.113.10"
VISITOR = Path(__file__).parent / "visitor.py"
SETTING_UP = ["runegate", "provision", "vps", "--no-ask", "--no-install"]


class PublicServer:
    def __init__(self, boot: Callable[..., Booted], directory: Path) -> None:
        self.machine = boot(more={"/etc/hosts": f"127.0.0.1 localhost\n{ADDRESS} {NAME}\n"})
        for command in (
            "link add eth0 type veth peer name eth1", f"address add {ADDRESS}/24 dev eth0", "link set eth0 up",
        ):  # fmt: skip
            self.machine.run("ip", *command.split())
        self.authority = Authority(self.machine)
        self._root = directory / "root.pem"
        self._root.write_text(self.authority.root)
        self.first_run = self.machine.run(
            *SETTING_UP, "--domain", NAME, "--allow", "you@example.com", "--smtp-host", "none", check=False
        )

    def curl(self, path: str, *options: str) -> subprocess.CompletedProcess[str]:
        command = ["curl", "-sS", "--noproxy", "*", "--cacert", self._root, "--max-time", "10"]
        command += ["--resolve", f"{NAME}:443:{ADDRESS}", *options, f"https://{NAME}{path}"]
        return subprocess.run(self.machine.on_network(*command), capture_output=True, text=True)

    @contextmanager
    def visited(self) -> Iterator[dict[str, object]]:
        """What somebody sees who opens the site all the time meanwhile; filled at the end."""
        seen: dict[str, object] = {}
        command = self.machine.on_network(sys.executable, VISITOR, ADDRESS, NAME, self._root)
        visitor = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert visitor.stdout is not None and visitor.stdout.readline() == "ready\n"
        try:
            yield seen
        finally:
            told, _ = visitor.communicate("", timeout=30)
            seen.update(json.loads(told))

    def serial(self) -> str:
        """The number of the certificate that a visitor is shown now."""
        with self.visited() as seen:
            time.sleep(0.3)
        assert seen["failures"] == [], seen
        (serial,) = seen["serials"]
        return serial
