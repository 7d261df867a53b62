"""WireGuard stops in the middle of traffic: what the visitors see, and how traffic comes back."""

import random
import time
from dataclasses import dataclass

import pytest

from lab.form import Form
from lab.network import Network
from lab.report import LoadReport
from lab.router import REFUSAL, SILENCE, Tunnel, Way
from stage.figures import Figures
from stage.polling import until

#: What the gateway of these tests waits before traffic returns.
FAILBACK_SECONDS = 2.0
#: How long a tunnel stays cut: long enough that traffic has settled on the other one.
CUT_SECONDS = 2.5


@dataclass(frozen=True)
class Cut:
    """When it began and ended, on the monotonic clock."""

    start: float
    mended: float
    #: When a look showed that traffic is back.
    back: float


def cut_again_and_again(network: Network, fate: str, way: Way, count: int) -> tuple[list[Cut], LoadReport]:
    """Cuts at random moments under load, each mended, and traffic back, before the next."""
    cuts = []
    with network.load() as visitors:
        for _ in range(count):
            time.sleep(random.uniform(0.5, 1.5))
            network.router.set(Tunnel.WIREGUARD, fate, way)
            start = time.monotonic()
            time.sleep(CUT_SECONDS)
            network.router.mend()
            mended = time.monotonic()
            until(lambda: network.tunnel_used() == "wireguard", "traffic returns", 20, every=0.05)
            cuts.append(Cut(start, mended, time.monotonic()))
        time.sleep(0.5)
    return cuts, visitors.report


def check(network: Network, figures: Figures, case: str, cuts: list[Cut], report: LoadReport) -> None:
    """Holds everything that was seen against the bars."""
    windows = [report.between(cut.start - 0.2, cut.start + CUT_SECONDS) for cut in cuts]
    gaps = sorted(window.slowest_gap for window in windows)
    slowest = max(window.slowest_get for window in windows)
    doubled = network.ask_app("/counts")["doubled"]
    name = f"{case}, {len(cuts)} cuts"
    figures.below(name, "longest time without an answer", gaps[-1], 1.0, "s")
    figures.add(name, "the same, median", f"{gaps[len(gaps) // 2]:.3g} s")
    figures.below(name, "slowest GET", slowest, 1.0, "s")
    figures.at_most(name, f"failed of {len(report.gets)} GET", len(report.failed_gets), 0)
    figures.at_most(name, f"doubled of {len(report.posts)} POST", len(doubled), 0)
    figures.add(name, f"failed of {len(report.posts)} POST", str(len(report.failed_posts)))
    figures.add(name, "longest time without an event", f"{max(w.longest_stream_gap for w in windows):.3g} s")
    figures.at_most(name, "moves beyond one there and one back", abs(report.switches - 2 * len(cuts)), 0)
    assert not report.failed_gets, report.failed_gets[:10]
    assert doubled == {}
    assert gaps[-1] < 1.0, gaps
    assert slowest < 1.0
    assert report.switches == 2 * len(cuts), report.moves
    assert max(window.longest_stream_gap for window in windows) < 2.0


@pytest.mark.parametrize("way", Way, ids=lambda way: way.value)
def test_a_silent_tunnel_costs_nobody_an_answer(network: Network, form: Form, figures: Figures, way: Way) -> None:
    cuts, report = cut_again_and_again(network, SILENCE, way, form.cuts)
    check(network, figures, f"WireGuard silent, {way.value}", cuts, report)


def test_a_refusing_network_costs_nobody_an_answer(network: Network, form: Form, figures: Figures) -> None:
    cuts, report = cut_again_and_again(network, REFUSAL[Tunnel.WIREGUARD], Way.BOTH, 10 if form.is_long else 1)
    check(network, figures, "WireGuard refused by the network", cuts, report)


def test_without_echo_the_tunnel_is_watched_by_connecting(network: Network, form: Form, figures: Figures) -> None:
    network.vps.set("net.ipv4.ping_group_range", "1 0")
    try:
        network.gateway.restart()
        network.heal()
        cuts, report = cut_again_and_again(network, SILENCE, Way.BOTH, 10 if form.is_long else 1)
        check(network, figures, "WireGuard silent, no ICMP socket", cuts, report)
    finally:
        network.vps.set("net.ipv4.ping_group_range", "0 2147483647")
        network.gateway.restart()


def test_traffic_returns_once_and_not_before_its_time(network: Network, figures: Figures) -> None:
    cuts, report = cut_again_and_again(network, SILENCE, Way.BOTH, 1)
    returned = report.moves[-1][0] - cuts[0].mended
    around = report.between(cuts[0].mended, cuts[0].back + 0.5)
    figures.add("fail-back after 2 s of health", "after the repair", f"{returned:.3g} s", "≥ 2 s", returned >= 2)
    figures.at_most("fail-back after 2 s of health", "failed GET", len(around.failed_gets), 0)
    figures.below("fail-back after 2 s of health", "longest time without an answer", around.slowest_gap, 0.3, "s")
    assert [tunnel for _, tunnel in report.moves] == ["wireguard", "rathole", "wireguard"]
    assert FAILBACK_SECONDS <= returned < FAILBACK_SECONDS + 3
    assert not around.failed_gets
