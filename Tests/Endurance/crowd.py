"""Two hundred signed-in visitors on a site, each with a connection through nginx: crowd.py ADDRESS NAME ROOT COOKIES REPORT.

It runs until SIGTERM and then writes each request to the report as JSON: when it began and ended by the monotonic clock,
and what went wrong.
"""

import asyncio
import base64
import contextlib
import json
import os
import random
import signal
import ssl
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from pathlib import Path

#: Connections of each kind.
GETS, UPLOADS, STREAMS, ENDLESS, WEBSOCKETS = 120, 30, 30, 10, 10
UPLOAD_PIECES, UPLOAD_PIECE_BYTES, UPLOAD_PAUSE = 16, 32 << 10, 0.1
STREAM_SECONDS = 2.0
#: Longer than any stop and start together.
PATIENCE = 30.0


@dataclass(frozen=True)
class Asked:
    kind: str
    began: float
    ended: float
    #: Empty when all came as it should.
    problem: str


class Wrong(Exception):
    """An answer that is not as it should be."""


class Site:
    def __init__(self, address: str, name: str, root: str, cookies: str) -> None:
        self._address, self._name = address, name
        self._tls = ssl.create_default_context(cafile=root)
        self._fields = f"Host: {name}\r\nCookie: {cookies}\r\nOrigin: https://{name}\r\n"

    async def connect(self) -> "Connection":
        return Connection(
            *await asyncio.open_connection(self._address, 443, ssl=self._tls, server_hostname=self._name),
            self._fields,
        )


class Connection:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, fields: str) -> None:
        self.reader, self.writer, self._fields = reader, writer, fields

    def ask(self, method: str, target: str, more: str = "") -> None:
        self.writer.write(f"{method} {target} HTTP/1.1\r\n{self._fields}{more}\r\n".encode())

    async def head(self, expected: int = 200) -> dict[str, str]:
        lines = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        if lines[0].split(" ")[1] != str(expected):
            # Whose words they are says who could not go on.
            raise Wrong(f"{lines[0]}: {(await self.reader.read(1 << 16)).decode()[:200]}")
        return {name.lower(): value for name, _, value in (line.partition(": ") for line in lines[1:-2])}

    async def chunk(self) -> bytes:
        size = int(await self.reader.readline(), 16)
        return (await self.reader.readexactly(size + 2))[:size]

    def close(self) -> None:
        self.writer.transport.abort()


class Crowd:
    def __init__(self, site: Site) -> None:
        self._site = site
        self.asked: list[Asked] = []
        self._is_over = asyncio.Event()

    async def run(self) -> None:
        kinds = [(self._get, GETS), (self._upload, UPLOADS), (self._stream, STREAMS)]
        ending = [self._visit(ask) for ask, count in kinds for _ in range(count)]
        lasting = [self._visit(ask) for ask, count in [(self._endless, ENDLESS), (self._websocket, WEBSOCKETS)]
                   for _ in range(count)]  # fmt: skip
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, self._is_over.set)
        visits = [asyncio.create_task(visit) for visit in ending]
        streams = [asyncio.create_task(visit) for visit in lasting]
        await asyncio.sleep(2)
        print("ready", flush=True)
        await asyncio.gather(*visits)
        for stream in streams:
            stream.cancel()
        await asyncio.gather(*streams, return_exceptions=True)

    async def _visit(self, ask: Callable[[Connection], Awaitable[bool]]) -> None:
        """Asks again and again, over one connection as long as that is kept."""
        kind = ask.__name__.strip("_")
        connection: Connection | None = None
        await asyncio.sleep(random.random())
        while not self._is_over.is_set():
            began = time.monotonic()
            problem, is_kept = "", False
            try:
                async with asyncio.timeout(None if kind in ("endless", "websocket") else PATIENCE):
                    if connection is None:
                        connection = await self._site.connect()
                    is_kept = await ask(connection)
            except ConnectionRefusedError:
                problem = "refused"
            except (Wrong, OSError, asyncio.IncompleteReadError, ValueError) as error:
                problem = f"{type(error).__name__} {error}"
            self.asked.append(Asked(kind, began, time.monotonic(), problem))
            if not is_kept and connection is not None:
                connection.close()
                connection = None
            await asyncio.sleep(random.uniform(0.3, 1.2) if not problem else 0.1)

    async def _get(self, connection: Connection) -> bool:
        connection.ask("GET", "/echo")
        return await self._short_answer(connection, "0")

    async def _upload(self, connection: Connection) -> bool:
        total = UPLOAD_PIECES * UPLOAD_PIECE_BYTES
        connection.ask("POST", "/upload", f"Content-Length: {total}\r\n")
        for _ in range(UPLOAD_PIECES):
            connection.writer.write(bytes(UPLOAD_PIECE_BYTES))
            await connection.writer.drain()
            await asyncio.sleep(UPLOAD_PAUSE)
        return await self._short_answer(connection, str(total))

    async def _short_answer(self, connection: Connection, expected: str) -> bool:
        fields = await connection.head()
        body = (await connection.reader.readexactly(int(fields["content-length"]))).decode()
        if body != expected:
            raise Wrong(body)
        return fields.get("connection", "") != "close"

    async def _stream(self, connection: Connection) -> bool:
        connection.ask("GET", f"/stream?seconds={STREAM_SECONDS}")
        await connection.head()
        last = b""
        while block := await connection.chunk():
            last = block
        if not last.endswith(b"end\n\n"):
            raise Wrong("an end that was not the app's")
        return True

    async def _endless(self, connection: Connection) -> bool:
        connection.ask("GET", "/endless")
        await connection.head()
        while True:
            await connection.chunk()

    async def _websocket(self, connection: Connection) -> bool:
        key = base64.b64encode(os.urandom(16)).decode()
        connection.ask(
            "GET", "/socket", "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
            f"Sec-WebSocket-Key: {key}\r\n",
        )  # fmt: skip
        await connection.head(101)
        while True:
            connection.writer.write(b"on")
            await connection.reader.readexactly(2)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(0.5):
                    if not await connection.reader.read(1):
                        raise asyncio.IncompleteReadError(b"", 1)


if __name__ == "__main__":
    address, name, root, cookies, report = sys.argv[1:]
    crowd = Crowd(Site(address, name, root, Path(cookies).read_text()))
    asyncio.run(crowd.run())
    Path(report).write_text(json.dumps([asdict(asked) for asked in crowd.asked]))
