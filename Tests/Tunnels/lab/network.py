"""Everything together: the VPS, the box, and a router between them with a way for each tunnel.

    vps u0 10.91.1.2 ── 10.91.1.1 vu ─┐       ┌─ bu 10.91.2.1 ── 10.91.2.2 u0 box      WireGuard, UDP
                                      router
    vps t0 10.91.3.2 ── 10.91.3.1 vt ─┘       └─ bt 10.91.4.1 ── 10.91.4.2 t0 box      Rathole, TCP

The VPS's default route leads to the router, so that a packet for the box that misses the tunnel has somewhere to go.
"""

import contextlib
from collections.abc import Callable, Iterator

import httpx

from stage.polling import until
from stage.process import Process
from stage.secrets import Secrets
from stage.visitor import Visitor
from stage.workspace import Workspace

from .gateway import Reader, SupervisedGateway
from .namespaces import Namespace, run
from .rathole import Noise, Rathole, client_file, server_file
from .router import BOX_PORT, WIREGUARD_PORT, Router
from .visitors import Visitors, python, python_environment
from .wireguard import BOX_TUNNEL_ADDRESS, WireGuard

APP_PORT = 7860
_CONTROL = "10.91.3.2:2333"
_VISITORS = "127.0.0.1:5202"


class Network:
    def __init__(self, workspace: Workspace, secrets: Secrets, rathole: Rathole) -> None:
        self._closing: list[Callable[[], object]] = []
        self._workspace = workspace
        self._rathole = rathole
        try:
            self._lay()
            self.wireguard = WireGuard(workspace, self.vps, self.box, "10.91.1.2")
            self._closing.append(self.wireguard.close)
            self._noise = Noise("KK", rathole.new_keys(), rathole.new_keys())
            self._oracle = workspace.directory("oracle") / "app.sock"
            self.app: Process | None = None
            self.rathole_server: Process | None = None
            self.rathole_client: Process | None = None
            self.start_all()
            interface = self.wireguard.vps.interface
            self.gateway = SupervisedGateway(workspace, secrets, self.vps, interface)
            self._closing.append(self.gateway.close)
            self.reader = Reader(workspace, self.vps, self.gateway, interface)
            self._closing.append(self.reader.stop)
            self.reader.start()
            self.gateway.start()
            self.visitor: Visitor = self.gateway.signed_in()
            self._closing.append(self.visitor.close)
        except BaseException:
            self.close()
            raise

    def _lay(self) -> None:
        """Namespaces, cables and routes."""
        self.vps, self.net, self.box = (self._namespace(role) for role in ("vps", "net", "box"))
        for router_end, host, host_end, subnet in (
            ("vu", self.vps, "u0", 1),
            ("bu", self.box, "u0", 2),
            ("vt", self.vps, "t0", 3),
            ("bt", self.box, "t0", 4),
        ):
            self.net.ip("link", "add", router_end, "type", "veth", "peer", "name", host_end, "netns", host.name)
            for namespace, device, number in ((self.net, router_end, 1), (host, host_end, 2)):
                namespace.ip("address", "add", f"10.91.{subnet}.{number}/24", "dev", device)
                namespace.ip("link", "set", device, "up")
        self.net.set("net.ipv4.ip_forward", "1")
        # Translated before they are routed, the box's packets come in with an address of the router itself.
        self.net.set("net.ipv4.conf.all.accept_local", "1")
        self.vps.ip("route", "add", "default", "via", "10.91.1.1")
        self.vps.ip("route", "add", "10.91.4.0/24", "via", "10.91.3.1")
        self.box.ip("route", "add", "default", "via", "10.91.2.1")
        self.box.ip("route", "add", "10.91.3.0/24", "via", "10.91.4.1")
        # What systemd's distributions allow: everybody may send an echo request.
        self.vps.set("net.ipv4.ping_group_range", "0 2147483647")
        self.router = Router(self.net, "10.91.1.2", "10.91.2.2", "10.91.1.1", "10.91.2.1")
        self.router.apply()

    def _namespace(self, role: str) -> Namespace:
        namespace = Namespace(role)
        self._closing.append(namespace.close)
        return namespace

    # What runs

    def start_all(self) -> None:
        """Starts what does not run."""
        if not _runs(self.app):
            self.start_app()
        if not _runs(self.rathole_server):
            self.start_rathole_server()
        if not _runs(self.rathole_client):
            self.start_rathole_client()

    def start_app(self) -> None:
        self.app = self._run(self.box, "app", *python("lab.app", str(APP_PORT), str(self._oracle)))
        until(lambda: self._answers(), f"the app answers; it logged {self.app.log_text()}")

    def _answers(self) -> bool:
        try:
            return bool(self.ask_app("/counts"))
        except httpx.TransportError:
            return False

    def start_rathole_server(self) -> None:
        config = server_file(_CONTROL, _VISITORS, noise=self._noise)
        self.rathole_server = self._keep(
            self._rathole.start(self._workspace, "server", config, within=self.vps.enter)
        )

    def start_rathole_client(self) -> None:
        config = client_file(_CONTROL, f"127.0.0.1:{APP_PORT}", noise=self._noise)
        self.rathole_client = self._keep(
            self._rathole.start(self._workspace, "client", config, within=self.box.enter)
        )

    def ask_app(self, path: str) -> dict[str, object]:
        """What the app has counted; or another word with its oracle."""
        with httpx.Client(transport=httpx.HTTPTransport(uds=str(self._oracle)), timeout=5) as client:
            return client.get(f"http://oracle{path}").json()

    @contextlib.contextmanager
    def delayed(self, each_way: float) -> Iterator[None]:
        """Holds WireGuard's packets for so many seconds in each direction."""
        relay = self._run(
            self.net,
            "delay",
            *python("lab.delay", str(each_way), f"10.91.1.1:{self.router.public_port}"),
            f"10.91.2.1:{WIREGUARD_PORT}",
            f"10.91.1.2:{WIREGUARD_PORT}",
            f"10.91.2.2:{BOX_PORT}",
        )
        try:
            relay.says("relaying")
            self.router.is_delayed = True
            self.router.apply()
            yield
        finally:
            self.router.is_delayed = False
            self.router.apply()
            relay.kill()
            self.wireguard.reset_endpoint()

    @contextlib.contextmanager
    def packets_for_the_box(self) -> Iterator[list[str]]:
        """What leaves the VPS for the box's tunnel address: afterwards the interface of each packet."""
        capture = self._run(self.vps, "capture", *python("lab.capture", BOX_TUNNEL_ADDRESS))
        seen: list[str] = []
        try:
            capture.says("watching")
            yield seen
            seen += [line.split(" ")[0] for line in capture.log_text().splitlines()[1:]]
        finally:
            capture.kill()

    # The whole

    def load(self) -> Visitors:
        return Visitors(self._workspace, self.gateway, self.visitor.cookie_header)

    def tunnel_used(self) -> str:
        """Over which tunnel a request of now comes; empty when it fails."""
        answer = self.visitor.get("/get?id=look")
        return answer.text if answer.status_code == 200 else ""

    def heal(self) -> None:
        """Everything works again, and traffic is on WireGuard."""
        self.router.mend()
        if not self.wireguard.vps.is_there:
            self.wireguard.rejoin()
        self.start_all()
        self.ask_app("/sense")
        until(lambda: self.tunnel_used() == "wireguard", "traffic is on WireGuard", 30, every=0.1)
        self.gateway.status("ok", within=30)

    def close(self) -> None:
        while self._closing:
            self._closing.pop()()

    def _run(self, namespace: Namespace, name: str, *command: str) -> Process:
        return self._keep(
            Process(
                self._workspace,
                name,
                [*namespace.enter, *command],
                environment=python_environment(),
                as_tester=True,
            )
        )

    def _keep(self, process: Process) -> Process:
        self._closing.append(process.kill)
        return process


def _runs(process: Process | None) -> bool:
    return process is not None and process.exit_code is None


def versions() -> dict[str, str]:
    """What stood around when something was measured."""
    said = run("wireguard-go", "--version").split("\n")[0]
    return {"kernel": run("uname", "-sr").strip(), "wireguard-go": said.split(" ")[1]}
