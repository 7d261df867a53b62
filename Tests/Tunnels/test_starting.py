"""Starting with something missing: each is a clear state, and the gateway serves."""

import pytest

from lab.network import Network
from lab.router import Tunnel
from stage.polling import until


def test_an_interface_that_is_not_there_at_the_start_is_used_once_it_is(network: Network) -> None:
    network.wireguard.vps.delete()
    network.gateway.restart()
    until(lambda: network.tunnel_used() == "rathole", "the app is reached over Rathole", 5, every=0.05)
    status = network.gateway.status("degraded")
    # wireguard-go leaves nothing behind, and the kernel may have no WireGuard of its own.
    assert status.problems & {"interface-gone", "wireguard-no-module"}
    network.wireguard.rejoin()
    until(lambda: network.tunnel_used() == "wireguard", "traffic is on WireGuard", 20, every=0.1)


@pytest.mark.parametrize("interface", ["t0", "lo"])
def test_an_interface_that_is_no_wireguard_is_named(network: Network, interface: str) -> None:
    before = network.gateway.settings["RUNEGATE_WIREGUARD_INTERFACE"]
    try:
        network.gateway.restart(RUNEGATE_WIREGUARD_INTERFACE=interface)
        until(lambda: network.tunnel_used() == "rathole", "the app is reached over Rathole", 5, every=0.05)
        status = network.gateway.status("degraded")
        assert status.path("wireguard")["state"] != "up"
        assert status.problems, status.text
    finally:
        network.gateway.restart(RUNEGATE_WIREGUARD_INTERFACE=before)


def test_without_the_reader_the_handshake_is_unknown_and_traffic_moves_as_ever(network: Network) -> None:
    network.reader.stop()
    try:
        network.gateway.restart()
        until(lambda: network.tunnel_used() == "wireguard", "traffic is on WireGuard", 10, every=0.05)
        status = network.gateway.tunnels()
        assert "unknown" in status.path("wireguard")["evidence"], status.text
        network.router.cut(Tunnel.WIREGUARD)
        until(lambda: network.tunnel_used() == "rathole", "traffic moves", 3, every=0.05)
    finally:
        network.reader.start()


def test_both_tunnels_dead_at_the_start_are_waited_for(network: Network) -> None:
    network.router.cut(Tunnel.WIREGUARD)
    network.router.cut(Tunnel.RATHOLE)
    network.gateway.restart()
    status = network.gateway.status("down")
    assert status.exit_code == 2
    assert network.visitor.get("/get?id=early").status_code == 503
    network.router.mend()
    until(lambda: network.tunnel_used() != "", "the app is reached", 5, every=0.05)


def test_a_program_that_is_not_there_has_an_exit_code_of_its_own(network: Network) -> None:
    network.gateway.stop()
    try:
        assert network.gateway.tunnels().exit_code == 3
    finally:
        network.gateway.start()
