"""How often and how long everything is done: the short form is part of every test run, the long one gives the figures."""

from dataclasses import dataclass

from stage.form import is_long


@dataclass(frozen=True)
class Form:
    is_long: bool
    restarts: int
    reloads: int
    kills: int
    #: Of mixed load while tunnels are cut.
    soak_seconds: float

    @staticmethod
    def chosen() -> "Form":
        return LONG if is_long() else SHORT


SHORT = Form(False, restarts=2, reloads=5, kills=40, soak_seconds=20)
LONG = Form(True, restarts=50, reloads=50, kills=1000, soak_seconds=1800)
