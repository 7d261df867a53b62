"""The units as they run: how exposed systemd finds them, how long they start, what they keep in memory."""

import re
import statistics
import time

import pytest

from server import UNITS, Server
from stage.figures import Figures
from stage.form import is_long

EXPOSURE_BARS = {"runegate": 1.0, "runegate-mailer": 1.2, "runegate-wireguard": 1.2}
OTHER_UNITS = ["runegate-enroll", "runegate-firewall"]
RESIDENT_BAR_MIB, START_BAR_SECONDS = 30, 0.3


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
def test_start(server: Server, figures: Figures, name: str) -> None:
    """From the fork to READY, by systemd's own clock."""
    unit = f"{UNITS[name]}.service"
    seconds = []
    for _ in range(20 if is_long() else 3):
        server.vps.run("systemctl", "restart", unit)
        told = server.vps.run(
            "systemctl", "show", "--property=ExecMainStartTimestampMonotonic,ActiveEnterTimestampMonotonic", unit
        ).stdout
        times = {key: int(value) / 1e6 for key, value in (line.split("=") for line in told.splitlines())}
        seconds.append(times["ActiveEnterTimestampMonotonic"] - times["ExecMainStartTimestampMonotonic"])
    median, what = statistics.median(seconds), f"start to READY, median of {len(seconds)}"
    if name == "serve":
        figures.below(UNITS[name], what, median * 1000, START_BAR_SECONDS * 1000, "ms")
        # Whatever else runs beside the short form is counted too.
        assert not is_long() or median < START_BAR_SECONDS
    else:
        figures.add(UNITS[name], what, f"{median * 1000:.0f} ms")
    figures.add(UNITS[name], "the slowest of them", f"{max(seconds) * 1000:.0f} ms")


@pytest.fixture(scope="module")
def rested(server: Server) -> Server:
    """Ten seconds after all was started, with nobody there."""
    server.vps.run("systemctl", "restart", *(f"{unit}.service" for unit in UNITS.values()))
    time.sleep(10)
    return server


@pytest.mark.parametrize("name", UNITS)
def test_resident_memory(rested: Server, figures: Figures, name: str) -> None:
    """`Pss` counts a page that n processes share as an n-th."""
    rollup = rested.vps.path(f"/proc/{rested.process(name)}/smaps_rollup").read_text()
    mebibytes = {key: int(value) / 1024 for key, value in re.findall(r"(?m)^(Rss|Pss): +(\d+) kB", rollup)}
    if name == "serve":
        figures.below(UNITS[name], "resident, idle", mebibytes["Rss"], RESIDENT_BAR_MIB, "MiB")
        assert mebibytes["Rss"] < RESIDENT_BAR_MIB
    else:
        figures.add(UNITS[name], "resident, idle", f"{mebibytes['Rss']:.1f} MiB")
    figures.add(UNITS[name], "proportional, idle", f"{mebibytes['Pss']:.1f} MiB")
