"""Network namespaces whose names say which run made them, so that a later run can remove what a killed one left."""

import contextlib
import itertools
import json
import os
import re
import signal
import subprocess
from pathlib import Path
from typing import Any

_PREFIX = "rgt"
_NAME = re.compile(rf"^{_PREFIX}-(\d+)-")
#: Where userspace WireGuard puts its sockets: in the file system, the same for all namespaces.
WIREGUARD_SOCKETS = Path("/var/run/wireguard")
_numbers = itertools.count(1)


class Namespace:
    """One host's network."""

    def __init__(self, role: str) -> None:
        self.name = f"{_PREFIX}-{os.getpid()}-{role}{next(_numbers)}"
        run("ip", "netns", "add", self.name)
        self.ip("link", "set", "lo", "up")

    @property
    def enter(self) -> list[str]:
        """Leads a command in; it ends with this process, however that ends."""
        return ["nsenter", f"--net=/run/netns/{self.name}", "setpriv", "--pdeathsig", "KILL", "--"]

    def ip(self, *words: str) -> str:
        return run("ip", "-n", self.name, *words)

    def set(self, key: str, value: str) -> None:
        """A sysctl of this namespace."""
        run("nsenter", f"--net=/run/netns/{self.name}", "sysctl", "-q", "-w", f"{key}={value}")

    def link(self, device: str) -> dict[str, Any]:
        """What the kernel says of a link, its counters too."""
        return json.loads(self.ip("-json", "-stats", "link", "show", "dev", device))[0]

    def bytes_through(self, device: str) -> int:
        """Bytes in both directions so far."""
        counters = self.link(device)["stats64"]
        return counters["rx"]["bytes"] + counters["tx"]["bytes"]

    def close(self) -> None:
        _remove(self.name)


def remove_leftovers() -> None:
    """Removes what runs left whose process is no more, by the names above."""
    for line in run("ip", "netns", "list").splitlines():
        name = line.split(" ")[0]
        match = _NAME.match(name)
        if match and not _is_alive(int(match[1])):
            _remove(name)
    for socket in WIREGUARD_SOCKETS.glob(f"{_PREFIX}?*.sock"):
        owner = re.sub(r"\D", "", socket.stem)
        if owner and not _is_alive(int(owner)):
            socket.unlink(missing_ok=True)


def interface_name(role: str) -> str:
    """At most 15 bytes, and of this run only."""
    return f"{_PREFIX}{role[0]}{os.getpid()}"


def run(*words: str, stdin: str = "") -> str:
    """Runs a command to its end; its failure names it and what it said."""
    done = subprocess.run(words, input=stdin, capture_output=True, text=True, timeout=20)
    if done.returncode != 0:
        raise AssertionError(f"{' '.join(words)} failed with {done.returncode}: {done.stderr.strip()}\n{stdin}")
    return done.stdout


def _remove(name: str) -> None:
    """Ends what runs inside, which only a run of ours can have started, and removes the namespace."""
    inside = subprocess.run(["ip", "netns", "pids", name], capture_output=True, text=True, timeout=20).stdout
    for pid in inside.split():
        with contextlib.suppress(ProcessLookupError):
            os.kill(int(pid), signal.SIGKILL)
    subprocess.run(["ip", "netns", "delete", name], capture_output=True, timeout=20)


def _is_alive(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()
