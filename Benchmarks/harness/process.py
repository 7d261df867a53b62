"""Starting a program, reading what it costs from /proc, and ending it by its process id."""

import os
import signal
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

_TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
_STOP_SECONDS = 10


class BenchmarkError(Exception):
    """Something that keeps a figure from being true; the text says what and where to look."""


def free_port() -> int:
    """A loopback TCP port that the kernel just gave out and that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@dataclass(frozen=True)
class Memory:
    """Bytes of a process and its children."""

    resident: int
    private_dirty: int

    def __sub__(self, other: "Memory") -> "Memory":
        return Memory(self.resident - other.resident, self.private_dirty - other.private_dirty)


class Process:
    """A running program with its children (nginx has workers); a context manager that ends it."""

    def __init__(self, name: str, command: list[str], directory: Path, environment: dict[str, str] | None = None,
                 stdin=subprocess.DEVNULL, stdout=None, cores: set[int] | None = None):
        self.name = name
        self._log_path = directory / f"{name}.log"
        self._log = open(self._log_path, "ab")
        self.started_at = time.monotonic()
        try:
            self._popen = subprocess.Popen(
                command, cwd=directory, env=environment, stdin=stdin, stdout=stdout or self._log, stderr=self._log,
                start_new_session=True, preexec_fn=(lambda: os.sched_setaffinity(0, cores)) if cores else None)
        except OSError as error:
            raise BenchmarkError(f"{name} does not start: {error}") from None

    def __enter__(self) -> "Process":
        return self

    def __exit__(self, *_) -> None:
        self.stop()

    @property
    def stdin(self):
        return self._popen.stdin

    @property
    def stdout(self):
        return self._popen.stdout

    @property
    def pid(self) -> int:
        return self._popen.pid

    def stop(self) -> None:
        """Asks the program to end, waits, and kills only this one if it does not."""
        if self._popen.poll() is None:
            self._popen.send_signal(signal.SIGTERM)
            try:
                self._popen.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._popen.kill()
                self._popen.wait()
        self._log.close()

    def check_alive(self) -> None:
        status = self._popen.poll()
        if status is not None:
            raise BenchmarkError(f"{self.name} ended with status {status}:\n{self.log_tail()}")

    def wait(self, seconds: float) -> None:
        """Waits for a program that ends by itself."""
        try:
            self._popen.wait(seconds)
        except subprocess.TimeoutExpired:
            raise BenchmarkError(f"{self.name} did not end within {seconds} s") from None

    def log_tail(self) -> str:
        return self._log_path.read_text(errors="replace")[-2000:] or "(it wrote nothing)"

    def wait_until_listening(self, port: int, seconds: float = 15) -> None:
        """Returns once a TCP connect to `port` succeeds."""
        deadline = time.monotonic() + seconds
        while True:
            self.check_alive()
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                return
            except OSError:
                if time.monotonic() > deadline:
                    raise BenchmarkError(f"{self.name} does not listen on {port}:\n{self.log_tail()}") from None
                time.sleep(0.01)

    def cpu_seconds(self) -> float:
        """User and system time of all threads, ended ones too, of the program and its children.

        The kernel keeps the sum to the nanosecond and shows it in ticks of 10 ms (proc(5), utime and stime).
        """
        ticks = 0
        for pid in self._family():
            # The name in parentheses may hold anything; the fields are counted from behind it.
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
        return ticks / _TICKS_PER_SECOND

    def memory(self) -> Memory:
        """Resident and private dirty bytes now, from smaps_rollup."""
        resident = dirty = 0
        for pid in self._family():
            for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                key, _, value = line.partition(":")
                if key == "Rss":
                    resident += int(value.split()[0]) * 1024
                elif key == "Private_Dirty":
                    dirty += int(value.split()[0]) * 1024
        return Memory(resident, dirty)

    def settled_memory(self, quiet_seconds: float = 2, longest_seconds: float = 20) -> Memory:
        """The memory once it has not changed by more than 64 KiB for `quiet_seconds`."""
        deadline = time.monotonic() + longest_seconds
        before = self.memory()
        while True:
            time.sleep(quiet_seconds)
            now = self.memory()
            if abs(now.resident - before.resident) <= 64 * 1024 or time.monotonic() > deadline:
                return now
            before = now

    def _family(self) -> list[int]:
        self.check_alive()
        pids = [self.pid]
        for task in Path(f"/proc/{self.pid}/task").iterdir():
            pids += map(int, (task / "children").read_text().split())
        return pids
