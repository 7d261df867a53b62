"""Where one run of the tests keeps its files, under which user the program runs, and which ports are free."""

import itertools
import os
import pwd
import random
import shutil
import socket
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
OUTPUT = ROOT / ".build" / "test-output"


class Workspace:
    """One directory for one run. Paths in it are short: a Unix socket's path holds 107 bytes."""

    def __init__(self, logs: str = "logs") -> None:
        """Makes it; what processes print goes below the output directory into `logs`."""
        self.root = Path(tempfile.mkdtemp(prefix="runegate-", dir="/tmp"))
        self.root.chmod(0o755)
        self.logs = OUTPUT / logs
        shutil.rmtree(self.logs, ignore_errors=True)
        self.logs.mkdir(parents=True)
        self.user = _unprivileged_user()
        self._numbers = itertools.count(1)
        self._ports: set[int] = set()
        self.binary = self._copy_of_the_binary()

    def directory(self, name: str) -> Path:
        """A new directory that belongs to the program's user and nobody else."""
        path = self.root / f"{next(self._numbers)}-{name}"
        path.mkdir()
        self.give(path)
        path.chmod(0o700)
        return path

    def write(self, path: Path, content: str | bytes, mode: int = 0o600) -> Path:
        """Writes a file for the program's user."""
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        path.chmod(mode)
        self.give(path)
        return path

    def give(self, path: Path) -> None:
        """Hands a path to the program's user."""
        if self.user:
            os.chown(path, self.user.pw_uid, self.user.pw_gid)

    @property
    def as_user(self) -> list[str]:
        """The command that runs what follows it as the program's user."""
        user = self.user
        return ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"] if user else []

    def log(self, name: str) -> Path:
        """A new file for what a process prints; kept after the run."""
        return self.logs / f"{next(self._numbers):03}-{name}.log"

    def port(self) -> int:
        """A free port on loopback, given out once.

        Below the range that outgoing connections take theirs from (32768 and up), so that none grabs it between
        this look and the listener's bind.
        """
        while True:
            port = random.randrange(20_000, 32_768)
            if port in self._ports:
                continue
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    probe.bind(("127.0.0.1", port))
                except OSError:
                    continue
            self._ports.add(port)
            return port

    def close(self) -> None:
        shutil.rmtree(self.root, ignore_errors=True)

    def _copy_of_the_binary(self) -> Path:
        """The program, where its user may run it: the clone may lie in a home that others cannot enter."""
        built = Path(os.environ.get("RUNEGATE_BINARY", ROOT / ".build" / "release" / "runegate"))
        if not built.exists():
            raise FileNotFoundError(f"{built} is missing: run `make release`, or name another in RUNEGATE_BINARY")
        copy = self.root / "runegate"
        shutil.copy(built, copy)
        copy.chmod(0o755)
        return copy


def _unprivileged_user() -> pwd.struct_passwd | None:
    """Who runs the program when the tests run as root, as which production refuses to start."""
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else None
