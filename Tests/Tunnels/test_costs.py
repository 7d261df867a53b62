"""What supervision costs while nobody is there."""

import time

import pytest

from lab.form import Form
from lab.network import Network
from stage.figures import Figures

#: Without a request for so long it is quiet; and a little more.
QUIET_SECONDS = 33
SECONDS_OF_A_DAY = 86_400


@pytest.mark.long
def test_a_quiet_day_costs_little(network: Network, form: Form, figures: Figures) -> None:
    gateway = network.gateway.process
    time.sleep(QUIET_SECONDS)
    cpu = gateway.cpu_seconds()
    time.sleep(form.idle_seconds)
    share = (gateway.cpu_seconds() - cpu) / form.idle_seconds * 100
    before = _bytes(network)
    time.sleep(form.quiet_seconds)
    day = [
        (now - then) / form.quiet_seconds * SECONDS_OF_A_DAY / 1e6
        for then, now in zip(before, _bytes(network), strict=True)
    ]
    figures.below(f"nobody there for {form.idle_seconds:g} s", "processor time", share, 1.0, "% of a core")
    figures.below("a quiet day", "bytes over both tunnels", sum(day), 50.0, "MB")
    figures.add("a quiet day", "WireGuard and Rathole", f"{day[0]:.3g} MB and {day[1]:.3g} MB")
    assert share < 1.0
    assert sum(day) < 50


def _bytes(network: Network) -> tuple[int, int]:
    """As the VPS's cables count them, both directions, every header and the tunnels' own talk included."""
    return network.vps.bytes_through("u0"), network.vps.bytes_through("t0")
