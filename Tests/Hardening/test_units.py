"""The units as they run: how exposed systemd finds them, how long they start."""

import re
import statistics

import pytest

from server import UNITS, Server
from stage.figures import Figures

EXPOSURE_BARS = {"runegate": 1.0, "runegate-mailer": 1.2, "runegate-wireguard": 1.2}
OTHER_UNITS = ["runegate-enroll", "runegate-firewall"]
START_BAR_SECONDS = 0.3


@pytest.mark.parametrize("unit", [*UNITS.values(), *OTHER_UNITS])
def test_exposure(server: Server, figures: Figures, unit: str) -> None:
    """`systemd-analyze security`, of 10."""
    told = server.vps.run("systemd-analyze", "security", "--no-pager", f"{unit}.service", check=False).stdout
    found = re.search(r"Overall exposure level for \S+: ([\d.]+)", told)
    assert found, told
    exposure, bar = float(found[1]), EXPOSURE_BARS.get(unit)
    figures.add(unit, "exposure", found[1], f"≤ {bar}" if bar else "", bar is None or exposure <= bar)
    assert bar is None or exposure <= bar


@pytest.mark.parametrize("name", UNITS)
def test_start(server: Server, figures: Figures, name: str, is_long: bool) -> None:
    """From the fork to READY, by systemd's own clock."""
    unit = f"{UNITS[name]}.service"
    seconds = []
    for _ in range(20 if is_long else 3):
        server.vps.run("systemctl", "restart", unit)
        told = server.vps.run(
            "systemctl", "show", "--property=ExecMainStartTimestampMonotonic,ActiveEnterTimestampMonotonic", unit
        ).stdout
        times = {key: int(value) / 1e6 for key, value in (line.split("=") for line in told.splitlines())}
        seconds.append(times["ActiveEnterTimestampMonotonic"] - times["ExecMainStartTimestampMonotonic"])
    bar = START_BAR_SECONDS if name == "serve" else None
    for what, figure in {"median": statistics.median(seconds), "slowest": max(seconds)}.items():
        figures.add(
            UNITS[name], f"start to READY, {what} of {len(seconds)}", f"{figure * 1000:.0f} ms",
            f"< {bar * 1000:.0f} ms" if bar else "", bar is None or figure < bar,
        )  # fmt: skip
    # Whatever else runs beside the short form is counted too.
    assert not bar or not is_long or statistics.median(seconds) < bar
