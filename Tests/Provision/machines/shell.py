"""A person at a machine's terminal: what is typed stands in the shell's history afterwards."""

import os
import re
import select
import time
from typing import Protocol

PROMPT = "ready> "


class Terminal(Protocol):
    def fileno(self) -> int: ...

    def close(self) -> None: ...


class WithTerminal(Protocol):
    def terminal(self) -> Terminal: ...


class Shell:
    def __init__(self, machine: WithTerminal) -> None:
        self._terminal = machine.terminal()
        self.lines_typed: list[str] = []
        self.shown = ""
        self.wait_for_prompt(10)

    def type(self, line: str) -> None:
        self.lines_typed.append(line)
        os.write(self._terminal.fileno(), (line + "\n").encode())

    def wait_for(self, pattern: str, within: float) -> str:
        """Reads until the pattern comes; returns what was shown till then."""
        deadline = time.monotonic() + within
        read = ""
        while not re.search(pattern, read):
            left = deadline - time.monotonic()
            assert left > 0, f"{pattern!r} did not come within {within} s, but: {read}"
            if select.select([self._terminal], [], [], left)[0]:
                read += os.read(self._terminal.fileno(), 65536).decode(errors="replace")
        self.shown += read
        return read

    def wait_for_prompt(self, within: float) -> str:
        return self.wait_for(re.escape(PROMPT), within)

    def status(self) -> int:
        """How the last command ended."""
        os.write(self._terminal.fileno(), b"echo status=$?\n")
        shown = self.wait_for(r"(?m)^status=\d+\s+" + re.escape(PROMPT), 10)
        return int(shown.rpartition("status=")[2].split()[0])

    def command(self, line: str, within: float = 120) -> tuple[int, str]:
        """Types a command and waits for its end; the exit status and what it showed."""
        self.type(line)
        shown = self.wait_for_prompt(within)
        return self.status(), shown

    def close(self) -> None:
        try:
            os.write(self._terminal.fileno(), b"exit\n")
        finally:
            self._terminal.close()
