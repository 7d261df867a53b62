"""The Internet between the machines: a router in a network of its own, where the visitors are, too.

vps 203.0.113.10 ── 203.0.113.1 (router, visitors at 198.51.100.7) 192.168.7.1 ── 192.168.7.2 aibox, behind NAT

The same with IPv6 only: there the router translates nothing, as nobody needs it to.
"""

import subprocess
from dataclasses import dataclass

from .ends import ENVIRONMENT, End


@dataclass(frozen=True)
class Cable:
    """The address of a machine and that of the router beside it, in a network of this many bits."""

    machine: str
    router: str
    bits: int


@dataclass(frozen=True)
class Addresses:
    vps: Cable
    aibox: Cable
    #: Where another VPS is, which takes the place of the first.
    new_vps: Cable
    visitors: str
    #: Whether the aibox is behind a router that gives it the router's own address.
    is_translated: bool


IPV4 = Addresses(
    Cable("203.0.113.10", "203.0.113.1", 24), Cable("192.168.7.2", "192.168.7.1", 24),
    Cable("192.0.2.10", "192.0.2.1", 24), "198.51.100.7/32", is_translated=True,
)  # fmt: skip
IPV6 = Addresses(
    Cable("2001:db8:1::10", "2001:db8:1::1", 64), Cable("2001:db8:7::2", "2001:db8:7::1", 64),
    Cable("2001:db8:2::10", "2001:db8:2::1", 64), "2001:db8:9::7/128", is_translated=False,
)  # fmt: skip

_RULES = """
table inet net
delete table inet net
table inet net {{
    chain forward {{
        type filter hook forward priority filter; policy accept;
        {cuts}
    }}
    chain postrouting {{
        type nat hook postrouting priority srcnat;
        {translation}
    }}
}}
"""
_TRANSLATION = 'iifname "aibox" oifname != "aibox" masquerade'
_CUTS = {
    "wireguard": ["udp dport 51820 drop", "udp sport 51820 drop"],
    "rathole": ["tcp dport 2333 drop", "tcp sport 2333 drop"],
}


class Router:
    """Stands between the machines, hides the aibox, and loses packets when told to."""

    def __init__(self, addresses: Addresses = IPV4) -> None:
        self._addresses = addresses
        self._keeper = subprocess.Popen(["unshare", "--net", "sh", "-c", "echo ready; exec sleep infinity"],
                                        stdout=subprocess.PIPE, text=True)  # fmt: skip
        assert self._keeper.stdout and self._keeper.stdout.readline() == "ready\n"
        self._cut: set[str] = set()
        self.run("ip", "link", "set", "lo", "up")
        self.run("ip", "address", "add", addresses.visitors, "dev", "lo")
        self.run("sysctl", "-q", "-w", "net.ipv4.ip_forward=1", "net.ipv6.conf.all.forwarding=1")
        self._apply()

    @property
    def process(self) -> int:
        """Whose network it is."""
        return self._keeper.pid

    def take(self, interface: str, cable: Cable) -> None:
        """Takes this end of a cable into use."""
        # Addresses of IPv6 count at once, without asking whether another has them.
        self.run("ip", "address", "add", f"{cable.router}/{cable.bits}", "dev", interface, "nodad")
        self.run("ip", "link", "set", interface, "up")

    def enter(self, *command: object) -> list[str]:
        """The command as a visitor runs it."""
        return ["nsenter", "--target", str(self._keeper.pid), "--net", *map(str, command)]

    def run(self, *command: object, stdin: str = "", check: bool = True) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(self.enter(*command), input=stdin, capture_output=True, text=True, timeout=60,
                              env=ENVIRONMENT)  # fmt: skip
        assert not check or done.returncode == 0, f"{command}: {done.stderr}"
        return done

    def cut(self, tunnel: str) -> None:
        """Packets of this tunnel vanish on the way."""
        self._cut.add(tunnel)
        self._apply()

    def mend(self) -> None:
        self._cut.clear()
        self._apply()

    def _apply(self) -> None:
        cuts = "\n        ".join(rule for tunnel in sorted(self._cut) for rule in _CUTS[tunnel])
        translation = _TRANSLATION if self._addresses.is_translated else ""
        self.run("nft", "-f", "-", stdin=_RULES.format(cuts=cuts, translation=translation))

    def close(self) -> None:
        self._keeper.kill()
        self._keeper.wait()
        if self._keeper.stdout:
            self._keeper.stdout.close()


class Internet(Router):
    """With cables to machines that are containers."""

    def __init__(self, vps: End, aibox: End, addresses: Addresses = IPV4) -> None:
        super().__init__(addresses)
        self.attach(vps, addresses.vps)
        self.attach(aibox, addresses.aibox)

    def attach(self, machine: End, cable: Cable) -> None:
        """Lays a cable to the machine, with the router as its way out."""
        self.run("ip", "link", "add", machine.name, "type", "veth", "peer", "name", "eth0", "netns", machine.process)
        self.take(machine.name, cable)
        machine.run("ip", "address", "add", f"{cable.machine}/{cable.bits}", "dev", "eth0", "nodad")
        machine.run("ip", "link", "set", "eth0", "up")
        machine.run("ip", "route", "add", "default", "via", cable.router)
