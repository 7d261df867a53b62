"""An event loop in a thread of its own, for the servers that the tests play themselves."""

import asyncio
import threading
from collections.abc import Coroutine
from typing import Any, TypeVar

Result = TypeVar("Result")


class Background:
    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, name="servers", daemon=True)
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, Result], within: float = 10.0) -> Result:
        """Runs a coroutine there and waits for its result here."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(within)

    def call(self, function: Any, *arguments: Any) -> None:
        """Runs a function there, soon."""
        self.loop.call_soon_threadsafe(function, *arguments)

    def close(self) -> None:
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(timeout=5)
