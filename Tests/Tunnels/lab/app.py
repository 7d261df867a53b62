"""The app on the box: it counts the requests that reach it, and says over which tunnel each came.

    python -m lab.app PORT ORACLE_SOCKET

`/get` and `/post` answer with the tunnel's name, `/events` is a stream of events. The oracle on a Unix socket tells
what was counted (`GET /counts`) and makes the app talk rubbish (`POST /rubbish`, `POST /sense`).
"""

import asyncio
import json
import sys
from collections import Counter
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from .wireguard import VPS_TUNNEL_ADDRESS

EVENT_SECONDS = 0.1


class App:
    def __init__(self) -> None:
        self.posts: Counter[str] = Counter()
        self.gets = 0
        self.is_talking_rubbish = False

    def counts(self) -> bytes:
        doubled = {number: count for number, count in self.posts.items() if count > 1}
        return json.dumps({"gets": self.gets, "posts": len(self.posts), "doubled": doubled}).encode()


class Connection(asyncio.Protocol):
    """One connection; requests are small and come one after the other."""

    def __init__(self, app: App, *, is_oracle: bool) -> None:
        self._app, self._is_oracle = app, is_oracle
        self._buffer = b""
        self._ticker: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        peer = transport.get_extra_info("peername")
        self._tunnel = b"wireguard" if peer and peer[0] == VPS_TUNNEL_ADDRESS else b"rathole"

    def connection_lost(self, _: Exception | None) -> None:
        if self._ticker:
            self._ticker.cancel()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            head = self._buffer[:end].decode("latin-1")
            body_bytes = next(
                (int(line[15:]) for line in head.split("\r\n") if line.lower().startswith("content-length:")), 0
            )
            if len(self._buffer) < end + 4 + body_bytes:
                return
            self._buffer = self._buffer[end + 4 + body_bytes :]
            method, target = head.split(" ", 2)[:2]
            self._take(method, target)

    def _take(self, method: str, target: str) -> None:
        parts = urlsplit(target)
        if self._is_oracle:
            self._ask_oracle(parts.path)
        elif self._app.is_talking_rubbish:
            self._transport.write(b"\x00\xffrubbish and no status line\n" * 4)
            self._transport.close()
        elif parts.path == "/events":
            self._transport.write(
                b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
            )
            self._tick()
        else:
            number = parse_qs(parts.query).get("id", [""])[0]
            if method == "POST":
                self._app.posts[number] += 1
            elif method == "GET":
                self._app.gets += 1
            self._answer(self._tunnel, has_body=method != "HEAD")

    def _ask_oracle(self, path: str) -> None:
        if path in ("/rubbish", "/sense"):
            self._app.is_talking_rubbish = path == "/rubbish"
        self._answer(self._app.counts())

    def _answer(self, body: bytes, *, has_body: bool = True) -> None:
        self._transport.write(
            b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body if has_body else b"")
        )

    def _tick(self) -> None:
        event = b"data: %s\n\n" % self._tunnel
        self._transport.write(b"%x\r\n%s\r\n" % (len(event), event))
        self._ticker = asyncio.get_running_loop().call_later(EVENT_SECONDS, self._tick)


async def serve(port: int, oracle: Path) -> None:
    app = App()
    loop = asyncio.get_running_loop()
    await loop.create_server(lambda: Connection(app, is_oracle=False), "0.0.0.0", port)
    oracle.unlink(missing_ok=True)
    await loop.create_unix_server(lambda: Connection(app, is_oracle=True), str(oracle))
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), Path(sys.argv[2])))
