"""Disks that take no more: a file system of its own for a gateway's state, and system calls that refuse."""

import contextlib
import subprocess
from pathlib import Path

from stage.process import Process
from stage.site import Site, Stage


class SmallDisk:
    """An ext4 of a few megabytes, mounted over the state directory of a gateway that does not run yet."""

    def __init__(self, stage: Stage, site: Site, megabytes: int = 2) -> None:
        self.path = site.gateway.state
        self._filler = self.path / "filler"
        image = stage.workspace.directory("disk") / "image"
        with image.open("wb") as file:
            file.truncate(megabytes << 20)
        # Blocks as large as everywhere; 5 % would be kept for root.
        _run("mkfs.ext4", "-q", "-b", "4096", "-m", "0", "-O", "^has_journal", image)
        _run("mount", "-o", "loop", image, self.path)
        stage.at_end(lambda: _run("umount", "--lazy", self.path))
        stage.workspace.give(self.path)
        self.path.chmod(0o700)

    def fill(self) -> None:
        """Leaves no room at all."""
        with self._filler.open("ab", buffering=0) as file:
            for size in (1 << 16, 1 << 10, 1):
                with contextlib.suppress(OSError):
                    while True:
                        file.write(bytes(size))

    def make_room(self) -> None:
        self._filler.unlink()

    def make_read_only(self) -> None:
        """Nobody may have a file of it open for writing."""
        _run("mount", "-o", "remount,ro", self.path)

    def make_writable(self) -> None:
        _run("mount", "-o", "remount,rw", self.path)


class RefusedWrites:
    """What a running program meets when the kernel turns its file system read-only."""

    def __init__(self, stage: Stage, site: Site) -> None:
        self._stage = stage
        self._site = site
        self._tracer: Process | None = None

    def begin(self) -> None:
        calls = "pwrite64,ftruncate,fdatasync,fsync"
        command = ["strace", "-f", "-p", self._site.gateway.process.pid, "-o", "/dev/null"]
        inject = ["-e", f"trace={calls}", "-e", f"inject={calls}:error=EROFS"]
        self._tracer = Process(self._stage.workspace, "strace", [*map(str, command), *inject], as_tester=True)
        self._stage.at_end(self._tracer.kill)
        self._tracer.says("attached")

    def end(self) -> None:
        assert self._tracer
        self._tracer.stop()


def _run(*command: str | Path) -> str:
    return subprocess.run([str(word) for word in command], check=True, capture_output=True, text=True).stdout
