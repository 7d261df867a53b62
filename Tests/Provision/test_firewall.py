"""What the two tables let through, on two machines with a cable for a tunnel."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from machines.machine import Machine

Make = Callable[[str], Machine]

# Connects as a user and says what came of it.
KNOCK = """
import os, socket, sys
"".encode("idna")  # Loads what the user may not read.
user, address, port = sys.argv[1:]
os.setgid(int(user)); os.setuid(int(user))
try:
    with socket.create_connection((address, int(port)), timeout=1) as connection:
        connection.sendall(b"GET / HTTP/1.1\\r\\nHost: app\\r\\nConnection: close\\r\\n\\r\\n")
        print(connection.recv(4096).decode().split(" ", 2)[1])
except TimeoutError:
    print("silence")
except ConnectionRefusedError:
    print("refused")
except OSError as error:
    print(error.strerror)
"""


def knock(machine: Machine, address: str, port: int, user: str = "root") -> str:
    number = machine.run("id", "-u", user).stdout.strip()
    command = machine.on_network(sys.executable, "-c", KNOCK, number, address, port)
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture
def pair(machine: Make) -> tuple[Machine, Machine]:
    """The samples' machines, each with its table and its own address, joined."""
    vps, aibox = machine("vps"), machine("aibox")
    vps.connect_to(aibox)
    for here, own, other in ((vps, "10.0.0.1", "10.0.0.2"), (aibox, "10.0.0.2", "10.0.0.1")):
        here.run("nft", "-f", "/etc/runegate/firewall.nft")
        here.run("ip", "address", "add", f"{own}/32", "dev", "wg0")
        here.run("ip", "link", "set", "wg0", "up")
        here.run("ip", "route", "add", f"{other}/32", "dev", "wg0")
    (after,) = [
        line.removeprefix("PostUp = ").replace("%i", "wg0")
        for line in (aibox.directory / "upper/etc/wireguard/wg0.conf").read_text().splitlines()
        if line.startswith("PostUp")
    ]
    # `sysctl` writes through the mounted /proc, which shows the network of whoever opens it.
    aibox.run("sh", "-c", after)
    return vps, aibox


def test_an_app_on_loopback_alone_is_reached(pair: tuple[Machine, Machine]) -> None:
    vps, aibox = pair
    aibox.echo("127.0.0.1", 7860)
    assert knock(vps, "10.0.0.2", 7860) == "200"
    assert knock(vps, "10.0.0.2", 7860, "runegate") == "200"


def test_nothing_else_of_the_aibox_is_reached(pair: tuple[Machine, Machine]) -> None:
    vps, aibox = pair
    aibox.echo("0.0.0.0", 7861)
    aibox.echo("127.0.0.1", 7862)
    aibox.echo("127.0.0.1", 7860)
    assert knock(vps, "10.0.0.2", 7861) == "silence"
    assert knock(vps, "10.0.0.2", 7862) == "silence"
    # Somebody who rules the VPS sends to the aibox's own 127.0.0.1.
    vps.run("sysctl", "-qw", "net.ipv4.conf.wg0.route_localnet=1")
    vps.run("ip", "route", "add", "127.9.0.0/16", "dev", "wg0", "src", "10.0.0.1")
    assert knock(vps, "127.9.0.1", 7861) == "silence"


def test_the_vps_is_asked_nothing_but_whether_it_is_there(pair: tuple[Machine, Machine]) -> None:
    vps, aibox = pair
    vps.echo("0.0.0.0", 7870)
    assert knock(aibox, "10.0.0.1", 7870) == "silence"


def test_no_other_user_walks_around_the_sign_in(pair: tuple[Machine, Machine]) -> None:
    vps, aibox = pair
    aibox.echo("127.0.0.1", 7860)
    vps.echo("127.0.0.1", 5202)
    for address, port in (("10.0.0.2", 7860), ("127.0.0.1", 5202)):
        assert knock(vps, address, port, "nobody") in ("refused", "Connection refused", "Connection reset by peer")
        assert knock(vps, address, port, "runegate") == "200"


def test_without_the_interface_nothing_leaves_for_the_aibox(machine: Make) -> None:
    vps = machine("vps")
    vps.run("nft", "-f", "/etc/runegate/firewall.nft")
    vps.run("ip", "link", "add", "eth0", "type", "veth", "peer", "name", "eth1")
    vps.run("ip", "address", "add", "192.0.2.10/24", "dev", "eth0")
    vps.run("ip", "link", "set", "eth0", "up")
    vps.run("ip", "route", "add", "default", "via", "192.0.2.1", "onlink", "dev", "eth0")
    assert knock(vps, "10.0.0.2", 7860, "runegate") == "No route to host"
    rules = vps.run("nft", "list", "chain", "inet", "runegate", "output").stdout
    (leak,) = [line for line in rules.splitlines() if "10.0.0.2" in line]
    assert "counter packets 0 " not in leak


def test_a_cable_without_the_table_shows_that_these_tests_can_fail(machine: Make, tmp_path: Path) -> None:
    vps, aibox = machine("vps"), machine("aibox")
    vps.connect_to(aibox)
    for here, own, other in ((vps, "10.0.0.1", "10.0.0.2"), (aibox, "10.0.0.2", "10.0.0.1")):
        here.run("ip", "address", "add", f"{own}/32", "dev", "wg0")
        here.run("ip", "link", "set", "wg0", "up")
        here.run("ip", "route", "add", f"{other}/32", "dev", "wg0")
    aibox.echo("0.0.0.0", 7861)
    assert knock(vps, "10.0.0.2", 7861, "nobody") == "200"
