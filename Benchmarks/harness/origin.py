"""The applications behind the proxies, each a process of its own that prints the port it listens on.

    python3 -m harness.origin streams       GET /download/BYTES, POST /upload
    python3 -m harness.origin websockets    answers an upgrade and sends every message back

Small replies are served by nginx (see harness/proxies.py): these two would cost more than what is measured.
"""

import asyncio
import base64
import hashlib
import resource
import socket
import socketserver
import sys

CHUNK_BYTES = 1 << 20
_ACCEPT_SUFFIX = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455 section 1.3


class StreamHandler(socketserver.StreamRequestHandler):
    """HTTP/1.1 with keep-alive; moves bodies in large pieces so that the proxy is what costs."""

    rbufsize = 0
    disable_nagle_algorithm = True

    def handle(self) -> None:
        self.rest = b""
        self.piece = bytearray(CHUNK_BYTES)
        while (head := self.read_head()) is not None:
            request_line, *lines = head.split(b"\r\n")
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(b":") for line in lines)}
            method, target, _ = request_line.split(b" ")
            if method == b"GET":
                self.send_bytes(int(target.rpartition(b"/")[2]))
            elif b"content-length" in headers:
                self.take_bytes(int(headers[b"content-length"]))
            else:
                self.take_chunks()

    def read_head(self) -> bytes | None:
        data = self.rest
        while b"\r\n\r\n" not in data:
            more = self.connection.recv(65536)
            if not more:
                return None
            data += more
        head, _, self.rest = data.partition(b"\r\n\r\n")
        return head

    def send_bytes(self, count: int) -> None:
        self.connection.sendall(
            b"HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: %d\r\n\r\n" % count)
        piece = memoryview(self.piece)
        while count:
            sent = self.connection.send(piece[: min(count, CHUNK_BYTES)])
            count -= sent

    def take_bytes(self, count: int) -> None:
        left = count - len(self.rest)
        self.rest = b""
        while left > 0:
            received = self.connection.recv_into(self.piece, min(left, CHUNK_BYTES))
            if received == 0:
                return
            left -= received
        self.acknowledge(count)

    def take_chunks(self) -> None:
        """Reads a chunked body to its end; nginx sends a length on as chunks only when it got none."""
        stream = self.rest
        total = 0
        while True:
            while b"\r\n" not in stream:
                stream += self.connection.recv(65536)
            size_line, _, stream = stream.partition(b"\r\n")
            size = int(size_line, 16)
            while len(stream) < size + 2:
                stream += self.connection.recv(CHUNK_BYTES)
            stream = stream[size + 2 :]
            total += size
            if size == 0:
                self.rest = stream
                return self.acknowledge(total)

    def acknowledge(self, count: int) -> None:
        body = b"%d" % count
        self.connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)


class StreamServer(socketserver.ThreadingTCPServer):
    daemon_threads = True
    request_queue_size = 128


def serve_streams() -> None:
    with StreamServer(("127.0.0.1", 0), StreamHandler) as server:
        print(server.server_address[1], flush=True)
        server.serve_forever()


async def echo_messages(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """One WebSocket; messages are at most 125 bytes (RFC 6455 section 5.2, the short length form)."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
        key = next(line.partition(b":")[2].strip() for line in head.split(b"\r\n")
                   if line.lower().startswith(b"sec-websocket-key:"))
        accept = base64.b64encode(hashlib.sha1(key + _ACCEPT_SUFFIX).digest())
        writer.write(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                     b"Sec-WebSocket-Accept: " + accept + b"\r\n\r\n")
        while True:
            first, second = await reader.readexactly(2)
            mask = await reader.readexactly(4)
            payload = await reader.readexactly(second & 0x7F)
            plain = bytes(byte ^ mask[index % 4] for index, byte in enumerate(payload))
            writer.write(bytes([first, len(plain)]) + plain)
    except (asyncio.IncompleteReadError, ConnectionError, StopIteration):
        pass
    finally:
        writer.close()


async def serve_websockets() -> None:
    server = await asyncio.start_server(echo_messages, "127.0.0.1", 0, backlog=4096)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


def main() -> None:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    match sys.argv[1:]:
        case ["streams"]:
            serve_streams()
        case ["websockets"]:
            asyncio.run(serve_websockets())
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main()
