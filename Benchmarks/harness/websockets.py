"""What an idle WebSocket through a proxy keeps in memory.

As a program (`python3 -m harness.websockets PORT COUNT`, cookie in BENCH_COOKIE) it is the client: it opens COUNT
WebSockets, sends one message through each and reads its echo, prints `open`, and holds them until its input ends.
"""

import asyncio
import base64
import os
import resource
import subprocess
import sys
from pathlib import Path

from harness.process import BenchmarkError, Memory, Process
from harness.proxies import Proxy

_AT_ONCE = 100
_MESSAGE = b"the one message before a long silence"


def memory_of_idle(proxy: Proxy, count: int, directory: Path) -> Memory:
    """Bytes that the proxy grew by while it holds `count` idle pairs; divide by `count` for one."""
    before = proxy.process.settled_memory()
    environment = {**os.environ, "BENCH_COOKIE": proxy.cookie}
    command = [sys.executable, "-m", "harness.websockets", str(proxy.port), str(count)]
    environment["PYTHONPATH"] = str(Path(__file__).parent.parent)
    with Process("websocket-client", command, directory, environment, subprocess.PIPE, subprocess.PIPE) as client:
        if client.stdout.readline().strip() != b"open":
            raise BenchmarkError(f"{proxy.process.name}: {client.log_tail()}\n{proxy.process.log_tail()}")
        grown = proxy.process.settled_memory() - before
        client.check_alive()
        client.stdin.close()
    return grown


async def _open(port: int, cookie: str, gate: asyncio.Semaphore):
    """One WebSocket that has carried a message in each direction (masked by zeroes, RFC 6455 section 5.3)."""
    async with gate:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        key = base64.b64encode(os.urandom(16)).decode()
        writer.write((f"GET /socket HTTP/1.1\r\nHost: localhost:{port}\r\nCookie: {cookie}\r\n"
                      f"Origin: http://localhost:{port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                      f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n").encode())
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 101"):
            sys.exit(f"an upgrade was answered with {head.splitlines()[0]!r}")
        writer.write(bytes([0x82, 0x80 | len(_MESSAGE), 0, 0, 0, 0]) + _MESSAGE)
        echo = await reader.readexactly(2 + len(_MESSAGE))
        if echo[2:] != _MESSAGE:
            sys.exit("a message came back changed")
        return reader, writer


async def _hold(port: int, count: int) -> None:
    gate = asyncio.Semaphore(_AT_ONCE)
    held = await asyncio.gather(*(_open(port, os.environ["BENCH_COOKIE"], gate) for _ in range(count)))
    print("open", flush=True)
    await asyncio.to_thread(sys.stdin.read)
    if any(reader.at_eof() for reader, _ in held):
        sys.exit("some WebSockets ended while they were idle")


if __name__ == "__main__":
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    asyncio.run(_hold(int(sys.argv[1]), int(sys.argv[2])))
