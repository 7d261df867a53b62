"""A visitor who never gives up, and when there was an answer."""

import threading
import time
from collections.abc import Callable

PAUSE_SECONDS = 0.1


class Asking:
    """Asks in a thread of its own until it is closed."""

    def __init__(self, is_served: Callable[[], bool]) -> None:
        self._is_served = is_served
        self._is_over = threading.Event()
        #: When each good answer came (monotonic seconds).
        self._served: list[float] = []
        self.asked = self.unserved = 0
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while not self._is_over.wait(PAUSE_SECONDS):
            self.asked += 1
            if self._is_served():
                self._served.append(time.monotonic())
            else:
                self.unserved += 1

    def first_after(self, moment: float) -> float | None:
        """Seconds from then until the first good answer; none yet."""
        return next((served - moment for served in self._served if served > moment), None)

    @property
    def longest_gap(self) -> float:
        """The most seconds between two good answers."""
        pairs = zip(self._served, self._served[1:], strict=False)
        return max((later - earlier for earlier, later in pairs), default=0)

    def close(self) -> None:
        self._is_over.set()
        self._thread.join()
