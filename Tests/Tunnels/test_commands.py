"""Traffic moved by hand, under load: nobody shall notice that either."""

from lab.network import Network
from stage.polling import until


def test_a_drill_moves_traffic_there_and_back_and_costs_nobody_an_answer(network: Network) -> None:
    with network.load() as visitors:
        drill = network.gateway.verb("tunnels", "drill", within=60)
    report = visitors.report
    assert drill.returncode == 0, (drill.stdout, drill.stderr)
    assert [tunnel for _, tunnel in report.moves] == ["wireguard", "rathole", "wireguard"], report.moves
    assert not report.failed_gets, report.failed_gets[:10]
    assert not report.failed_posts, report.failed_posts[:10]
    assert network.ask_app("/counts")["doubled"] == {}
    assert {switch["cause"] for switch in network.gateway.tunnels().switches[:2]} == {"drill"}


def test_a_drill_is_refused_while_the_fallback_is_not_proven(network: Network) -> None:
    assert network.rathole_server
    network.rathole_server.kill()
    network.gateway.status("degraded")
    drill = network.gateway.verb("tunnels", "drill")
    assert drill.returncode != 0
    assert network.tunnel_used() == "wireguard"


def test_a_preferred_tunnel_is_used_until_the_preference_ends(network: Network) -> None:
    assert network.gateway.verb("tunnels", "prefer", "rathole").returncode == 0
    try:
        until(lambda: network.tunnel_used() == "rathole", "traffic moves", 3, every=0.05)
        assert network.gateway.tunnels().exit_code == 1
    finally:
        assert network.gateway.verb("tunnels", "prefer", "auto").returncode == 0
    until(lambda: network.tunnel_used() == "wireguard", "traffic returns", 10, every=0.05)
