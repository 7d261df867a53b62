"""The units of a machine that was set up by one command: each really runs in the sandbox that it asks for."""

import json
import time
from collections.abc import Callable

import pytest

from machines.booted import Booted
from machines.public_server import SETTING_UP, PublicServer
from machines.public_side import JOIN_CODE
from machines.rendered import files

RUNNING = [
    "runegate-firewall.service", "wg-quick@wg0.service", "runegate-wireguard.socket", "runegate-enroll.socket",
    "runegate-control.socket", "runegate.socket", "runegate.service", "nginx.service",
]  # fmt: skip

ACCOUNT = """smtp_host = "192.0.2.25"
smtp_port = 587
smtp_user = "gate@example.com"
smtp_pass = "secret"
from_address = "gate@example.com"
"""

READER = "/run/runegate-wireguard/reader.sock"
FIRST_LINE = "import socket; s = socket.socket(socket.AF_UNIX); s.connect('%s'); print(s.makefile().readline())"

# Somebody who tries for three seconds and leaves his connections in the queue.
KNOCKS = """
import socket, time
for _ in range(30):
    try:
        knock = socket.socket(socket.AF_UNIX)
        knock.setblocking(False)
        knock.connect("%s")
    except OSError:
        pass
    time.sleep(0.1)
"""


def wait_until(holds: Callable[[], bool], seconds: float, what: str) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, what
        time.sleep(0.1)


def tables(server: PublicServer) -> str:
    return server.machine.run("nft", "list", "tables").stdout


@pytest.mark.parametrize("unit", RUNNING)
def test_a_unit_runs(public_server: PublicServer, unit: str) -> None:
    assert public_server.machine.state(unit) == "active", public_server.machine.journal(unit)


def test_a_visitor_is_led_to_the_sign_in_page(public_server: PublicServer) -> None:
    page = public_server.curl("/", "--location", "--header", "Accept: text/html", "--write-out", "%{url_effective}")
    assert page.stdout.endswith("https://app.example.com/.runegate/login"), page.stderr


def test_the_files_are_what_was_written(public_server: PublicServer) -> None:
    assert "Every file is as provisioned." in public_server.machine.run(*SETTING_UP, "--verify").stdout


def test_a_second_run_starts_nothing_anew(public_server: PublicServer) -> None:
    def process() -> str:
        return public_server.machine.run("systemctl", "show", "--property=MainPID", "runegate.service").stdout

    before = process()
    public_server.machine.run(*SETTING_UP)
    assert process() == before


def test_the_reader_tells_of_the_interface(public_server: PublicServer) -> None:
    line = public_server.machine.run("/usr/bin/python3", "-c", FIRST_LINE % READER).stdout
    assert json.loads(line)["interface"] == "wg0"
    assert public_server.machine.state("runegate-wireguard.service") == "active"


def test_the_mailer_starts_with_its_account(public_server: PublicServer) -> None:
    machine = public_server.machine
    machine.write("/etc/runegate/config/email.toml", ACCOUNT, 0o600)
    try:
        machine.run("systemctl", "start", "runegate-mailer.service")
        assert machine.state("runegate-mailer.service") == "active"
    finally:
        machine.run("systemctl", "stop", "runegate-mailer.socket", "runegate-mailer.service")
        machine.run("rm", "/etc/runegate/config/email.toml")


def test_the_enrolment_starts(public_server: PublicServer) -> None:
    machine = public_server.machine
    machine.run("systemctl", "start", "runegate-enroll.service")
    assert machine.state("runegate-enroll.service") == "active", machine.journal("runegate-enroll.service")
    machine.run("systemctl", "stop", "runegate-enroll.service")
    assert machine.state("runegate-enroll.socket") == "active"


def test_the_owners_commands_reach_the_gateway(public_server: PublicServer) -> None:
    told = public_server.machine.run("runegate", "tunnels", "--json", check=False)
    assert told.returncode == 2, "not joined yet"
    assert json.loads(told.stdout)
    link = public_server.machine.run("runegate", "login-link", "you@example.com", "--no-qr").stdout
    assert "https://app.example.com/" in link


@pytest.mark.parametrize("deed", ["start", "reload", "restart", "stop"])
def test_what_flushes_all_tables_leaves_ours(public_server: PublicServer, deed: str) -> None:
    public_server.machine.run("systemctl", deed, "nftables.service")
    assert "table inet runegate\n" in tables(public_server)


def test_the_firewall_goes_and_comes_by_its_unit(public_server: PublicServer) -> None:
    public_server.machine.run("systemctl", "stop", "runegate-firewall.service")
    assert "runegate" not in tables(public_server)
    public_server.machine.run("systemctl", "start", "runegate-firewall.service")
    assert "table inet runegate\n" in tables(public_server)


def test_the_tunnel_comes_back_by_itself(public_server: PublicServer) -> None:
    machine = public_server.machine
    place = "/etc/wireguard/wg0.conf"
    machine.run("systemctl", "stop", "wg-quick@wg0.service")
    machine.run("mv", place, f"{place}.away")
    machine.run("systemctl", "start", "wg-quick@wg0.service", check=False)
    machine.run("mv", f"{place}.away", place)
    wait_until(lambda: machine.state("wg-quick@wg0.service") == "active", 20, "wg0 stays away")


def test_a_gateway_that_could_not_start_is_back_when_it_can(public_server: PublicServer) -> None:
    """Visitors knock meanwhile, which starts it again and again; its socket must not give up."""
    machine = public_server.machine
    secret = "/etc/runegate/credentials/jwt-secret"
    machine.run("mv", secret, f"{secret}.away")
    machine.run("systemctl", "restart", "runegate.service", check=False)
    for _ in range(60):
        public_server.curl("/.runegate/health", "--max-time", "0.05")
    machine.run("mv", f"{secret}.away", secret)
    wait_until(lambda: '"ok"' in public_server.curl("/.runegate/health").stdout, 10, "the gateway stays away")


@pytest.mark.parametrize(
    ("unit", "socket"),
    [
        ("runegate-wireguard", READER),
        ("runegate-enroll", "/run/runegate-enroll/enroll.sock"),
        ("runegate-mailer", "/run/runegate-mail/mail.sock"),
    ],
)
def test_a_helper_that_crashed_often_is_back_when_it_can(public_server: PublicServer, unit: str, socket: str) -> None:
    machine = public_server.machine
    drop_in = f"/run/systemd/system/{unit}.service.d"
    machine.write("/etc/runegate/config/email.toml", ACCOUNT, 0o600)
    machine.write(
        f"{drop_in}/broken.conf",
        "[Service]\nExecStart=\nExecStart=/usr/bin/runegate serve --broken\nRestartSec=100ms\n",
    )
    machine.run("systemctl", "daemon-reload")
    try:
        machine.run("systemctl", "stop", f"{unit}.service")
        machine.run("systemctl", "start", f"{unit}.socket")
        machine.run("/usr/bin/python3", "-c", KNOCKS % socket)
        machine.run("rm", "-r", drop_in)
        machine.run("systemctl", "daemon-reload")
        wait_until(
            lambda: {machine.state(f"{unit}.{kind}") for kind in ("socket", "service")} == {"active"}, 10,
            "the helper stays away",
        )  # fmt: skip
    finally:
        machine.run("rm", "-rf", drop_in, "/etc/runegate/config/email.toml")
        machine.run("systemctl", "daemon-reload")
        machine.run("systemctl", "stop", "runegate-mailer.socket", f"{unit}.service")
        machine.run("systemctl", "reset-failed")


@pytest.fixture(scope="module")
def aibox(boot: Callable[..., Booted]) -> Booted:
    """The private machine's files, as a join leaves them, without a server to talk to."""
    hosts = {"/etc/hosts": "127.0.0.1 localhost\n203.0.113.10 app.example.com\n"}
    return boot(more=hosts | {path: content.decode() for path, content in files("aibox").items()})


def test_the_aiboxs_units_run(aibox: Booted) -> None:
    aibox.run("systemctl", "start", "runegate-firewall.service", "wg-quick@wg0.service", "runegate-tend.timer")
    assert "table inet runegate\n" in aibox.run("nft", "list", "tables").stdout
    assert "app" not in aibox.run("wg", "show", "wg0", "endpoints").stdout, "the name is resolved"
    assert aibox.run("systemctl", "start", "runegate-tend.service").returncode == 0
    assert aibox.run("sysctl", "-n", "net.ipv4.conf.wg0.route_localnet").stdout == "1\n"


def test_a_code_that_leads_nowhere_any_more_gets_a_successor(public_server: PublicServer) -> None:
    """A code says where the tunnels go; one from before a change would let the aibox join, and no tunnel come up."""

    def code_shown(*words: str) -> str:
        shown = public_server.machine.run(*SETTING_UP, *words).stdout
        found = JOIN_CODE.search(shown)
        return "".join(found[0].split()) if found else ""

    first = code_shown("--rathole-port", "2444")
    assert first
    assert code_shown() == "", "nothing changed: the code that was given is good"
    second = code_shown("--rathole-port", "2333")
    assert second and second != first
