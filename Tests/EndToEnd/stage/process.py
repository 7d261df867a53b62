"""One process that the tests started, and end."""

import os
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path

from .polling import until
from .workspace import Workspace


class Process:
    """A child whose output goes into a log file; `typed` is the descriptor that it reads from."""

    def __init__(
        self,
        workspace: Workspace,
        name: str,
        command: list[str | Path],
        *,
        environment: dict[str, str] | None = None,
        directory: Path | None = None,
        as_tester: bool = False,
        passed: Sequence[int] = (),
        typed: int = subprocess.DEVNULL,
    ) -> None:
        self.log = workspace.log(name)
        self.name = name
        user = None if as_tester else workspace.user
        with self.log.open("wb") as output:
            self._child = subprocess.Popen(
                [str(word) for word in command],
                stdin=typed,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=directory,
                env=environment,
                user=user.pw_uid if user else None,
                group=user.pw_gid if user else None,
                extra_groups=[] if user else None,
                pass_fds=passed,
            )

    @property
    def pid(self) -> int:
        return self._child.pid

    @property
    def exit_code(self) -> int | None:
        """Nil while it runs."""
        return self._child.poll()

    def log_text(self) -> str:
        return self.log.read_text(errors="replace")

    def send(self, number: signal.Signals) -> None:
        self._child.send_signal(number)

    def wait(self, within: float = 15.0) -> int:
        """The exit code, once it ended by itself or by a signal."""
        return self._child.wait(timeout=within)

    def stop(self, within: float = 15.0) -> int:
        """Asks it to end; kills it when it does not."""
        if self.exit_code is None:
            self.send(signal.SIGTERM)
        try:
            return self.wait(within)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"{self.name} did not stop within {within:g} s of SIGTERM") from None

    def kill(self) -> None:
        """`kill -9`."""
        if self.exit_code is None:
            self.send(signal.SIGKILL)
        self._child.wait(timeout=15)

    def says(self, text: str, within: float = 10.0) -> str:
        """The first line of its log that holds `text`."""

        def line() -> str:
            return next((line for line in self.log_text().splitlines() if text in line), "")

        return until(line, f"{self.name} logs {text!r}; it logged:\n{self.log_text()[-2000:]}", within)

    def resident_bytes(self) -> int:
        """Resident memory now (`VmRSS`)."""
        return self._status("VmRSS")

    def peak_resident_bytes(self) -> int:
        """The most resident memory it ever had (`VmHWM`)."""
        return self._status("VmHWM")

    def open_descriptors(self) -> int:
        return len(os.listdir(f"/proc/{self.pid}/fd"))

    def cpu_seconds(self) -> float:
        """Processor time so far, user and system (proc(5), stat fields 14 and 15)."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def _status(self, key: str) -> int:
        for line in Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith(f"{key}:"):
                return int(line.split()[1]) * 1024
        raise AssertionError(f"{self.name} has no {key}: it ended")
