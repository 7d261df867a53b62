"""Links that are slow, lossy or restless, but not dead."""

import time

from lab.form import Form
from lab.network import Network
from lab.router import Tunnel, loss
from stage.figures import Figures


def test_a_round_trip_of_300_ms_moves_nothing(network: Network, form: Form, figures: Figures) -> None:
    before = network.gateway.tunnels().switches
    with network.load() as visitors:
        with network.delayed(each_way=0.15):
            # A connect that takes longer than ever before is raced; then the round trip is known.
            time.sleep(3)
            settled = time.monotonic()
            time.sleep(form.delay_seconds)
            ended = time.monotonic()
            # Whatever was under way comes to its end before the delay does.
            time.sleep(1)
        time.sleep(1)
    switches = network.gateway.tunnels().switches
    report = visitors.report.between(settled, ended)
    elsewhere = [get for get in report.gets if get.tunnel != "wireguard"]
    case = f"round trip of 300 ms for {form.delay_seconds:g} s"
    figures.at_most(case, "switches", len(switches) - len(before), 0)
    figures.at_most(case, f"of {len(report.gets)} GET over Rathole", len(elsewhere), 0)
    figures.at_most(case, "failed GET", len(visitors.report.failed_gets), 0)
    assert min(get.seconds for get in report.gets) > 0.3, "the relay delays nothing"
    assert switches == before
    assert not elsewhere, elsewhere[:10]
    assert not visitors.report.failed_gets, visitors.report.failed_gets[:10]
    assert network.ask_app("/counts")["doubled"] == {}


def test_a_tenth_of_the_packets_lost_moves_next_to_nothing(network: Network, form: Form, figures: Figures) -> None:
    with network.load() as visitors:
        network.router.set(Tunnel.WIREGUARD, loss(10))
        time.sleep(form.loss_seconds)
        network.router.mend()
    report = visitors.report
    case = f"10 % loss each way for {form.loss_seconds:g} s"
    figures.at_most(case, "switches", report.switches, 1)
    figures.at_most(case, f"failed of {len(report.gets)} GET", len(report.failed_gets), 0)
    figures.add(case, "slowest GET", f"{report.slowest_get:.3g} s")
    assert report.switches <= 1, report.moves
    assert not report.failed_gets, report.failed_gets[:10]
    assert network.ask_app("/counts")["doubled"] == {}


def test_a_tunnel_that_comes_and_goes_does_not_take_traffic_with_it(
    network: Network, form: Form, figures: Figures
) -> None:
    network.gateway.restart(RUNEGATE_FAILBACK_AFTER="5s", RUNEGATE_FAILBACK_MAX="5s")
    try:
        network.heal()
        with network.load() as visitors:
            for _ in range(form.square_waves):
                network.router.cut(Tunnel.WIREGUARD)
                time.sleep(3)
                network.router.mend()
                time.sleep(3)
        report = visitors.report
        case = f"3 s gone, 3 s there, {form.square_waves} times"
        figures.at_most(case, "switches", report.switches, 2)
        figures.at_most(case, f"failed of {len(report.gets)} GET", len(report.failed_gets), 0)
        figures.below(case, "longest time without an answer", report.slowest_gap, 1.0, "s")
        assert report.switches <= 2, report.moves
        assert not report.failed_gets, report.failed_gets[:10]
        assert report.slowest_gap < 1.0
    finally:
        network.gateway.restart(RUNEGATE_FAILBACK_AFTER="2s", RUNEGATE_FAILBACK_MAX="2s")


def test_a_box_behind_another_port_is_found_again(network: Network, figures: Figures) -> None:
    network.wireguard.keep_alive(4)
    try:
        with network.load() as visitors:
            started = time.monotonic()
            network.router.rebind()
            time.sleep(9)
        report = visitors.report.between(started - 0.2, started + 9)
        case = "the box's public port changes"
        figures.at_most(case, f"failed of {len(report.gets)} GET", len(report.failed_gets), 0)
        figures.below(case, "longest time without an answer", report.slowest_gap, 1.0, "s")
        assert not report.failed_gets, report.failed_gets[:10]
        assert report.slowest_gap < 1.0
        # Silence until the box speaks, and then fail-back's time; or it spoke so soon that nothing had to move.
        assert report.moves[-1][1] == "wireguard", report.moves
        assert report.switches in (0, 2), report.moves
    finally:
        network.wireguard.keep_alive(25)
