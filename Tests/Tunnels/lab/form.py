"""How long everything takes: the short form is part of every test run, the long one gives the figures that count."""

from dataclasses import dataclass

from stage.form import is_long


@dataclass(frozen=True)
class Form:
    is_long: bool
    cuts: int
    loss_seconds: float
    delay_seconds: float
    #: Three seconds of silence and three of peace.
    square_waves: int
    idle_seconds: float
    quiet_seconds: float

    @staticmethod
    def chosen() -> "Form":
        return LONG if is_long() else SHORT


SHORT = Form(False, cuts=1, loss_seconds=10, delay_seconds=4, square_waves=2, idle_seconds=0, quiet_seconds=0)
LONG = Form(True, cuts=50, loss_seconds=600, delay_seconds=60, square_waves=50, idle_seconds=60, quiet_seconds=240)
