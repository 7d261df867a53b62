"""The line to a machine's agent: programs are run over it, and each start of the machine is heard of."""

import base64
import contextlib
import itertools
import json
import socket
import subprocess
import threading
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path

from stage.polling import until


class Gone(Exception):
    """The machine went down before it answered."""


@dataclass(frozen=True)
class Done:
    status: int
    output: bytes
    errors: bytes


class Line:
    """Connected as long as the emulator runs; several programs may run at a time."""

    def __init__(self, path: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.connect(str(path))
        self._numbers = itertools.count()
        self._waiting: dict[int, Future[Done]] = {}
        self._lock = threading.Lock()
        #: A name for each time that the machine came up, the first one first.
        self.boots: list[str] = []
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def run(self, command: list[str], given: bytes, within: float) -> Done:
        number = next(self._numbers)
        answer: Future[Done] = Future()
        asked = {"number": number, "command": command, "input": base64.b64encode(given).decode()}
        with self._lock:
            if not self._thread.is_alive():
                raise Gone()
            self._waiting[number] = answer
            self._socket.sendall(json.dumps(asked).encode() + b"\n")
        try:
            return answer.result(within)
        except TimeoutError:
            raise subprocess.TimeoutExpired(command, within) from None

    def wait_for_boot(self, number: int, within: float) -> None:
        """Until the machine has come up so many times."""
        until(lambda: len(self.boots) >= number, f"the machine comes up, time {number}", within, every=0.02)

    def _read(self) -> None:
        # That is how it ends when the emulator is killed.
        with contextlib.suppress(ConnectionResetError), self._socket.makefile("rb") as stream:
            for line in stream:
                self._take(json.loads(line))
        self._forget()

    def _take(self, said: dict) -> None:
        if "boot" in said:
            self._forget()
            self.boots.append(said["boot"])
            return
        with self._lock:
            answer = self._waiting.pop(said["number"])
        answer.set_result(Done(said["status"], *(base64.b64decode(said[name]) for name in ("output", "errors"))))

    def _forget(self) -> None:
        """Nobody answers any more what was asked before."""
        with self._lock:
            waiting, self._waiting = self._waiting, {}
        for answer in waiting.values():
            answer.set_exception(Gone())

    def close(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._socket.close()
