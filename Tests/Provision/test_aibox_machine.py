"""`runegate provision aibox` on machines that really run, towards a public server that has IPv6 only and no Rathole.

The tests follow one box from its first try to its end, in the order in which they stand here.
"""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from machines.booted import Booted
from stage.polling import until

ECHO = Path(__file__).parent / "machines" / "echo.py"
HOSTS = {"/etc/hosts": "127.0.0.1 localhost\n2001:db8::1 app.example.com\n"}
CODE = "/root/code"
# Where PID 1 is systemd and does not show it, as in a container that has only its files.
UNMANAGED = "mount -t tmpfs tmpfs /run/systemd && exec runegate provision aibox --join-file /root/code"


@dataclass
class Home:
    """The box with its app, and the public server at the other end of a cable."""

    vps: Booted
    box: Booted
    app: subprocess.Popen[bytes] | None = None

    def start_app(self) -> None:
        """It listens on 127.0.0.1 alone, as many do."""
        command = self.box.on_network(sys.executable, ECHO, "127.0.0.1", "7860")
        self.app = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        assert self.app.stdout and self.app.stdout.readline() == b"ready\n"

    def stop_app(self) -> None:
        if self.app:
            self.app.kill()
            self.app.communicate()
            self.app = None

    def provision(self, *words: str) -> subprocess.CompletedProcess[str]:
        return self.box.run("runegate", "provision", "aibox", *words, check=False, stdin=subprocess.DEVNULL)

    def paths(self, *words: str) -> dict[str, dict]:
        """What a run says about each path."""
        done = self.provision("--json", *words)
        assert done.returncode in (0, 1), done.stderr
        document = json.loads(done.stdout)
        return {path["path"]: path | {"status": done.returncode} for path in document["paths"]}

    def words(self, machine: Booted) -> str:
        return json.loads(machine.run("runegate", "provision", "status", "--json").stdout)["join"]["fingerprint"]

    def tunnels(self) -> dict:
        return json.loads(self.box.run("runegate", "tunnels", "--json", check=False).stdout)


@pytest.fixture(scope="module")
def home(boot: Callable[..., Booted]) -> Iterator[Home]:
    # One address asks more often here than anybody would.
    often = {"/etc/runegate/runegate.toml": "token_rate_limit = 1000\n"}
    vps, box = boot(more=HOSTS | often), boot(more=HOSTS)
    subprocess.run(
        ["ip", "link", "add", "eth0", "netns", str(vps.process), "type", "veth",
         "peer", "name", "eth0", "netns", str(box.process)], check=True,
    )  # fmt: skip
    for machine, address in ((vps, "2001:db8::1/64"), (box, "2001:db8::2/64")):
        machine.run("ip", "address", "add", address, "dev", "eth0", "nodad")
        machine.run("ip", "link", "set", "eth0", "up")
    # It ends with what certbot could not do here, where there is no authority.
    vps.run(
        "runegate", "provision", "vps", "--domain", "app.example.com", "--allow", "you@example.com", "--no-ask",
        check=False, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    code = json.loads(vps.run("runegate", "provision", "join", "--json").stdout)["code"]
    box.write(CODE, code, 0o600)
    home = Home(vps, box)
    home.start_app()
    yield home
    home.stop_app()


def test_a_clash_of_networks_is_said_before_the_code_is_used(home: Home) -> None:
    home.box.run("ip", "address", "add", "10.0.0.77/24", "dev", "eth0")
    refused = home.provision("--join-file", CODE)
    home.box.run("ip", "address", "delete", "10.0.0.77/24", "dev", "eth0")
    assert refused.returncode == 1 and "eth0 has 10.0.0.0/24" in refused.stderr
    assert "--tunnel-network" in refused.stderr and "code was not used" in refused.stderr
    assert home.box.run("ls", "/etc/runegate", check=False).returncode == 2


def test_without_a_systemd_it_writes_and_names_what_was_not_started(home: Home) -> None:
    done = home.box.run("unshare", "--mount", "bash", "-c", UNMANAGED)
    assert "systemctl enable --now runegate-firewall.service wg-quick@wg0.service" in done.stderr
    assert "Nothing was started" in done.stdout
    assert home.box.run("ip", "link", "show", "wg0", check=False).returncode == 1


def test_a_later_run_starts_it_and_proves_the_path(home: Home) -> None:
    done = home.provision()
    assert done.returncode == 0, done.stdout + done.stderr
    assert "ok   wireguard: works; the app answers through it (200)" in done.stdout
    assert "no fallback" in done.stdout and "Install rathole" in done.stdout
    assert "Nothing to change" in done.stdout
    words = home.words(home.box)
    assert words == home.words(home.vps) and words in done.stdout


def test_the_largest_packet_is_found_also_on_a_narrow_way(home: Home) -> None:
    configuration = home.box.run("cat", "/etc/wireguard/wg0.conf").stdout
    assert "MTU = 1420" in configuration, "1500 bytes without IPv6, UDP and WireGuard's own"
    home.vps.run("ip", "link", "set", "eth0", "mtu", "1400")
    assert home.paths("--mtu", "find")["wireguard"]["state"] == "works"
    found = home.box.run("cat", "/sys/class/net/wg0/mtu").stdout
    # A cable between namespaces carries four bytes more than it says.
    assert 1400 - 80 <= int(found) <= 1404 - 80
    home.vps.run("ip", "link", "set", "eth0", "mtu", "1500")


def test_an_app_that_is_not_there_is_told_from_a_tunnel_that_is_not(home: Home) -> None:
    home.stop_app()
    without_app = home.paths()["wireguard"]
    assert without_app["state"] == "app-down" and without_app["status"] == 0
    assert "Start the app" in without_app["text"] and home.tunnels()["verdict"] == "app-down"
    home.start_app()
    home.vps.run("systemctl", "stop", "wg-quick@wg0.service")
    without_tunnel = home.paths()["wireguard"]
    assert without_tunnel["state"] == "down" and without_tunnel["status"] == 1
    assert "UDP" in without_tunnel["text"]
    seen = home.box.run("runegate", "tunnels", check=False)
    assert seen.returncode == 2 and seen.stdout.startswith("DOWN")
    home.vps.run("systemctl", "start", "wg-quick@wg0.service")


def test_new_keys_are_in_use_on_both_machines(home: Home) -> None:
    before = home.words(home.box)
    done = home.provision("--rotate", "wireguard")
    assert done.returncode == 0, done.stdout + done.stderr
    after = home.words(home.box)
    assert after == home.words(home.vps) != before and after in done.stdout
    assert home.paths()["wireguard"]["state"] == "works"
    assert home.provision("--verify").returncode == 0


def test_an_interface_that_somebody_took_away_comes_back(home: Home) -> None:
    home.box.run("wg-quick", "down", "wg0")
    assert home.tunnels()["wire_guard"]["is_up"] is False
    tended = home.box.run("runegate", "tend")
    assert "bringing it up again" in tended.stdout + tended.stderr
    assert home.paths()["wireguard"]["state"] == "works"
    assert home.tunnels()["verdict"] == "ok"


def test_the_timer_has_wireguard_notice_a_server_that_restarted(home: Home) -> None:
    def shaken() -> bool:
        # Only the server is asked: a look from the aibox would itself send something.
        return home.vps.run("wg", "show", "wg0", "latest-handshakes").stdout.split()[1] != "0"

    def sent() -> int:
        return int(home.box.run("wg", "show", "wg0", "transfer").stdout.split()[2])

    home.vps.run("systemctl", "restart", "wg-quick@wg0.service")
    assert not shaken(), "it knows nobody"
    before = sent()
    home.box.run("runegate", "tend")
    # One packet with data; a keepalive has 32 bytes, and WireGuard waits 15 s for an answer to data only.
    assert sent() - before >= 64
    until(shaken, "the aibox has shaken hands anew", 40)


def test_what_only_the_public_server_does_is_sent_there(home: Home) -> None:
    asked = home.box.run("runegate", "sessions", "list", check=False)
    assert asked.returncode == 3 and "public server" in asked.stderr


def test_an_uninstall_leaves_nothing_that_runs(home: Home) -> None:
    assert home.provision("--uninstall").returncode == 0
    assert home.box.run("ip", "link", "show", "wg0", check=False).returncode == 1
    assert home.box.run("nft", "list", "ruleset").stdout == ""
    left = home.box.run("find", "/etc/runegate", "/etc/rathole", "/var/lib/runegate-tend", check=False).stdout
    assert left == "" and home.box.state("runegate-tend.timer") != "active"
