"""A world without IPv4: both machines set up, joined and asked over either tunnel."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from machines.internet import IPV6
from machines.pair import Pair


@pytest.fixture
def pair(tmp_path: Path, runegate: Path) -> Iterator[Pair]:
    assert os.geteuid() == 0, "containers and namespaces need root"
    pair = Pair(tmp_path, runegate, IPV6)
    yield pair
    pair.close()


def test_with_ipv6_only_both_tunnels_lead_to_the_app(pair: Pair) -> None:
    assert pair.vps.run("ip", "-4", "-brief", "address", "show", "dev", "eth0").stdout.split()[2:] == []
    pair.set_up()
    visitor = pair.sign_in()
    pair.wait_for_path(visitor, "wireguard")
    pair.internet.cut("wireguard")
    pair.wait_for_path(visitor, "rathole")
    pair.internet.mend()
    pair.wait_for_path(visitor, "wireguard", within=60)
    pair.internet.cut("rathole")
    assert pair.path_used(visitor) == "wireguard"
    for machine in (pair.vps, pair.aibox):
        assert machine.run("runegate", "provision", machine.name, "--verify", check=False).returncode == 0
    visitor.close()
