"""A machine of rendered files: this system's own root below them, in a network and mount namespace of its own."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

from . import rendered

# Kept as long as its namespaces are needed; prints once it stands in them.
KEEPER = """
set -eu
mount -t overlay overlay -o "lowerdir=/,upperdir=$1/upper,workdir=$1/work" "$1/root"
for directory in proc sys dev; do mount --rbind /$directory "$1/root/$directory"; done
mount -t tmpfs tmpfs "$1/root/run"
mount -t tmpfs tmpfs "$1/root/tmp"
ip link set lo up
echo ready
exec sleep infinity
"""

ECHO = Path(__file__).parent / "echo.py"


class Machine:
    """Runs programs as they would run on the machine that the files were rendered for."""

    def __init__(self, case: str | None, directory: Path, more: dict[str, tuple[str, int]]) -> None:
        """Without a case it is this system with nothing but `more` on top."""
        self.case = case
        self.directory = directory
        self._echoes: list[subprocess.Popen[str]] = []
        for name in ("upper", "work", "root"):
            (directory / name).mkdir(parents=True, exist_ok=True)
        for path, content in (rendered.files(case) if case else {}).items():
            self._write(path, content, 0o755 if path.startswith("/etc/letsencrypt/") else 0o600)
        for path, (text, mode) in more.items():
            self._write(path, text.encode(), mode)
        self._keeper = subprocess.Popen(
            ["unshare", "--mount", "--net", "bash", "-c", KEEPER, "keeper", directory],
            stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert self._keeper.stdout is not None
        if self._keeper.stdout.readline() != "ready\n":
            self.close()
            raise RuntimeError(f"no machine for {case}")
        if Path(directory / "upper/etc/sysusers.d").exists():
            self.run("systemd-sysusers", "/etc/sysusers.d/runegate.conf")

    def _write(self, path: str, content: bytes, mode: int) -> None:
        file = self.directory / "upper" / path.lstrip("/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
        file.chmod(mode)
        # The overlay shows the mode of the directory that it finds on top.
        for parent in file.relative_to(self.directory / "upper").parents:
            os.chmod(self.directory / "upper" / parent, 0o755)

    def command(self, *command: object) -> list[str]:
        """The command as this machine runs it."""
        entered = ["nsenter", "--target", str(self._keeper.pid), "--mount", "--net"]
        return [*entered, "chroot", str(self.directory / "root"), *map(str, command)]

    def run(self, *command: object, check: bool = True, **options: object) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(self.command(*command), capture_output=True, text=True, timeout=60, **options)
        assert not check or done.returncode == 0, f"{command}: {done.returncode}\n{done.stdout}{done.stderr}"
        return done

    def on_network(self, *command: object) -> list[str]:
        """The command with this machine's network and the files of the system below."""
        return ["nsenter", "--target", str(self._keeper.pid), "--net", *map(str, command)]

    def echo(self, address: str, port: int) -> None:
        """Answers there with what arrived, as long as the machine lives."""
        command = self.on_network(sys.executable, ECHO, address, port)
        echo = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self._echoes.append(echo)
        assert echo.stdout is not None and echo.stdout.readline() == "ready\n"

    def connect_to(self, other: "Machine") -> None:
        """Lays a cable that is called wg0 on both sides: what the firewall sees of the tunnel."""
        subprocess.run(
            ["ip", "link", "add", "wg0", "netns", str(self._keeper.pid), "type", "veth",
             "peer", "name", "wg0", "netns", str(other._keeper.pid)], check=True,
        )  # fmt: skip

    def close(self) -> None:
        for echo in self._echoes:
            echo.kill()
            echo.wait()
        self._keeper.send_signal(signal.SIGKILL)
        self._keeper.wait()
        shutil.rmtree(self.directory, ignore_errors=True)
