"""Waiting for something to become true, with a deadline instead of a fixed sleep."""

import time
from collections.abc import Callable
from typing import TypeVar

Result = TypeVar("Result")


def until(condition: Callable[[], Result | None], what: str, within: float = 10.0, every: float = 0.01) -> Result:
    """The first truthy result of `condition`; fails with `what` when there is none within so many seconds."""
    deadline = time.monotonic() + within
    while True:
        result = condition()
        if result:
            return result
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {within:g} s: {what}")
        time.sleep(every)
