"""How long the gateway takes from its start to its first answer, and what it keeps when nobody is there."""

import socket
import time

from harness.process import BenchmarkError, Process, free_port
from harness.proxies import Runegate

_LONGEST_SECONDS = 10


def milliseconds_to_answer(runegate: Runegate, origin_port: int) -> float:
    """From the fork to the first byte of a 200 from /.runegate/health."""
    port = free_port()
    with runegate.spawn(port, origin_port, workers=None) as process:
        await_health(process, port, _LONGEST_SECONDS)
        return (time.monotonic() - process.started_at) * 1000


def await_health(process: Process, port: int, seconds: float) -> None:
    """Returns once the gateway has answered a request."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        process.check_alive()
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=seconds) as connection:
                connection.sendall(b"GET /.runegate/health HTTP/1.1\r\nHost: localhost\r\n\r\n")
                if connection.recv(64).startswith(b"HTTP/1.1 200"):
                    return
                raise BenchmarkError("the health route did not answer 200")
        except ConnectionError:
            time.sleep(0.001)
    raise BenchmarkError(f"no answer within {seconds} s:\n{process.log_tail()}")


def idle_memory(runegate: Runegate, origin_port: int):
    """Memory of a gateway with the default number of workers, settled after its start."""
    process, _ = runegate.start(origin_port, workers=None, cores=None)
    with process:
        return process.settled_memory()
