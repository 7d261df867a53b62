"""Looks for secrets wherever another user of a machine could see them, while programs run and afterwards."""

import base64
import json
import os
import re
import stat
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .ends import End

RECORDS = "/etc/runegate/provision"
# The words under which the records keep what nobody else may know.
_SECRET_WORDS = {
    "jwt", "jwtPrevious", "session", "sessionPrevious", "wireGuardPrivateKey", "ratholePrivateKey", "ratholeToken",
    "presharedKey", "enrolmentKey", "key", "ownKey", "shared",
}  # fmt: skip


def secrets_of(machine: End) -> dict[str, bytes]:
    """Every secret that the machine's records hold now, by file and word."""
    found: dict[str, bytes] = {}
    for name in ("state.json", "enrolment.json", "box.json"):
        path = machine.path(f"{RECORDS}/{name}")
        if path.exists():
            _collect(json.loads(path.read_text()), name, found, is_aibox=name == "box.json")
    for path in machine.path("/etc/runegate/credentials").glob("*"):
        for index, part in enumerate(path.read_text().split(",")):
            if part:
                found[f"{path.name} {index}"] = part.encode()
    site = machine.path("/etc/runegate/tls/site.pem")
    if site.exists():
        key = re.search("-----BEGIN.*PRIVATE KEY-----\n(.*?)\n-----END", site.read_text(), re.DOTALL)
        assert key, "site.pem has no key"
        found["site.pem"] = key[1].splitlines()[0].encode()
    return found


def _collect(value: Any, where: str, found: dict[str, bytes], is_aibox: bool) -> None:
    if isinstance(value, list):
        for index, each in enumerate(value):
            _collect(each, f"{where} {index}", found, is_aibox)
    if not isinstance(value, dict):
        return
    for word, inner in value.items():
        # On the aibox this word names the VPS's public key.
        is_secret = word in _SECRET_WORDS and not (is_aibox and word == "enrolmentKey")
        texts = inner if isinstance(inner, list) else [inner]
        if is_secret and all(isinstance(text, str) for text in texts):
            for index, text in enumerate(texts):
                found[f"{where} {word} {index}"] = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        else:
            _collect(inner, f"{where} {word}", found, is_aibox)


def spellings(secret: bytes) -> set[bytes]:
    """The secret as it could stand in a text."""
    plain = base64.b64encode(secret).rstrip(b"=")
    safe = base64.urlsafe_b64encode(secret).rstrip(b"=")
    return {secret, plain, safe, secret.hex().encode(), secret.hex().upper().encode()}


@dataclass
class Search:
    """What is looked for: each spelling, and what it is called."""

    wanted: dict[bytes, str] = field(default_factory=dict)

    def add(self, named: dict[str, bytes], machine: str) -> None:
        for name, secret in named.items():
            assert len(secret) >= 16, f"{name} is too short to be looked for"
            for spelling in spellings(secret):
                self.wanted[spelling] = f"{machine}: {name}"

    def names_in(self, data: bytes) -> set[str]:
        return {name for spelling, name in self.wanted.items() if spelling in data}

    def look(self, place: str, data: bytes) -> list[str]:
        return [f"{name} in {place}" for name in sorted(self.names_in(data))]

    def on(self, machine: End) -> list[str]:
        """Everything found in what is on the machine now."""
        found = self.look(f"the journal of {machine.name}", machine.whole_journal())
        history = machine.path("/root/.bash_history")
        if history.exists():
            found += self.look(f"the shell history of {machine.name}", history.read_bytes())
        for path in readable_by_all(machine):
            found += self.look(f"{machine.name}:{path}", machine.path(path).read_bytes())
        return found


def readable_by_all(machine: End) -> list[str]:
    """Files made on the machine that every user can read."""
    found = []
    # What is not in memory is on top of the system below.
    for base, tops in ((machine.directory / "upper", ("",)), (machine.path(""), ("run", "tmp", "dev/shm"))):
        for directory, names, files in (entry for top in tops for entry in os.walk(base / top)):
            # Nobody reaches what is below a directory that only its owner may enter.
            names[:] = [name for name in names if os.lstat(f"{directory}/{name}").st_mode & stat.S_IXOTH]
            for name in files:
                mode = os.lstat(f"{directory}/{name}").st_mode
                if stat.S_ISREG(mode) and mode & stat.S_IROTH:
                    found.append(f"/{Path(directory, name).relative_to(base)}")
    return found


class Watch:
    """Notes arguments and environment of every process of the machine, many times a second, as long as it runs."""

    def __init__(self, machine: End) -> None:
        self._place = os.readlink(f"/proc/{machine.process}/ns/pid")
        self._name = machine.name
        self._is_over = threading.Event()
        #: Each word of a command line and each variable that ever was.
        self.seen: dict[str, set[bytes]] = {"cmdline": set(), "environ": set()}
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        elsewhere: set[str] = set()
        turn = 0
        while not self._is_over.wait(0.01):
            turn += 1
            if turn % 100 == 0:
                # Numbers are given out again.
                elsewhere.clear()
            for process in filter(str.isdigit, os.listdir("/proc")):
                if process in elsewhere:
                    continue
                try:
                    if os.readlink(f"/proc/{process}/ns/pid") != self._place:
                        elsewhere.add(process)
                        continue
                    for file, seen in self.seen.items():
                        with open(f"/proc/{process}/{file}", "rb") as data:
                            seen.update(data.read().split(b"\0"))
                except OSError:
                    # It has ended.
                    continue

    def found(self, search: Search) -> list[str]:
        return [
            line
            for file, seen in self.seen.items()
            for line in search.look(f"{file} of a process of {self._name}", b"\n".join(seen.copy()))
        ]

    def close(self) -> None:
        self._is_over.set()
        self._thread.join()
