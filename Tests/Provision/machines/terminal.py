"""A terminal of a container, with root's shell at it."""

import os
import pty
import subprocess


class Terminal:
    def __init__(self, shell: list[str], environment: dict[str, str]) -> None:
        self._near, far = pty.openpty()
        self._process = subprocess.Popen(shell, stdin=far, stdout=far, stderr=far, env=environment)
        os.close(far)

    def fileno(self) -> int:
        return self._near

    def close(self) -> None:
        """Waits a while for the shell to end, which may have been told to."""
        try:
            self._process.wait(10)
        finally:
            self._process.kill()
            self._process.wait()
            os.close(self._near)
