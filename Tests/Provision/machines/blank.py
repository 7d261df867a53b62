"""A public server that nobody has provisioned yet: this system with a network, a name server and nothing else."""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from .machine import Machine

HERE = Path(__file__).parent
ADDRESS = "203.0.113.5"
DOMAIN = "app.example.com"
ANSWERS = ("--domain", DOMAIN, "--allow", "you@example.com")

BASE = {
    "/etc/hosts": ("127.0.0.1 localhost\n", 0o644),
    "/etc/resolv.conf": ("nameserver 127.0.0.1\noptions timeout:1 attempts:1\n", 0o644),
    # Nothing is installed in a test, and no certificate is asked for without systemd.
    "/usr/bin/certbot": ("#!/bin/sh\nexit 1\n", 0o755),
}


class Blank(Machine):
    """Runs the program as its owner's root would, without `--root`."""

    def __init__(self, program: Path, directory: Path, more: dict[str, tuple[str, int]] | None = None) -> None:
        place = directory / "upper/usr/bin/runegate"
        place.parent.mkdir(parents=True)
        shutil.copy(program, place)
        place.chmod(0o755)
        self._helpers: list[subprocess.Popen[str]] = []
        super().__init__(None, directory, BASE | (more or {}))
        self.run("ip", "address", "add", f"{ADDRESS}/32", "dev", "lo")

    def provision(self, *words: str, verb: str = "vps") -> subprocess.CompletedProcess[str]:
        """One run with nobody at the terminal, and without installing anything."""
        answers = ANSWERS if verb == "vps" and not {"--uninstall", "--verify"} & set(words) else ()
        install = ("--no-install",) if verb == "vps" else ()
        return self.run(
            "env", "SWIFT_BACKTRACE=enable=no", "/usr/bin/runegate", "provision", verb, *install, *answers, *words,
            check=False, stdin=subprocess.DEVNULL,
        )  # fmt: skip

    def resolve(self, addresses: str = ADDRESS, name: str = DOMAIN) -> None:
        """Starts the name server; the name has these addresses, with commas between."""
        self.helper("name_server.py", "127.0.0.1", f"{name}={addresses}")

    def helper(self, script: str, *words: object) -> subprocess.Popen[str]:
        """A script of this folder in the machine's network, for as long as it lives; returns when it is ready."""
        helper = subprocess.Popen(
            self.on_network(sys.executable, HERE / script, *words), stdout=subprocess.PIPE, text=True
        )
        self._helpers.append(helper)
        assert helper.stdout is not None and helper.stdout.readline() == "ready\n"
        return helper

    def files(self) -> dict[str, str]:
        """Every name below /etc and /usr that is not this system's own, with its mode and a digest of what it holds."""
        top = self.directory / "upper"
        found = {}
        for path in sorted([*(top / "etc").rglob("*"), *(top / "usr").rglob("*")]):
            status = path.lstat()
            content = os.readlink(path) if path.is_symlink() else path.read_bytes() if path.is_file() else b""
            digest = hashlib.sha256(content.encode() if isinstance(content, str) else content).hexdigest()
            found[str(path.relative_to(top))] = f"{status.st_mode:o} {digest}"
        return found

    def stop_helpers(self) -> None:
        while self._helpers:
            helper = self._helpers.pop()
            helper.kill()
            helper.wait()

    def close(self) -> None:
        self.stop_helpers()
        super().close()
