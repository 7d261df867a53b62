"""An app whose answers take their time: lasting_app.py ADDRESS PORT.

`/stream?seconds=2` sends an event ten times a second and then `end`; `/endless` does not end; a WebSocket's bytes come
back; whatever else is asked for gets the number of bytes that came with it.
"""

import asyncio
import base64
import contextlib
import hashlib
import sys
from urllib.parse import parse_qs, urlsplit

_WEBSOCKET_MAGIC = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_STREAM = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    # Whoever asks may go at any time.
    with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
        while True:
            await answer(reader, writer)
    writer.close()


async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    method, target, _ = lines[0].split(" ")
    fields = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines[1:-2])}
    length = int(fields.get("content-length", 0))
    left = length
    while left:
        block = await reader.read(min(left, 1 << 16))
        if not block:
            raise ConnectionError
        left -= len(block)
    parts = urlsplit(target)
    if "upgrade" in fields:
        await echo(reader, writer, fields["sec-websocket-key"].encode())
    elif parts.path == "/stream":
        await stream(writer, round(float(parse_qs(parts.query)["seconds"][0]) * 10))
    elif parts.path == "/endless":
        await stream(writer, None)
    else:
        body = str(length).encode()
        head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body)
        writer.write(head if method == "HEAD" else head + body)
        await writer.drain()


async def stream(writer: asyncio.StreamWriter, events: int | None) -> None:
    writer.write(_STREAM)
    while events is None or events > 0:
        writer.write(b"a\r\ndata: on\n\n\r\n")
        await writer.drain()
        await asyncio.sleep(0.1)
        events = None if events is None else events - 1
    writer.write(b"b\r\ndata: end\n\n\r\n0\r\n\r\n")
    await writer.drain()


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, key: bytes) -> None:
    accept = base64.b64encode(hashlib.sha1(key + _WEBSOCKET_MAGIC).digest())
    writer.write(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n")
    writer.write(b"Sec-WebSocket-Accept: %s\r\n\r\n" % accept)
    while block := await reader.read(4096):
        writer.write(block)
        await writer.drain()
    raise ConnectionError


async def main(address: str, port: int) -> None:
    server = await asyncio.start_server(serve, address, port)
    print("ready", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
