"""The system calls that a machine's processes really make, each thread's from the moment it runs our program."""

import re
import subprocess
import tempfile
from pathlib import Path

from server import UNITS, Server
from stage.polling import until

_CALL = re.compile(r"(?m)^(\w+)\(")


class Traced:
    """Follows everything that the machine's process 1 starts, for as long as it lives."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._directory = tempfile.TemporaryDirectory()
        self._lines = Path(self._directory.name) / "calls"
        leader = server.vps.process
        self._strace = subprocess.Popen(
            ["strace", "-qq", "-ff", "-o", self._lines, "-p", str(leader)], stderr=subprocess.DEVNULL
        )
        status = Path(f"/proc/{leader}/status")
        until(lambda: f"TracerPid:\t{self._strace.pid}" in status.read_text(), "process 1 is traced")

    def calls(self, name: str) -> set[str]:
        """What the threads that one of the processes has now asked for, since it became our program."""
        process = self._outside(name)
        found: set[str] = set()
        for thread in Path(f"/proc/{process}/task").iterdir():
            text = Path(f"{self._lines}.{thread.name}").read_text()
            if thread.name == str(process):
                # What systemd does before is systemd's.
                text = text[text.index('\nexecve("/usr/bin/runegate"') + 1 :]
            found.update(_CALL.findall(text))
        return found

    def _outside(self, name: str) -> int:
        """The process as it is numbered outside the machine."""
        inside = self._server.process(name)
        for status in Path("/proc").glob("[0-9]*/status"):
            try:
                numbers = re.search(r"(?m)^NSpid:\t(\d+)\t(\d+)$", status.read_text())
                is_ours = numbers and int(numbers[2]) == inside and self._is_here(int(numbers[1]))
            except FileNotFoundError:
                continue
            if numbers and is_ours:
                return int(numbers[1])
        raise ProcessLookupError(name)

    def _is_here(self, process: int) -> bool:
        places = [Path(f"/proc/{each}/ns/pid").readlink() for each in (process, self._server.vps.process)]
        return places[0] == places[1]

    def close(self) -> None:
        self._strace.terminate()
        self._strace.wait(30)
        self._directory.cleanup()


def allowed(server: Server, name: str) -> set[str]:
    """The system calls that the unit's filter lets through."""
    told = server.vps.run("systemctl", "show", "--value", "--property=SystemCallFilter", f"{UNITS[name]}.service")
    return {word for word in told.stdout.split() if ":" not in word}
