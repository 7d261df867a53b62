"""What happens to packets between the hosts: nothing, silence, a refusal, loss, or another sender's port.

Packets are judged in the router's forward hook. A host that dropped its own packets would see the error.
"""

from dataclasses import dataclass, field
from enum import Enum

from .namespaces import Namespace, run

#: The router's interfaces by host and tunnel.
VPS_WIREGUARD, BOX_WIREGUARD, VPS_RATHOLE, BOX_RATHOLE = "vu", "bu", "vt", "bt"
WIREGUARD_PORT, BOX_PORT = 51820, 51821


class Tunnel(Enum):
    WIREGUARD = "udp"
    RATHOLE = "tcp"


class Way(Enum):
    TO_BOX = "to box"
    TO_VPS = "to vps"
    BOTH = "both"

    @property
    def each(self) -> tuple["Way", ...]:
        return (Way.TO_BOX, Way.TO_VPS) if self is Way.BOTH else (self,)


_ENTERS = {
    (Tunnel.WIREGUARD, Way.TO_BOX): VPS_WIREGUARD,
    (Tunnel.WIREGUARD, Way.TO_VPS): BOX_WIREGUARD,
    (Tunnel.RATHOLE, Way.TO_BOX): VPS_RATHOLE,
    (Tunnel.RATHOLE, Way.TO_VPS): BOX_RATHOLE,
}
SILENCE = "drop"
REFUSAL = {Tunnel.WIREGUARD: "reject with icmp port-unreachable", Tunnel.RATHOLE: "reject with tcp reset"}


def loss(percent: int) -> str:
    """Drops each packet with this chance."""
    return f"numgen random mod 100 < {percent} drop"


@dataclass
class Router:
    """Every change is one transaction: no packet meets half of it."""

    namespace: Namespace
    vps_address: str
    box_address: str
    #: What the box's packets seem to come from.
    public_address: str
    #: Where packets to the box's tunnel go when they are delayed on the way: an address of the router.
    relay_address: str
    public_port: int = 40_001
    is_delayed: bool = False
    fates: dict[tuple[Tunnel, Way], str] = field(default_factory=dict)

    def set(self, tunnel: Tunnel, fate: str, way: Way = Way.BOTH) -> None:
        for each in way.each:
            self.fates[tunnel, each] = fate
        self.apply()

    def cut(self, tunnel: Tunnel, way: Way = Way.BOTH) -> None:
        """Silence from now on."""
        self.set(tunnel, SILENCE, way)

    def refuse(self, tunnel: Tunnel) -> None:
        self.set(tunnel, REFUSAL[tunnel])

    def mend(self) -> None:
        """Everything passes again."""
        self.fates.clear()
        self.apply()

    def rebind(self) -> None:
        """The router forgets the box's port and gives its next packet another."""
        self.public_port += 1
        self.apply()

    def apply(self) -> None:
        forward = [
            f'iifname "{_ENTERS[tunnel, way]}" meta l4proto {tunnel.value} {fate}'
            for (tunnel, way), fate in self.fates.items()
        ]
        table = ["table ip lab", "delete table ip lab", "table ip lab {"]
        table += ["chain translate {", "type filter hook prerouting priority raw; policy accept;"]
        table += [f"{rule}" for rule in self._translation()]
        table += ["}", "chain forward {", "type filter hook forward priority filter; policy accept;"]
        table += [*forward, "}", "}", ""]
        run(*self.namespace.enter, "nft", "-f", "-", stdin="\n".join(table))

    def _translation(self) -> list[str]:
        """Network address translation without memory, so that a change takes hold at once."""
        if self.is_delayed:
            # The relay is the one who sends on, from the public port.
            return [f'iifname "{BOX_WIREGUARD}" udp dport {WIREGUARD_PORT} ip daddr set {self.relay_address}']
        return [
            f'iifname "{BOX_WIREGUARD}" udp sport {BOX_PORT}'
            f" ip saddr set {self.public_address} udp sport set {self.public_port}",
            f'iifname "{VPS_WIREGUARD}" udp dport {self.public_port}'
            f" ip daddr set {self.box_address} udp dport set {BOX_PORT}",
        ]
