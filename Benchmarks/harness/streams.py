"""What a gigabyte through a proxy costs in CPU, downwards and upwards."""

import socket
import threading
import time
from collections.abc import Callable

from harness.process import BenchmarkError
from harness.proxies import Proxy

_STREAMS = 2
_CHUNK_BYTES = 1 << 20
GIGABYTE = 1_000_000_000


def seconds_per_gigabyte_down(proxy: Proxy, total_bytes: int) -> float:
    """CPU seconds of the proxy for each 10^9 bytes that two visitors download at once."""
    return _measured(proxy, total_bytes, _download)


def seconds_per_gigabyte_up(proxy: Proxy, total_bytes: int) -> float:
    """CPU seconds of the proxy for each 10^9 bytes that two visitors upload at once, sent with their length."""
    return _measured(proxy, total_bytes, _upload)


def _measured(proxy: Proxy, total_bytes: int, transfer: Callable[[Proxy, int], None]) -> float:
    _in_parallel(proxy, _CHUNK_BYTES, transfer)
    before = proxy.process.cpu_seconds()
    each = total_bytes // _STREAMS
    _in_parallel(proxy, each, transfer)
    time.sleep(0.2)
    return (proxy.process.cpu_seconds() - before) / (each * _STREAMS) * GIGABYTE


def _in_parallel(proxy: Proxy, size: int, transfer: Callable[[Proxy, int], None]) -> None:
    failures: list[BaseException] = []

    def run() -> None:
        try:
            transfer(proxy, size)
        except (BenchmarkError, OSError) as error:
            failures.append(error)

    threads = [threading.Thread(target=run) for _ in range(_STREAMS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise BenchmarkError(f"{proxy.process.name}: {failures[0]}\n{proxy.process.log_tail()}")


def _download(proxy: Proxy, size: int) -> None:
    piece = bytearray(_CHUNK_BYTES)
    with _connected(proxy) as connection:
        connection.sendall(_head(proxy, "GET", f"/download/{size}"))
        rest = _answer(connection)
        left = size - len(rest)
        while left > 0:
            received = connection.recv_into(piece)
            if received == 0:
                raise BenchmarkError(f"a download ended {left} bytes early")
            left -= received


def _upload(proxy: Proxy, size: int) -> None:
    piece = memoryview(bytes(_CHUNK_BYTES))
    with _connected(proxy) as connection:
        connection.sendall(_head(proxy, "POST", "/upload", f"Content-Length: {size}\r\n"))
        left = size
        while left > 0:
            left -= connection.send(piece[: min(left, _CHUNK_BYTES)])
        taken = _answer(connection)
        if int(taken) != size:
            raise BenchmarkError(f"{size} bytes were sent, {taken!r} arrived")


def _connected(proxy: Proxy) -> socket.socket:
    return socket.create_connection(("127.0.0.1", proxy.port), timeout=120)


def _head(proxy: Proxy, method: str, target: str, more: str = "") -> bytes:
    return (f"{method} {target} HTTP/1.1\r\nHost: localhost:{proxy.port}\r\nCookie: {proxy.cookie}\r\n"
            f"Origin: http://localhost:{proxy.port}\r\n{more}\r\n").encode()


def _answer(connection: socket.socket) -> bytes:
    """What came of the body with the end of the head, once the status is 200."""
    data = b""
    while b"\r\n\r\n" not in data:
        more = connection.recv(65536)
        if not more:
            raise BenchmarkError("the connection ended before an answer")
        data += more
    head, _, rest = data.partition(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 200"):
        raise BenchmarkError(f"answered with {head.splitlines()[0]!r}")
    return rest
