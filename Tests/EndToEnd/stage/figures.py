"""The table of what was measured, with the bars."""

import datetime
import json
import os
from dataclasses import dataclass, field
from pathlib import Path

#: Case, what was measured, the figure, its bar, and whether it is met.
Row = tuple[str, str, str, str, str]
_HEADINGS: Row = ("case", "what", "measured", "bar", "")


@dataclass
class Figures:
    """One line a figure, in the order in which they were measured."""

    rows: list[Row] = field(default_factory=list)

    def add(self, case: str, what: str, measured: str, bar: str = "", passed: bool = True) -> None:
        self.rows.append((case, what, measured, bar, "" if not bar else "ok" if passed else "**missed**"))

    def below(self, case: str, what: str, measured: float, bar: float, unit: str) -> None:
        """A figure that has to stay below its bar; the test fails at the end of its own checks, not here."""
        self.add(case, what, f"{_plain(measured)} {unit}", f"< {_plain(bar)} {unit}", measured < bar)

    def at_most(self, case: str, what: str, measured: int, bar: int) -> None:
        self.add(case, what, str(measured), f"≤ {bar}" if bar else "0", measured <= bar)

    @property
    def table(self) -> str:
        rows = [_HEADINGS, *self.rows]
        widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADINGS))]
        lines = [
            "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"
            for row in rows
        ]
        lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
        return "\n".join(lines)

    def merge(self, kept: Path) -> None:
        """Takes the lines of earlier runs from a file, each case renewed that ran again, and keeps them all there."""
        cases: dict[str, list[Row]] = {}
        for row in json.loads(kept.read_text()) if kept.exists() else []:
            cases.setdefault(row[0], []).append(tuple(row))
        for case in dict.fromkeys(row[0] for row in self.rows):
            cases[case] = [row for row in self.rows if row[0] == case]
        self.rows = [row for rows in cases.values() for row in rows]
        kept.write_text(json.dumps(self.rows))

    def write(self, path: Path, introduction: str, versions: dict[str, str]) -> None:
        """The page of the long form: what it is about, what stood around, and the table."""
        load = os.getloadavg()[2]
        made = [f"Measured on {datetime.date.today():%-d %B %Y}", f"{os.cpu_count()} cores"]
        made += [f"{name} {version}" for name, version in versions.items()]
        made.append(f"load average {load:.1f}")
        path.write_text(f"{introduction}\n{'; '.join(made)}.\n\n{self.table}\n")


def _plain(number: float) -> str:
    return f"{number:.3g}" if number < 1000 else f"{number:.0f}"
