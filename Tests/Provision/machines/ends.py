"""The two ends of a pair: booted machines with Rathole, a stand-in for certbot, and a look at all that is on them."""

import hashlib
import os
import shutil
import stat
import subprocess
from pathlib import Path

from .booted import Booted
from .rendered import ROOT
from .shell import PROMPT
from .terminal import Terminal

HERE = Path(__file__).parent
ENVIRONMENT = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8"}

# The stand-in as a program that the unit's user may run; it is in Tests/Tunnels.
_STAND_IN = f"""#!/bin/sh
PYTHONDONTWRITEBYTECODE=1 PYTHONPATH={ROOT}/Tests/Tunnels:{ROOT}/.build/venv/lib/python3.11/site-packages \\
    exec /usr/bin/python3.11 -m rathole "$@"
"""
# Rathole itself is one program; the stand-in needs Python.
_STAND_IN_UNIT = f"[Service]\nExecPaths=/usr/bin /bin {ROOT}/.build/venv\n"


class End(Booted):
    def __init__(self, name: str, directory: Path, program: Path) -> None:
        self.name = name
        real = os.environ.get("RATHOLE") or shutil.which("rathole")
        more = {} if real else {"/etc/systemd/system/rathole.service.d/stand-in.conf": _STAND_IN_UNIT}
        binds = [f"{real}:/usr/local/bin/rathole"] if real else [f"{ROOT}:{ROOT}"]
        super().__init__(directory, program.resolve(), more, binds)
        if not real:
            self.write("/usr/local/bin/rathole", _STAND_IN, 0o755)
        self.write("/usr/local/bin/certbot", (HERE / "certbot").read_text(), 0o755)
        self.write("/root/.bash_history", "", 0o600)

    def terminal(self) -> Terminal:
        """Where the owner sits."""
        shell = self.command("setsid", "--ctty", "env", f"PS1={PROMPT}", "HISTFILE=/root/.bash_history", "TERM=dumb",
                             "bash", "--norc", "--noprofile", "-i")  # fmt: skip
        return Terminal(shell, ENVIRONMENT)

    def as_user(self, user: str, *command: object) -> subprocess.CompletedProcess[str]:
        """Runs it as somebody who is not root; how it ended is for the caller."""
        return self.run("setpriv", "--reuid", user, "--regid", "nogroup", "--clear-groups", *command, check=False)

    def set_host(self, address: str, name: str) -> None:
        """The name leads there from now on."""
        hosts = self.path("/etc/hosts")
        others = [line for line in hosts.read_text().splitlines() if not line.endswith(f" {name}")]
        hosts.write_text("\n".join([*others, f"{address} {name}", ""]))

    # What is there

    def tree(self) -> dict[str, str]:
        """Every name that is not as on the system below, with kind, mode, owner and a digest; and all of /run."""
        upper = self.directory / "upper"
        found = _listed(upper, upper)
        # A directory is copied up with the first file that is made in it, and stays.
        found = {name: what for name, what in found.items() if not _is_below(name, what)}
        return found | _listed(self.path("/run"), self.path(""))

    def processes(self) -> list[str]:
        """The command line of each process, but those of the asking itself."""
        lines = self.run("ps", "-e", "-o", "args=").stdout.splitlines()
        return sorted(line for line in lines if not line.startswith(("ps -e", "[")))

    def interfaces(self) -> list[str]:
        return sorted(line.split()[0] for line in self.run("ip", "-brief", "link").stdout.splitlines())

    def tables(self) -> str:
        """Everything that nftables holds, but what it counts and gathers."""
        return self.run("nft", "--stateless", "--terse", "list", "ruleset").stdout

    def runs(self) -> dict[str, str]:
        """Each running service with the name of this one run, which a restart changes."""
        lines = self.run("systemctl", "show", "--property=Id,InvocationID,ActiveState", "*.service").stdout
        found = {}
        for block in lines.split("\n\n"):
            values = dict(line.split("=", 1) for line in block.strip().splitlines())
            if values.get("ActiveState") == "active":
                found[values["Id"]] = values["InvocationID"]
        return found

    def whole_journal(self) -> bytes:
        """Every field of every entry."""
        command = self.command("journalctl", "--no-pager", "--all", "--output=export")
        return subprocess.run(command, check=True, capture_output=True).stdout

    def last_words(self) -> str:
        """The end of the journal, for a failure's message."""
        return self.run("journalctl", "--no-pager", "--lines=80", "--output=short", check=False).stdout


def _listed(top: Path, base: Path) -> dict[str, str]:
    return {
        f"/{path.relative_to(base)}": _described(path)
        for directory, names, files in os.walk(top)
        for path in (Path(directory, name) for name in [*names, *files])
    }


def _is_below(name: str, what: str) -> bool:
    below = Path(name)
    return os.path.lexists(below) and _described(below) == what


def _described(path: Path) -> str:
    status = path.lstat()
    owner = f"{stat.filemode(status.st_mode)} {status.st_uid}:{status.st_gid}"
    if stat.S_ISLNK(status.st_mode):
        return f"{owner} -> {os.readlink(path)}"
    if stat.S_ISREG(status.st_mode):
        with path.open("rb") as file:
            return f"{owner} {hashlib.file_digest(file, 'sha256').hexdigest()}"
    return owner
