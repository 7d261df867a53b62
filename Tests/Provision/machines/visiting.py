"""Visitors who are signed in and rest for moments only: GET and POST over kept https connections, each answer noted.

    visiting.py ADDRESS DOMAIN COOKIE_FILE REPORT PAUSE_SECONDS

It runs until SIGTERM, and long enough to notice what comes after a change, then writes the report: what was asked, and
each answer that was not as it should be.
"""

import http.client
import json
import signal
import ssl
import sys
import threading
import time
from pathlib import Path

WORKERS = 4
#: Of each worker, so that what comes after a change is seen.
LEAST_TURNS = 60


class Connection(http.client.HTTPSConnection):
    """To the address, whatever the name says."""

    def __init__(self, address: str, domain: str) -> None:
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        super().__init__(domain, timeout=15, context=context)
        self._create_connection = lambda _, *words: __import__("socket").create_connection((address, 443), 15)


class Visitors:
    def __init__(self, address: str, domain: str, cookie: str, pause: float) -> None:
        self._address, self._domain, self._pause = address, domain, pause
        self._headers = {"Cookie": cookie, "Origin": f"https://{domain}"}
        self._is_over = threading.Event()
        self.counts = {"GET": 0, "POST": 0}
        self.wrong: list[str] = []
        self.slowest = 0.0

    def visit(self, number: int) -> None:
        connection = Connection(self._address, self._domain)
        turn = 0
        while turn < LEAST_TURNS or not self._is_over.is_set():
            time.sleep(self._pause)
            turn += 1
            method = "POST" if turn % 5 == 0 else "GET"
            name = f"{number}-{turn}"
            began = time.monotonic()
            try:
                connection.request(method, f"/echo?name={name}", body=b"x" * 100 if method == "POST" else None,
                                   headers=self._headers)  # fmt: skip
                answer = connection.getresponse()
                body = answer.read()
                if answer.status != 200 or name.encode() not in body:
                    self.wrong.append(f"{method} {name}: {answer.status} {body[:120]!r}")
            except (OSError, http.client.HTTPException) as error:
                self.wrong.append(f"{method} {name}: {error!r}")
                connection.close()
            self.counts[method] += 1
            self.slowest = max(self.slowest, time.monotonic() - began)

    def run(self) -> None:
        workers = [threading.Thread(target=self.visit, args=(number,)) for number in range(WORKERS)]
        for worker in workers:
            worker.start()
        signal.sigwait({signal.SIGTERM})
        self._is_over.set()
        for worker in workers:
            worker.join()


if __name__ == "__main__":
    address, domain, cookie_file, report, pause = sys.argv[1:]
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    visitors = Visitors(address, domain, Path(cookie_file).read_text(), float(pause))
    print("visiting", flush=True)
    visitors.run()
    Path(report).write_text(
        json.dumps({"counts": visitors.counts, "wrong": visitors.wrong, "slowest": round(visitors.slowest, 3)})
    )
