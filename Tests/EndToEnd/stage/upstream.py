"""An app that writes down every byte and request that reaches it.

It is the oracle of the attack tests: what was smuggled shows up here as a request, not as a guess from timing.
"""

import asyncio
import base64
import hashlib
import itertools
import json
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

from . import bulk
from .background import Background
from .polling import until

_WEBSOCKET_MAGIC = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_RAW_BYTES_KEPT = 1 << 20


@dataclass
class Request:
    """One request as it came over the wire."""

    connection: int
    method: str
    target: str
    version: str
    #: In order, spelled as they came.
    headers: list[tuple[str, str]]
    body_bytes: int = 0
    body_sha256: str = ""
    body_start: bytes = b""

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    @property
    def query(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(urlsplit(self.target).query).items()}

    def all(self, name: str) -> list[str]:
        return [value for header, value in self.headers if header.lower() == name.lower()]

    def first(self, name: str) -> str | None:
        return next(iter(self.all(name)), None)


@dataclass
class Connection:
    number: int
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    raw: bytearray = field(default_factory=bytearray)

    def note(self, data: bytes) -> bytes:
        self.raw += data[: max(0, _RAW_BYTES_KEPT - len(self.raw))]
        return data


class Upstream:
    """Listens on 127.0.0.1. Stopped and started again it keeps its port."""

    def __init__(self, background: Background, port: int) -> None:
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self.requests: list[Request] = []
        self.connections: list[Connection] = []
        #: What `/raw` answers, byte for byte, before it closes the connection.
        self.raw_answer = b""
        #: Lets `/events`, `/held` and `/early` go on.
        self.gate = threading.Event()
        self.open_websockets = 0
        self._background = background
        self._server: asyncio.Server | None = None
        self._numbers = itertools.count(1)
        self._routes: dict[str, Callable[[Connection, Request], Awaitable[None]]] = {
            "/cookies": self._cookies,
            "/download": self._download,
            "/early": self._early,
            "/events": self._events,
            "/held": self._held,
            "/raw": self._raw,
            "/silent": self._silent,
            "/status": self._status,
            "/ws": self._websocket,
        }

    def start(self) -> None:
        async def listen() -> asyncio.Server:
            return await asyncio.start_server(self._serve, "127.0.0.1", self.port, limit=1 << 20)

        self._server = self._background.run(listen())

    def stop(self) -> None:
        """Closes the port and every connection."""
        server, self._server = self._server, None
        if server is None:
            return

        async def close() -> None:
            server.close()
            for connection in self.connections:
                connection.writer.transport.abort()

        self.gate.set()
        self._background.run(close())

    def mark(self) -> int:
        """A place in the list of requests; see `since`."""
        return len(self.requests)

    def since(self, mark: int) -> list[Request]:
        return self.requests[mark:]

    def received(self, mark: int, count: int = 1) -> Request:
        """The last of `count` requests since a mark, once it came."""
        until(lambda: len(self.requests) >= mark + count, f"{count} requests reach the app")
        return self.requests[mark + count - 1]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = Connection(next(self._numbers), reader, writer)
        self.connections.append(connection)
        try:
            while (request := await self._read_head(connection)) is not None:
                self.requests.append(request)
                route = self._routes.get(request.path, self._echo)
                if route not in (self._websocket, self._silent, self._held):
                    await self._read_body(connection, request)
                await route(connection, request)
        except (asyncio.IncompleteReadError, ConnectionError, TimeoutError):
            pass
        finally:
            writer.close()

    async def _read_head(self, connection: Connection) -> Request | None:
        head = await connection.reader.readuntil(b"\r\n\r\n")
        connection.note(head)
        lines = head.decode("latin-1").split("\r\n")
        method, target, version = [*lines[0].split(" "), "", ""][:3]
        headers = []
        for line in lines[1:-2]:
            name, _, value = line.partition(":")
            headers.append((name, value.strip()))
        return Request(connection.number, method, target, version, headers)

    async def _read_body(self, connection: Connection, request: Request) -> None:
        digest = hashlib.sha256()

        def take(data: bytes) -> None:
            connection.note(data)
            digest.update(data)
            request.body_bytes += len(data)
            if len(request.body_start) < 65536:
                request.body_start += data[:65536]

        if "chunked" in (request.first("Transfer-Encoding") or ""):
            while True:
                line = await connection.reader.readuntil(b"\r\n")
                connection.note(line)
                size = int(line.split(b";")[0], 16)
                left = size
                while left:
                    data = await connection.reader.read(min(left, 1 << 18))
                    if not data:
                        raise asyncio.IncompleteReadError(b"", left)
                    take(data)
                    left -= len(data)
                connection.note(await connection.reader.readexactly(2))
                if size == 0:
                    break
        else:
            left = int(request.first("Content-Length") or 0)
            while left:
                data = await connection.reader.read(min(left, 1 << 18))
                if not data:
                    raise asyncio.IncompleteReadError(b"", left)
                take(data)
                left -= len(data)
        request.body_sha256 = digest.hexdigest()

    async def _answer(
        self,
        connection: Connection,
        request: Request,
        body: bytes,
        kind: str = "text/plain",
        status: str = "200 OK",
        headers: list[tuple[str, str]] | None = None,
    ) -> None:
        head = [f"HTTP/1.1 {status}", f"Content-Type: {kind}", f"Content-Length: {len(body)}"]
        head += [f"{name}: {value}" for name, value in headers or []]
        connection.writer.write("\r\n".join(head).encode("latin-1") + b"\r\n\r\n")
        if request.method != "HEAD":
            connection.writer.write(body)
        await connection.writer.drain()

    async def _echo(self, connection: Connection, request: Request) -> None:
        """Any other path: what the app saw."""
        seen = {
            "method": request.method,
            "target": request.target,
            "headers": request.headers,
            "body_bytes": request.body_bytes,
            "body_sha256": request.body_sha256,
            "body": request.body_start.decode("latin-1"),
        }
        if "text/html" in (request.first("Accept") or ""):
            user = request.first("X-Runegate-User") or "nobody"
            page = f"<!doctype html><title>The app</title><h1>The app</h1><p id=user>{user}</p>"
            await self._answer(connection, request, page.encode(), "text/html")
        else:
            await self._answer(connection, request, json.dumps(seen).encode(), "application/json")

    async def _cookies(self, connection: Connection, request: Request) -> None:
        names = request.query.get("set", "a=1|b=2; Path=/|a=3; Path=/x; HttpOnly").split("|")
        await self._answer(connection, request, b"cookies", headers=[("Set-Cookie", name) for name in names])

    async def _status(self, connection: Connection, request: Request) -> None:
        await self._answer(connection, request, b"status", status=f"{request.query['code']} Some Reason")

    async def _download(self, connection: Connection, request: Request) -> None:
        total = int(request.query["bytes"])
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: {total}\r\n\r\n"
        connection.writer.write(head.encode())
        for block in bulk.stream(total):
            connection.writer.write(block)
            await connection.writer.drain()

    async def _events(self, connection: Connection, request: Request) -> None:
        """Server-sent events: one at once, the next when the test opens the gate, then one every 50 ms."""
        head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
        connection.writer.write(head.encode())

        async def event(text: str) -> None:
            data = f"data: {text}\n\n".encode()
            connection.writer.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
            await connection.writer.drain()

        await event("first")
        await self._opened()
        for number in range(2, int(request.query.get("count", "3")) + 1):
            await event(f"number {number}")
            await asyncio.sleep(0.05)
        connection.writer.write(b"0\r\n\r\n")
        await connection.writer.drain()

    async def _held(self, connection: Connection, request: Request) -> None:
        """Leaves the body unread until the test opens the gate."""
        await self._opened()
        await self._read_body(connection, request)
        await self._echo(connection, request)

    async def _early(self, connection: Connection, request: Request) -> None:
        """Informational answers before the real one (RFC 8297)."""
        connection.writer.write(b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n")
        await self._echo(connection, request)

    async def _raw(self, connection: Connection, request: Request) -> None:
        connection.writer.write(self.raw_answer)
        await connection.writer.drain()
        connection.writer.close()
        await connection.writer.wait_closed()

    async def _silent(self, connection: Connection, request: Request) -> None:
        """Takes the request and never answers."""
        while await connection.reader.read(1 << 16):
            pass

    async def _websocket(self, connection: Connection, request: Request) -> None:
        """Echoes messages (RFC 6455); refuses with 404 when the query says so."""
        key = request.first("Sec-WebSocket-Key")
        if key is None or "refuse" in request.query:
            await self._answer(connection, request, b"no", status="404 Not Found")
            return
        accept = base64.b64encode(hashlib.sha1(key.encode() + _WEBSOCKET_MAGIC).digest()).decode()
        connection.writer.write(
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Accept: {accept}\r\n\r\n".encode()
        )
        self.open_websockets += 1
        try:
            while True:
                first, second = await connection.reader.readexactly(2)
                length = second & 0x7F
                if length >= 126:
                    length = int.from_bytes(await connection.reader.readexactly(2 if length == 126 else 8), "big")
                mask = await connection.reader.readexactly(4)
                payload = bytes(
                    byte ^ mask[index % 4] for index, byte in enumerate(await connection.reader.readexactly(length))
                )
                size = bytes([length]) if length < 126 else b"\x7e" + length.to_bytes(2, "big")
                connection.writer.write(bytes([first]) + size + payload)
                await connection.writer.drain()
                if first & 0x0F == 8:
                    raise ConnectionError("closed in order (RFC 6455 §7.1.1): the server ends the connection")
        finally:
            self.open_websockets -= 1

    async def _opened(self) -> None:
        while not self.gate.is_set():
            await asyncio.sleep(0.01)
