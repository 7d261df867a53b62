"""What a service says of itself to systemd, heard by the test."""

import contextlib
import select
import socket
import time

from .gateway import Gateway
from .workspace import Workspace


class NotifySocket:
    """Where the service says how it is (sd_notify(3))."""

    def __init__(self, workspace: Workspace) -> None:
        self.path = workspace.directory("notify") / "notify.sock"
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(self.path))
        self._socket.setblocking(False)
        workspace.give(self.path)
        self.said: list[str] = []

    def has(self, word: str) -> bool:
        """Whether it has said so."""
        with contextlib.suppress(BlockingIOError):
            while True:
                self.said += self._socket.recv(4096).decode().split("\n")
        return any(line.startswith(word) for line in self.said)

    def wait_for(self, word: str, within: float = 10.0) -> None:
        """Waits for the word, and knows of it without delay."""
        deadline = time.monotonic() + within
        while not self.has(word):
            left = deadline - time.monotonic()
            assert left > 0, f"not within {within:g} s: {word} in {self.said}"
            select.select([self._socket], [], [], left)

    def start(self, gateway: Gateway, within: float = 20.0) -> float:
        """Starts a gateway; the seconds until it said that it is ready."""
        gateway.settings["NOTIFY_SOCKET"] = str(self.path)
        self.said.clear()
        began = time.monotonic()
        gateway.launch()
        self.wait_for("READY=1", within)
        return time.monotonic() - began

    def close(self) -> None:
        self._socket.close()
