"""Nothing works, or the app does not, or the WireGuard interface is gone."""

import time
from collections.abc import Iterator

import pytest

from lab.network import Network
from lab.router import Tunnel
from stage.figures import Figures
from stage.polling import until
from stage.visitor import NAVIGATION


def test_with_both_tunnels_dead_the_page_comes_soon_and_so_does_the_app(network: Network, figures: Figures) -> None:
    with network.load() as visitors:
        network.router.cut(Tunnel.WIREGUARD)
        network.router.cut(Tunnel.RATHOLE)
        cut = time.monotonic()
        network.gateway.status("down", within=4)
        known = time.monotonic()
        time.sleep(1)
        page_asked = time.monotonic()
        page = network.visitor.visit("/")
        page_seconds = time.monotonic() - page_asked
        status = network.gateway.tunnels()
        network.router.mend()
        mended = time.monotonic()
        time.sleep(4)
    report = visitors.report
    told = [get for get in report.gets if get.start > known and get.end < mended]
    slowest = max(get.seconds for get in told)
    caught = max(get.seconds for get in report.gets if cut - 0.1 < get.start <= known)
    recovered = min(get.end for get in report.gets if get.end > mended and get.status == 200) - mended
    figures.below("both tunnels dead", "page of a visitor who comes then", page_seconds, 1.0, "s")
    figures.below("both tunnels dead", f"slowest refusal of {len(told)} GET", slowest, 1.0, "s")
    figures.add("both tunnels dead", "slowest refusal of who was caught by the cut", f"{caught:.3g} s")
    figures.below("both tunnels dead", "first answer after the repair", recovered, 2.0, "s")
    assert page.status_code == 503
    assert "Retry-After" in page.headers
    assert page_seconds < 1.0
    assert {get.status for get in told} <= {502, 503, 504}, told[:5]
    assert slowest < 1.0
    # What was asked before the cut is given five seconds: the app might only be busy.
    assert caught < 7.0
    assert recovered < 2.0
    assert status.verdict == "down", status.text
    assert status.exit_code == 2
    network.gateway.status("ok", within=20)


def test_a_line_that_is_interrupted_for_three_seconds_ends_no_transfer(network: Network, figures: Figures) -> None:
    """Both tunnels fall silent at once: the home's line is interrupted, and nobody has anywhere else to go."""
    size, pause = 200, 0.04
    went = {}

    def upload() -> Iterator[bytes]:
        for number in range(size):
            if number == size // 8:
                went["cut"] = time.monotonic()
                network.router.cut(Tunnel.WIREGUARD)
                network.router.cut(Tunnel.RATHOLE)
            if "mended" not in went and time.monotonic() > went.get("cut", float("inf")) + 3:
                network.router.mend()
                went["mended"] = time.monotonic()
            yield b"x" * 100
            time.sleep(pause)

    with network.load() as visitors:
        fields = {"Content-Length": str(size * 100)}
        try:
            answer = network.visitor.client.post("/post?id=upload", content=upload(), headers=fields)
        finally:
            network.router.mend()
        uploaded = time.monotonic()
        until(lambda: network.tunnel_used() != "", "requests are answered", 5, every=0.05)
        # The streams are there again as soon as TCP sends once more what was lost: it waits for longer each time.
        time.sleep(max(0.0, went.get("mended", uploaded) + 5 - time.monotonic()))
    report = visitors.report.between(went["cut"] - 0.3, uploaded + 5)
    reopened = sum(map(len, report.openings))
    figures.at_most("both tunnels silent for 3 s", f"of {len(report.openings)} streams opened anew", reopened, 0)
    figures.add("both tunnels silent for 3 s", "longest time without an event", f"{report.longest_stream_gap:.3g} s")
    figures.at_most("both tunnels silent for 3 s", "uploads that died of it", int(answer.status_code != 200), 0)
    assert answer.status_code == 200
    assert went["mended"] < uploaded, "it was on its way meanwhile"
    assert reopened == 0
    assert 2.9 < report.longest_stream_gap < 9
    assert network.ask_app("/counts")["doubled"] == {}
    network.gateway.status("ok", within=20)


def test_an_app_that_is_stopped_moves_nothing(network: Network, figures: Figures) -> None:
    before = network.gateway.status("ok").switches
    assert network.app
    with network.load() as visitors:
        network.app.kill()
        network.gateway.status("app-down")
        page = network.visitor.visit("/")
        time.sleep(2)
        status = network.gateway.tunnels()
        network.start_app()
        started = time.monotonic()
        until(lambda: network.tunnel_used() == "wireguard", "the app is reached again", 5, every=0.02)
        recovered = time.monotonic() - started
        time.sleep(1)
    figures.at_most("the app is stopped", "switches", len(status.switches) - len(before), 0)
    figures.below("the app is stopped", "first answer after its start", recovered, 2.0, "s")
    assert page.status_code in (502, 503)
    assert status.exit_code == 2
    assert status.switches == before
    assert {tunnel for _, tunnel in visitors.report.moves} == {"wireguard"}
    assert recovered < 2.0
    assert network.gateway.status("ok").switches == before


def test_an_app_that_answers_rubbish_moves_nothing_and_is_named(network: Network) -> None:
    before = network.gateway.status("ok").switches
    network.ask_app("/rubbish")
    status = network.gateway.status("app-down")
    answer = network.visitor.client.get("/get?id=rubbish", headers=NAVIGATION)
    assert answer.status_code == 502
    assert status.exit_code == 2
    assert "app-garbled" in status.problems
    assert network.gateway.tunnels().switches == before
    network.ask_app("/sense")
    assert network.gateway.status("ok").switches == before


def test_a_deleted_interface_sends_nobodys_request_elsewhere(network: Network, figures: Figures) -> None:
    interface = network.vps.link(network.wireguard.vps.interface)["ifindex"]
    assert interface
    with network.packets_for_the_box() as seen, network.load() as visitors:
        network.wireguard.vps.delete()
        deleted = time.monotonic()
        # Somebody whose socket is bound to nothing would leave by the default route now.
        assert "dev u0" in network.vps.ip("route", "get", "10.0.0.2")
        time.sleep(4)
    report = visitors.report.between(deleted - 0.2, deleted + 4)
    astray = [name for name in seen if name != network.wireguard.vps.interface]
    status = network.gateway.status("degraded")
    figures.at_most("the interface is deleted", "packets for the box elsewhere", len(astray), 0)
    figures.at_most("the interface is deleted", f"failed of {len(report.gets)} GET", len(report.failed_gets), 0)
    figures.below("the interface is deleted", "longest time without an answer", report.slowest_gap, 1.0, "s")
    assert len(seen) > len(astray), "the capture saw nothing at all"
    assert not astray
    assert not report.failed_gets, report.failed_gets[:10]
    assert report.slowest_gap < 1.0
    assert status.exit_code == 1
    # Whichever was first: the kernel's word to a probe, or its word about the link.
    assert status.path("wireguard")["cause"] in ("interface-gone", "unreachable")
    # wireguard-go leaves nothing behind, and the kernel may have no WireGuard of its own.
    assert status.problems & {"interface-gone", "wireguard-no-module"}


@pytest.mark.parametrize("down", ["link", "deleted"])
def test_an_interface_that_comes_back_is_used_again(network: Network, down: str) -> None:
    end = network.wireguard.vps
    if down == "link":
        network.vps.ip("link", "set", end.interface, "down")
    else:
        end.delete()
    until(lambda: network.tunnel_used() == "rathole", "traffic moves", 3, every=0.05)
    if down == "link":
        network.vps.ip("link", "set", end.interface, "up")
        network.vps.ip("route", "replace", "10.0.0.2/32", "dev", end.interface)
    else:
        network.wireguard.rejoin()
    until(lambda: network.tunnel_used() == "wireguard", "traffic returns", 30, every=0.1)
    network.gateway.status("ok")
