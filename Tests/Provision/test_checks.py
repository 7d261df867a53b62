"""What is looked at before anything is written, each with the real thing in a network of its own."""

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from machines.blank import ADDRESS, DOMAIN, Blank

Make = Callable[..., Blank]


@pytest.fixture
def blank(tmp_path: Path, runegate: Path) -> Iterator[Make]:
    """Makes machines that nobody has provisioned."""
    assert os.geteuid() == 0, "namespaces need root"
    made: list[Blank] = []

    def make(**more: str) -> Blank:
        files = {path: (text, 0o644) for path, text in more.items()}
        made.append(Blank(runegate, tmp_path / f"blank-{len(made)}", files))
        return made[-1]

    yield make
    for each in made:
        each.close()


@pytest.fixture
def vps(blank: Make) -> Blank:
    """One whose name leads to it."""
    vps = blank()
    vps.resolve()
    return vps


@pytest.fixture(scope="module")
def one_for_all(tmp_path_factory: pytest.TempPathFactory, runegate: Path) -> Iterator[Blank]:
    assert os.geteuid() == 0, "namespaces need root"
    machine = Blank(runegate, tmp_path_factory.mktemp("one") / "blank")
    yield machine
    machine.close()


@pytest.fixture
def still(one_for_all: Blank) -> Iterator[Blank]:
    """One on which no test changes anything; no name server runs there."""
    yield one_for_all
    one_for_all.stop_helpers()


def refused(vps: Blank, *said: str, words: tuple[str, ...] = (), verb: str = "vps") -> str:
    """The run fails, says this in one line that begins with FAIL, and changes nothing."""
    before = vps.files()
    done = vps.provision(*words, verb=verb)
    assert done.returncode == 1, done.stdout + done.stderr
    failures = [line for line in done.stderr.splitlines() if line.startswith("FAIL")]
    assert len(failures) == 1, done.stderr
    for text in said:
        assert text in failures[0], failures[0]
    assert done.stderr.endswith("Nothing was changed.\n")
    assert vps.files() == before
    return failures[0]


def accepted(vps: Blank, *words: str, warns: str | None = None) -> None:
    done = vps.provision(*words)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"https://{DOMAIN}/" in done.stdout
    # There is no Rathole here, which is said every time.
    lines = (line for line in done.stderr.splitlines() if not line.startswith("WARN  rathole"))
    warnings = [line for line in lines if line.startswith("WARN")]
    assert bool(warnings) == bool(warns) and all(warns in line for line in warnings), done.stderr


def test_where_all_is_right_nothing_is_said_and_a_second_run_changes_nothing(vps: Blank) -> None:
    accepted(vps)
    before = vps.files()
    again = vps.provision()
    assert again.returncode == 0 and "Nothing to change." in again.stdout
    assert vps.files() == before
    assert vps.run("stat", "-c", "%U:%G %a", "/etc/wireguard/wg0.conf").stdout == "root:root 600\n"
    taken_away = vps.provision("--uninstall")
    assert taken_away.returncode == 0, taken_away.stderr
    left = [name for name in vps.files() if "runegate" in name and name not in ("usr/bin/runegate",)]
    assert left == []


def test_a_dry_run_says_what_is_wrong_and_goes_on(still: Blank) -> None:
    before = still.files()
    done = still.provision("--dry-run")
    assert done.returncode == 0
    assert "FAIL  name: no name server answers" in done.stderr
    assert "Nothing was written." in done.stdout
    assert still.files() == before


# MARK: The system


def test_another_distribution_is_refused(blank: Make) -> None:
    vps = blank(**{"/etc/os-release": 'ID=fedora\nVERSION_ID=41\nPRETTY_NAME="Fedora Linux 41"\n'})
    vps.resolve()
    refused(vps, "Fedora Linux 41 is neither Debian nor Ubuntu", "--root DIR")


def test_a_missing_package_is_named_with_the_command_that_installs_it(vps: Blank) -> None:
    vps.run("rm", "/usr/bin/certbot")
    refused(vps, "missing: certbot", "apt-get install --yes --no-install-recommends certbot")


# MARK: The name


def test_no_name_server_is_not_no_record(still: Blank) -> None:
    refused(still, "no name server answers this machine", "/etc/resolv.conf", f"getent ahosts {DOMAIN}")


@pytest.mark.parametrize(
    ("addresses", "said"),
    [
        ("", ("has no address", "Add an A or AAAA record", ADDRESS)),
        ("198.51.100.7", (f"{DOMAIN} is 198.51.100.7, but this machine is {ADDRESS}", "--endpoint 198.51.100.7")),
        (f"{ADDRESS},198.51.100.7", ("leads to 198.51.100.7, too", "Remove that A record")),
        (f"{ADDRESS},2001:db8::7", ("leads to 2001:db8::7, too", "Remove that AAAA record")),
        ("2001:db8::7", (f"{DOMAIN} is 2001:db8::7, but", "Point its AAAA record here")),
    ],
)
def test_a_name_that_leads_elsewhere_is_refused(still: Blank, addresses: str, said: tuple[str, ...]) -> None:
    still.resolve(addresses)
    refused(still, *said)


def test_a_name_that_nobody_registered_is_refused(still: Blank) -> None:
    still.resolve(name="other.example.com")
    refused(still, f"{DOMAIN} has no address")


def test_both_kinds_of_address_may_lead_here(blank: Make) -> None:
    vps = blank()
    vps.run("ip", "address", "add", "2001:db8::5/128", "dev", "lo")
    vps.resolve(f"{ADDRESS},2001:db8::5")
    accepted(vps)


def test_an_address_that_is_led_on_is_taken_from_the_owner(blank: Make) -> None:
    vps = blank()
    vps.resolve("198.51.100.7")
    accepted(vps, "--endpoint", "198.51.100.7")


def test_a_name_in_the_hosts_file_hides_what_others_see(blank: Make) -> None:
    vps = blank(**{"/etc/hosts": f"127.0.0.1 localhost\n127.0.1.1 {DOMAIN}\n"})
    accepted(vps, warns="/etc/hosts of this machine says")


# MARK: Ports


@pytest.mark.parametrize(
    ("kind", "address", "port", "said"),
    [
        ("tcp", "0.0.0.0", 80, "nginx needs it"), ("tcp", "127.0.0.1", 443, "nginx needs it"),
        ("tcp", "::", 443, "nginx needs it"), ("tcp", "0.0.0.0", 2333, "--rathole-port 2334"),
        ("udp", "0.0.0.0", 51820, "--wireguard-port 51821"), ("udp", "::", 51820, "--wireguard-port 51821"),
    ],
)  # fmt: skip
def test_a_port_is_taken_by_a_program_with_a_number(
    still: Blank, kind: str, address: str, port: int, said: str
) -> None:
    still.resolve()
    holder = still.helper("listener.py", kind, address, port)
    # What it is called: `nsenter` has become it.
    name = Path(f"/proc/{holder.pid}/comm").read_text().strip()
    refused(
        still, f"{kind.upper()} port {port}: taken by {name} (process {holder.pid})", f"status {holder.pid}", said
    )


def test_another_port_is_a_way_out(vps: Blank) -> None:
    vps.helper("listener.py", "udp", "0.0.0.0", 51820)
    vps.helper("listener.py", "tcp", "0.0.0.0", 2333)
    accepted(vps, "--wireguard-port", "51821", "--rathole-port", "2334")


def test_a_tunnel_of_others_holds_its_port(still: Blank) -> None:
    still.resolve()
    still.run("wireguard-go", "office")
    still.run("wg", "set", "office", "listen-port", "51820")
    still.run("ip", "link", "set", "office", "up")
    said = ("UDP port 51820: taken by the WireGuard interface office", "wg-quick down office", "--wireguard-port")
    refused(still, *said)
    still.run("ip", "link", "delete", "office")


# MARK: nginx


def test_an_nginx_that_was_broken_before_is_not_touched(vps: Blank) -> None:
    vps.run("sh", "-c", "echo 'sever {}' >/etc/nginx/sites-enabled/old")
    refused(
        vps, "broken before Runegate came", 'unknown directive "sever" in /etc/nginx/sites-enabled/old:1', "nginx -t"
    )


def test_another_site_of_the_same_name_is_named(vps: Blank) -> None:
    site = f"server {{ listen 80; server_name www.example.com {DOMAIN}; }}"
    vps.run("tee", "/etc/nginx/sites-enabled/old", input=site + "\n")
    refused(vps, f"/etc/nginx/sites-enabled/old already answers for {DOMAIN}")


def test_our_own_broken_site_is_mended(vps: Blank) -> None:
    accepted(vps)
    vps.run("rm", "/etc/runegate/tls/site.pem")
    accepted(vps, warns="Runegate's own site is broken and is written anew")
    vps.run("nginx", "-t")


# MARK: Addresses in the tunnel


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("ip address add 10.0.0.7/24 dev lo", "lo has 10.0.0.0/24"),
        ("ip route add 10.0.0.0/8 dev lo", "a route over lo has 10.0.0.0/8"),
        ("ip route add unreachable 10.0.0.2/32", "10.0.0.2/32"),
        ("sh -c 'echo nameserver 10.0.0.2 >>/etc/resolv.conf'", "this machine asks 10.0.0.2 for names"),
    ],
)
def test_a_network_that_is_here_already_is_refused(vps: Blank, command: str, said: str) -> None:
    vps.run("sh", "-c", command)
    line = refused(vps, said, "10.0.0.0/24 clashes", "the join tells the aibox")
    (proposed,) = re.findall(r"--tunnel-network (\S+);", line)
    accepted(vps, "--tunnel-network", proposed)


# MARK: Mail


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    """A mail server's certificate, which is its own authority, and its key."""
    chain, key = tmp_path / "mail.pem", tmp_path / "mail.key"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", chain],
        check=True, capture_output=True,
    )  # fmt: skip
    return chain, key


def mail_words(vps: Blank, password: str, *more: str) -> tuple[str, ...]:
    vps.run("sh", "-c", "umask 077; cat >/root/password", input=password + "\n")
    return (
        "--smtp-host", "localhost", "--smtp-port", "2525", "--smtp-user", "me@example.com",
        "--smtp-password-file", "/root/password", *more,
    )  # fmt: skip


def test_a_mail_server_that_refuses_is_quoted(vps: Blank, certificate: tuple[Path, Path]) -> None:
    words = mail_words(vps, "wrong", "--smtp-ca-file", "/etc/mail.pem")
    vps.run("tee", "/etc/mail.pem", input=certificate[0].read_text())
    assert "localhost" in refused(vps, "mail:", words=words), "nobody listens"
    server = vps.helper("mail_server.py", *certificate, 2525, "me@example.com", "right")
    line = refused(vps, "mail:", "535", words=words)
    assert "wrong" not in line, "a password is never shown"
    untrusted = mail_words(vps, "right")
    refused(vps, "mail:", "certificate", words=untrusted)
    accepted(vps, *mail_words(vps, "right", "--smtp-ca-file", "/etc/mail.pem"))
    server.kill()
    assert server.stdout is not None and server.stdout.read() == "", "no mail is sent"


# MARK: Other firewalls


def test_ufw_is_told_what_to_let_in(vps: Blank) -> None:
    assert shutil.which("ufw"), "ufw is missing: run tools/setup/debian-packages.sh test"
    vps.run("sh", "-c", "sed -i 's/^IPV6=.*/IPV6=no/' /etc/default/ufw && ufw --force enable && ufw allow 443/tcp")
    wanted = "ufw allow 80/tcp && ufw allow 51820/udp && ufw allow 2333/tcp"
    accepted(vps, warns=wanted)
    vps.run("sh", "-c", wanted)
    accepted(vps)


def test_firewalld_is_told_what_to_let_in(vps: Blank) -> None:
    # firewalld needs a bus and a systemd of its own; what is asked of it is one word.
    vps.run(
        "sh", "-c", "printf '#!/bin/sh\\necho running\\n' >/usr/bin/firewall-cmd; chmod 755 /usr/bin/firewall-cmd"
    )
    accepted(vps, warns="firewall-cmd --permanent --add-service=http")
