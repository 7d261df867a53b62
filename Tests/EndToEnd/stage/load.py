"""Visitors who never stop asking: what they got is what a cut costs."""

import http.client
import itertools
import threading
import time
from dataclasses import dataclass


@dataclass(frozen=True)
class Asked:
    method: str
    number: int
    #: Nil when the connection broke.
    status: int | None
    seconds: float


class Load:
    """Threads with a kept connection each, that GET and POST numbered addresses under `/load`."""

    def __init__(self, port: int, cookies: str, *, getters: int = 4, posters: int = 1) -> None:
        self.asked: list[Asked] = []
        self._port = port
        self._headers = {"Cookie": cookies, "Host": f"localhost:{port}"}
        self._numbers = itertools.count()
        self._stopped = threading.Event()
        self._threads = [
            threading.Thread(target=self._run, args=(method,), daemon=True)
            for method in ["GET"] * getters + ["POST"] * posters
        ]

    def __enter__(self) -> "Load":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        for thread in self._threads:
            thread.join(timeout=30)

    def count(self, method: str) -> int:
        return sum(asked.method == method for asked in self.asked)

    def _run(self, method: str) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=20)
        while not self._stopped.wait(0.02 if method == "GET" else 0.05):
            number = next(self._numbers)
            began = time.monotonic()
            try:
                connection.request(method, f"/load?{number}", b"x" if method == "POST" else None, self._headers)
                answer = connection.getresponse()
                answer.read()
                status: int | None = answer.status
            except (http.client.HTTPException, OSError):
                status = None
                connection.close()
            self.asked.append(Asked(method, number, status, time.monotonic() - began))
        connection.close()
