"""The Internet between the machines: a router in a network of its own, where the visitors are, too.

vps 203.0.113.10 ── 203.0.113.1 (router, visitors at 198.51.100.7) 192.168.7.1 ── 192.168.7.2 aibox, behind NAT
"""

import subprocess

from .ends import ENVIRONMENT, End

VPS_ADDRESS, ROUTER_ADDRESS, VISITOR_ADDRESS = "203.0.113.10", "203.0.113.1", "198.51.100.7"
NEW_VPS_ADDRESS, NEW_ROUTER_ADDRESS = "192.0.2.10", "192.0.2.1"
HOME_ROUTER_ADDRESS, AIBOX_ADDRESS = "192.168.7.1", "192.168.7.2"

_RULES = """
table ip net
delete table ip net
table ip net {{
    chain forward {{
        type filter hook forward priority filter; policy accept;
        {cuts}
    }}
    chain postrouting {{
        type nat hook postrouting priority srcnat;
        ip saddr 192.168.7.0/24 oifname != "aibox" masquerade
    }}
}}
"""
_CUTS = {
    "wireguard": "udp dport 51820 drop; udp sport 51820 drop;",
    "rathole": "tcp dport 2333 drop; tcp sport 2333 drop;",
}


class Internet:
    def __init__(self, vps: End, aibox: End) -> None:
        self._keeper = subprocess.Popen(["unshare", "--net", "sh", "-c", "echo ready; exec sleep infinity"],
                                        stdout=subprocess.PIPE, text=True)  # fmt: skip
        assert self._keeper.stdout and self._keeper.stdout.readline() == "ready\n"
        self._cut: set[str] = set()
        self.run("ip", "link", "set", "lo", "up")
        self.run("ip", "address", "add", f"{VISITOR_ADDRESS}/32", "dev", "lo")
        self.attach(vps, ROUTER_ADDRESS, VPS_ADDRESS)
        self.attach(aibox, HOME_ROUTER_ADDRESS, AIBOX_ADDRESS)
        self.run("sysctl", "-q", "-w", "net.ipv4.ip_forward=1")
        self._apply()

    def attach(self, machine: End, here: str, there: str) -> None:
        """Lays a cable to the machine, which is `there`, with the router as its way out."""
        self.run("ip", "link", "add", machine.name, "type", "veth", "peer", "name", "eth0", "netns", machine.process)
        self.run("ip", "address", "add", f"{here}/24", "dev", machine.name)
        self.run("ip", "link", "set", machine.name, "up")
        machine.run("ip", "address", "add", f"{there}/24", "dev", "eth0")
        machine.run("ip", "link", "set", "eth0", "up")
        machine.run("ip", "route", "add", "default", "via", here)

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
        cuts = "\n".join(line for tunnel in sorted(self._cut) for line in _CUTS[tunnel].split(" ; "))
        self.run("nft", "-f", "-", stdin=_RULES.format(cuts=cuts.replace("; ", "\n")))

    def close(self) -> None:
        self._keeper.kill()
        self._keeper.wait()
        if self._keeper.stdout:
            self._keeper.stdout.close()
