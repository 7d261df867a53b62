"""A run that is told to end takes down what it has made, as it does at control-C."""

import signal
from types import FrameType


def interrupt_on_termination() -> None:
    signal.signal(signal.SIGTERM, _interrupt)


def _interrupt(_: int, __: FrameType | None) -> None:
    raise KeyboardInterrupt
