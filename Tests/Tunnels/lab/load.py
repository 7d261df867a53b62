"""The visitors: 200 GET and 20 POST a second, each with an id of its own, and five streams of events.

    python -m lab.load GATEWAY_SOCKET HOST COOKIE REPORT

It runs until SIGTERM and then writes what it saw, as `LoadReport` reads it. Requests leave by the clock, whether or
not earlier ones have been answered, on kept connections as nginx would send them. Times are of the monotonic clock,
which is the same for all processes.
"""

import asyncio
import json
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

GETS_PER_SECOND, POSTS_PER_SECOND, STREAMS = 200, 20, 5
#: A request that has no answer by then has failed.
PATIENCE = 10.0
#: A browser waits a little before it opens a broken stream anew.
RECONNECT_SECONDS = 0.1


class Connection(asyncio.Protocol):
    """One connection to the gateway, with one request at a time."""

    def __init__(self, load: "Load") -> None:
        self._load = load
        self._buffer = b""
        self._request: list[Any] | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:
        self.transport = transport

    def send(self, request: list[Any], head: bytes) -> None:
        self._request = request
        self.transport.write(head)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            return
        head = self._buffer[:end].lower()
        start = head.find(b"content-length:")
        if start < 0:
            # Nothing here answers without a length; the end of the connection ends it then.
            return
        body_bytes = int(head[start + 15 :].split(b"\r\n", 1)[0])
        if len(self._buffer) < end + 4 + body_bytes:
            return
        body = self._buffer[end + 4 : end + 4 + body_bytes]
        self._finish(int(head[9:12]), body if body_bytes < 32 else b"")
        self._buffer = b""
        if b"\r\nconnection: close" in head:
            self.transport.close()
        else:
            self._load.idle.append(self)

    def connection_lost(self, _: Exception | None) -> None:
        if self in self._load.idle:
            self._load.idle.remove(self)
        head = self._buffer[:12]
        self._finish(int(head[9:12]) if head[:5] == b"HTTP/" and b"\r\n\r\n" in self._buffer else 0, b"")

    def give_up(self, request: list[Any]) -> None:
        if self._request is request:
            self.transport.abort()

    def _finish(self, status: int, body: bytes) -> None:
        if self._request is not None:
            self._request[2:] = [time.monotonic(), status, body.decode("latin-1")]
            self._request = None


class Load:
    def __init__(self, socket: str, host: str, cookie: str) -> None:
        self._socket = socket
        self._fields = f"Host: {host}\r\nCookie: {cookie}\r\n"
        self.idle: list[Connection] = []
        self._opening: set[asyncio.Future[None]] = set()
        #: Each `[start, id, end, status, body]`; the last three when it is over.
        self.requests: dict[str, list[list[Any]]] = {"GET": [], "POST": []}
        #: Each stream's times of events, and when it was opened.
        self.events: list[list[float]] = [[] for _ in range(STREAMS)]
        self.openings: list[list[float]] = [[] for _ in range(STREAMS)]

    async def send_by_the_clock(self, method: str, per_second: int) -> None:
        loop = asyncio.get_running_loop()
        due = loop.time()
        number = 0
        while True:
            due += 1 / per_second
            number += 1
            if (pause := due - loop.time()) > 0:
                await asyncio.sleep(pause)
            request = [time.monotonic(), f"{method}-{os.getpid()}-{number}"]
            self.requests[method].append(request)
            if self.idle:
                self._send(self.idle.pop(), method, request)
            else:
                opening = asyncio.ensure_future(self._send_on_new(method, request))
                self._opening.add(opening)
                opening.add_done_callback(self._opening.discard)

    async def _send_on_new(self, method: str, request: list[Any]) -> None:
        loop = asyncio.get_running_loop()
        try:
            _, connection = await loop.create_unix_connection(lambda: Connection(self), self._socket)
        except OSError:
            request[2:] = [time.monotonic(), 0, ""]
            return
        self._send(connection, method, request)

    def _send(self, connection: Connection, method: str, request: list[Any]) -> None:
        length = "Content-Length: 0\r\n" if method == "POST" else ""
        head = f"{method} /{method.lower()}?id={request[1]} HTTP/1.1\r\n{self._fields}{length}\r\n"
        connection.send(request, head.encode())
        asyncio.get_running_loop().call_later(PATIENCE, connection.give_up, request)

    async def follow_stream(self, times: list[float], openings: list[float]) -> None:
        while True:
            openings.append(time.monotonic())
            try:
                reader, writer = await asyncio.open_unix_connection(self._socket)
                writer.write(f"GET /events HTTP/1.1\r\n{self._fields}\r\n".encode())
                while data := await reader.read(4096):
                    if b"data: " in data:
                        times.append(time.monotonic())
                writer.close()
            except OSError:
                pass
            await asyncio.sleep(RECONNECT_SECONDS)

    async def run(self) -> None:
        work = [self.send_by_the_clock("GET", GETS_PER_SECOND), self.send_by_the_clock("POST", POSTS_PER_SECOND)]
        work += [self.follow_stream(*stream) for stream in zip(self.events, self.openings, strict=True)]
        everything = asyncio.gather(*work)
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, everything.cancel)
        try:
            await everything
        except asyncio.CancelledError:
            # What is under way is let finish.
            deadline = time.monotonic() + 3
            while time.monotonic() < deadline and any(len(request) < 3 for request in self._all):
                await asyncio.sleep(0.02)

    @property
    def _all(self) -> list[list[Any]]:
        return self.requests["GET"] + self.requests["POST"]

    def write(self, path: Path) -> None:
        for request in self._all:
            request += [time.monotonic(), 0, ""] if len(request) < 3 else []
        path.write_text(json.dumps({**self.requests, "events": self.events, "openings": self.openings}))


if __name__ == "__main__":
    load = Load(*sys.argv[1:4])
    asyncio.run(load.run())
    load.write(Path(sys.argv[4]))
