"""Rathole breaks in each of its ways, while it stands by and while it carries traffic."""

import signal
import time
from collections.abc import Iterator

import pytest

from lab.network import Network
from lab.router import Tunnel
from stage.figures import Figures
from stage.polling import until

LONGEST_GAP = 1.0


def _kill_client(network: Network) -> None:
    assert network.rathole_client
    network.rathole_client.kill()


def _freeze_client(network: Network) -> None:
    assert network.rathole_client
    network.rathole_client.send(signal.SIGSTOP)


def _kill_server(network: Network) -> None:
    assert network.rathole_server
    network.rathole_server.kill()


def _cut(network: Network) -> None:
    network.router.cut(Tunnel.RATHOLE)


def _refuse(network: Network) -> None:
    network.router.refuse(Tunnel.RATHOLE)


BREAKS = {
    "client killed": _kill_client,
    "client frozen": _freeze_client,
    "server killed": _kill_server,
    "silent": _cut,
    "reset by the network": _refuse,
}


def _thaw(network: Network) -> None:
    if network.rathole_client and network.rathole_client.exit_code is None:
        network.rathole_client.send(signal.SIGCONT)


@pytest.mark.parametrize("how", BREAKS)
def test_breaking_while_it_stands_by_is_noticed_by_nobody_but_the_status(
    network: Network, figures: Figures, how: str
) -> None:
    try:
        with network.load() as visitors:
            BREAKS[how](network)
            status = network.gateway.status("degraded")
            time.sleep(0.5)
        report = visitors.report
        figures.at_most(f"Rathole standing by: {how}", "failed GET", len(report.failed_gets), 0)
        assert status.exit_code == 1
        assert not status.path("rathole")["is_proven"]
        assert status.problems
        assert not report.failed_gets, report.failed_gets[:10]
        assert not report.failed_posts, report.failed_posts[:10]
        assert report.switches == 0
        assert report.slowest_gap < 0.5
    finally:
        _thaw(network)


@pytest.fixture(scope="module")
def reluctant(shared_network: Network) -> Iterator[Network]:
    """A gateway that would wait for a minute before it trusts WireGuard again."""
    shared_network.gateway.restart(RUNEGATE_FAILBACK_AFTER="60s", RUNEGATE_FAILBACK_MAX="60s")
    yield shared_network
    shared_network.gateway.restart(RUNEGATE_FAILBACK_AFTER="2s", RUNEGATE_FAILBACK_MAX="2s")


@pytest.mark.parametrize("how", BREAKS)
def test_breaking_while_it_carries_traffic_brings_traffic_back_to_a_tunnel_that_has_recovered(
    reluctant: Network, figures: Figures, how: str
) -> None:
    network = reluctant
    network.heal()
    try:
        with network.load() as visitors:
            network.router.cut(Tunnel.WIREGUARD)
            until(lambda: network.gateway.tunnels().path("rathole")["is_active"], "traffic moves", 5)
            network.router.mend()
            time.sleep(1.5)
            BREAKS[how](network)
            broken = time.monotonic()
            time.sleep(3)
        report = visitors.report.between(broken - 0.5, broken + 2.8)
        case = f"Rathole in use, WireGuard just mended: {how}"
        figures.below(case, "longest time without an answer", report.slowest_gap, LONGEST_GAP, "s")
        figures.at_most(case, f"failed of {len(report.gets)} GET", len(report.failed_gets), 0)
        assert [tunnel for _, tunnel in report.moves] == ["rathole", "wireguard"], report.moves
        assert report.slowest_gap < LONGEST_GAP
        assert not report.failed_gets, report.failed_gets[:10]
        assert network.ask_app("/counts")["doubled"] == {}
    finally:
        _thaw(network)
