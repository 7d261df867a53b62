"""The table of bars, on the terminal and in docs/BENCHMARKS.md."""

import os
import platform
import subprocess
from dataclasses import dataclass
from pathlib import Path

from harness.rounds import Figure, shorten


@dataclass(frozen=True)
class Row:
    """One thing measured; `compared` is what the bar is held against, a ratio when there is a peer."""

    what: str
    unit: str
    runegate: Figure | None
    peer_name: str | None = None
    peer: Figure | None = None
    bar: float | None = None
    reach: float | None = None
    bar_is_below: bool = False

    @property
    def compared(self) -> Figure | None:
        """The ratio to the peer, or the value itself where the bar is an absolute one."""
        if self.runegate is None:
            return None
        return self.runegate.over(self.peer) if self.is_ratio and self.peer else self.runegate

    @property
    def is_ratio(self) -> bool:
        """Whether the bar is a ratio: costs are, sizes and times of Runegate alone are not."""
        return self.unit.startswith("CPU")

    @property
    def verdict(self) -> str:
        if self.compared is None:
            return "not measured"
        value = self.compared.median
        if self.reach is not None and value <= self.reach:
            return "reached"
        if self.bar is None:
            return "" if self.reach is None else "not reached"
        met = value < self.bar if self.bar_is_below else value <= self.bar
        return "met" if met else "MISSED"

    def cells(self) -> list[str]:
        ratio = self.compared if self.is_ratio else None
        sign = "<" if self.bar_is_below else "≤"
        suffix = " ×" if self.is_ratio else ""
        return [
            self.what,
            self.unit,
            f"{shorten(self.runegate.median)} ({self.runegate.spread})" if self.runegate else "–",
            f"{self.peer_name} {shorten(self.peer.median)} ({self.peer.spread})" if self.peer else "",
            f"{ratio.median:.2f} ({ratio.spread})" if ratio and self.peer else "",
            f"{sign} {self.bar:g}{suffix}" if self.bar is not None else "",
            f"{self.reach:g}{suffix}" if self.reach is not None else "",
            self.verdict,
        ]


_HEADINGS = ["what", "unit", "Runegate", "peer", "ratio", "bar", "reach for", "verdict"]


def as_table(rows: list[Row]) -> str:
    """A Markdown table that also reads well on a terminal."""
    lines = [_HEADINGS, *(row.cells() for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(_HEADINGS))]
    printed = ["| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths)) + " |" for line in lines]
    printed.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(printed)


def surroundings(program: Path | None) -> list[str]:
    """What the figures hold for: machine, kernel and versions."""
    model = next((line.partition(":")[2].strip() for line in Path("/proc/cpuinfo").read_text().splitlines()
                  if line.startswith("model name")), platform.machine())
    virtual = "hypervisor" in Path("/proc/cpuinfo").read_text()
    found = [
        f"{model}, {os.cpu_count()} cores{', virtual machine' if virtual else ''}",
        f"Linux {platform.release()}",
        f"load before the first round {os.getloadavg()[0]:.2f}",
    ]
    commands = {"HAProxy": ["haproxy", "-v"], "nginx": ["nginx", "-v"], "wrk": ["wrk", "-v"]}
    if program is not None:
        commands["Runegate"] = [str(program), "--version"]
    for name, command in commands.items():
        answer = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        found.append(f"{name}: {(answer.stdout.strip() or 'unknown').splitlines()[0].partition(' - http')[0]}")
    return found
