"""A WireGuard tunnel between the hosts: two real `wireguard-go`, as the host's kernel may have no module."""

from pathlib import Path

from stage.polling import until
from stage.process import Process
from stage.workspace import Workspace

from .namespaces import WIREGUARD_SOCKETS, Namespace, interface_name, run
from .router import BOX_PORT, WIREGUARD_PORT

VPS_TUNNEL_ADDRESS, BOX_TUNNEL_ADDRESS = "10.0.0.1", "10.0.0.2"


class WireGuardEnd:
    """One end. Deleted and created again it keeps its keys."""

    def __init__(
        self, workspace: Workspace, namespace: Namespace, role: str, port: int, address: str, peer_address: str
    ) -> None:
        self.interface = interface_name(role)
        self._workspace, self._namespace = workspace, namespace
        self._port, self._address, self._peer_address = port, address, peer_address
        self._private = run("wg", "genkey").strip()
        self.public = run("wg", "pubkey", stdin=self._private).strip()
        self._peer: list[str] = []
        self._process: Process | None = None

    def use_peer(self, public: str, *words: str) -> None:
        """Whom it talks to, in `wg`'s words."""
        self._peer = ["peer", public, "allowed-ips", f"{self._peer_address}/32", *words]

    def join(self) -> None:
        """Adds the peer."""
        self.set(*self._peer)

    def create(self) -> None:
        """Makes the interface and brings it up."""
        self._process = Process(
            self._workspace,
            f"wireguard-{self.interface}",
            [*self._namespace.enter, "wireguard-go", "--foreground", self.interface],
            environment={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LOG_LEVEL": "error"},
            as_tester=True,
        )
        until(self._socket.exists, f"wireguard-go makes {self.interface}; it logged {self._process.log_text()}")
        key = self._workspace.write(self._workspace.root / f"{self.interface}.key", self._private)
        self.set("private-key", str(key), "listen-port", str(self._port))
        self.join()
        self._namespace.ip("address", "add", f"{self._address}/32", "dev", self.interface)
        self._namespace.ip("link", "set", "mtu", "1380", "dev", self.interface, "up")
        self._namespace.ip("route", "add", f"{self._peer_address}/32", "dev", self.interface)

    @property
    def is_there(self) -> bool:
        return self._process is not None

    def delete(self) -> None:
        """The interface is gone, with its route."""
        if self._process:
            self._process.kill()
            self._process = None
        self._socket.unlink(missing_ok=True)

    def set(self, *words: str) -> None:
        """`wg set`."""
        run("wg", "set", self.interface, *words)

    def latest_handshake(self) -> int:
        """Unix seconds; zero before the first."""
        return int(run("wg", "show", self.interface, "latest-handshakes").split("\t")[1])

    @property
    def _socket(self) -> Path:
        return WIREGUARD_SOCKETS / f"{self.interface}.sock"


class WireGuard:
    """Both ends."""

    def __init__(self, workspace: Workspace, vps: Namespace, box: Namespace, vps_address: str) -> None:
        self._vps_address = vps_address
        self.vps = WireGuardEnd(workspace, vps, "vps", WIREGUARD_PORT, VPS_TUNNEL_ADDRESS, BOX_TUNNEL_ADDRESS)
        self.box = WireGuardEnd(workspace, box, "box", BOX_PORT, BOX_TUNNEL_ADDRESS, VPS_TUNNEL_ADDRESS)
        self.vps.use_peer(self.box.public)
        self.box.use_peer(self.vps.public, "endpoint", self._endpoint, "persistent-keepalive", "25")
        self.vps.create()
        self.box.create()

    def keep_alive(self, seconds: int) -> None:
        """How often the box speaks unasked."""
        self.box.set("peer", self.vps.public, "persistent-keepalive", str(seconds))

    def rejoin(self) -> None:
        """Makes the VPS's end anew after its deletion, and has the box greet it."""
        self.vps.create()
        self.box.set("peer", self.vps.public, "remove")
        self.box.join()

    def reset_endpoint(self) -> None:
        """Has the box send to the VPS's own address again."""
        self.box.set("peer", self.vps.public, "endpoint", self._endpoint)

    def close(self) -> None:
        self.vps.delete()
        self.box.delete()

    @property
    def _endpoint(self) -> str:
        return f"{self._vps_address}:{WIREGUARD_PORT}"
