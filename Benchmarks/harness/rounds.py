"""Figures over rounds: the median, the spread, and the ratio of two proxies measured in the same round."""

import statistics
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One value a round, in the order of the rounds."""

    values: tuple[float, ...]

    @property
    def median(self) -> float:
        return statistics.median(self.values)

    @property
    def spread(self) -> str:
        """Smallest and largest, in the precision of a table."""
        return f"{shorten(min(self.values))}–{shorten(max(self.values))}"

    def over(self, other: "Figure") -> "Figure":
        """The ratios round by round, so that what disturbs a whole round cancels out."""
        return Figure(tuple(mine / theirs for mine, theirs in zip(self.values, other.values, strict=True)))


def shorten(value: float) -> str:
    """Three significant digits without an exponent."""
    magnitude = abs(value)
    return f"{value:.0f}" if magnitude >= 100 else f"{value:.1f}" if magnitude >= 10 else f"{value:.2f}"


def alternate(names: list[str], rounds: int, measure: Callable[[str], float]) -> dict[str, Figure]:
    """Measures each name once a round; the order turns, so that none always runs first."""
    values: dict[str, list[float]] = {name: [] for name in names}
    for number in range(rounds):
        turn = number % len(names)
        for name in names[turn:] + names[:turn]:
            values[name].append(measure(name))
    return {name: Figure(tuple(series)) for name, series in values.items()}
