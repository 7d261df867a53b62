"""Each rendered file, taken by the program that it is for."""

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from machines.machine import Machine
from machines.rendered import AIBOX, CASES, VPS, files

Make = Callable[[str], Machine]

# The bars of `systemd-analyze security`, from 0 (nothing left to take away) to 10.
EXPOSURE = {
    "vps": {
        "runegate.service": 1.0, "runegate-mailer.service": 1.2, "runegate-wireguard.service": 1.2,
        "runegate-enroll.service": 1.8, "runegate-firewall.service": 1.6, "rathole.service": 1.1,
    },
    "aibox": {"runegate-tend.service": 1.9, "runegate-firewall.service": 1.6, "rathole.service": 1.1},
}  # fmt: skip


@pytest.mark.parametrize("case", VPS)
def test_nginx_takes_the_site(machine: Make, case: str) -> None:
    done = machine(case).run("nginx", "-t")
    assert "[warn]" not in done.stderr and "[emerg]" not in done.stderr, done.stderr


@pytest.mark.parametrize("case", VPS)
def test_gixy_has_nothing_of_weight_to_say(tmp_path: Path, gixy: str, case: str) -> None:
    (tmp_path / "site.conf").write_bytes(files(case)["/etc/nginx/conf.d/runegate.conf"])
    whole = tmp_path / "nginx.conf"
    whole.write_text(f"events {{}}\nhttp {{\n    include {tmp_path}/site.conf;\n}}\n")
    done = subprocess.run([gixy, "--format", "json", whole], capture_output=True, text=True)
    found = json.loads(done.stdout)
    assert [issue for issue in found if issue["severity"] in ("HIGH", "MEDIUM")] == []


@pytest.mark.parametrize("case", CASES)
def test_nft_takes_the_table_and_leaves_others_alone(machine: Make, case: str) -> None:
    here = machine(case)
    here.run("nft", "add", "table", "inet", "somebodys")
    for _ in range(2):
        here.run("nft", "-c", "-f", "/etc/runegate/firewall.nft")
        here.run("nft", "-f", "/etc/runegate/firewall.nft")
    tables = here.run("nft", "list", "tables").stdout.split("\n")
    assert tables[:2] == ["table inet somebodys", "table inet runegate"]
    rules = here.run("nft", "list", "table", "inet", "runegate").stdout
    assert rules.count("hook input") == 1, "loading it twice doubles nothing"


@pytest.mark.parametrize("case", CASES)
def test_wg_quick_takes_the_interface(machine: Make, case: str) -> None:
    here = machine(case)
    stripped = here.run("wg-quick", "strip", "wg0").stdout
    assert "PrivateKey" in stripped and "Address" not in stripped
    here.run("wireguard-go", "wg0")
    try:
        here.run("bash", "-c", "wg setconf wg0 <(wg-quick strip wg0)")
        peers = here.run("wg", "show", "wg0", "allowed-ips").stdout.split("\n")[:-1]
    finally:
        # Which ends the program, too.
        here.run("ip", "link", "delete", "wg0")
    assert len(peers) == (0 if case == "vps-bare" else 1)
    assert all(re.search(r"\t\d+\.\d+\.\d+\.\d+/32$", peer) for peer in peers)


@pytest.mark.parametrize(("case", "other"), [("vps", "10.0.0.2"), ("vps-bare", "10.0.0.2"), ("aibox", "10.0.0.1")])
def test_the_interface_comes_up_behind_its_firewall(machine: Make, case: str, other: str) -> None:
    here = machine(case)
    here.run("wg-quick", "up", "wg0")
    assert "table inet runegate" in here.run("nft", "list", "tables").stdout
    assert "dev wg0" in here.run("ip", "route", "show", other).stdout, "before the join, too"
    forwarding = here.run("sysctl", "-n", "net.ipv4.conf.wg0.route_localnet").stdout.strip()
    assert forwarding == ("1" if case == "aibox" else "0")
    here.run("wg-quick", "down", "wg0")


def test_no_firewall_no_interface(machine: Make) -> None:
    here = machine("aibox")
    here.run("sh", "-c", "echo broken >>/etc/runegate/firewall.nft")
    assert here.run("wg-quick", "up", "wg0", check=False).returncode != 0
    assert "wg0" not in here.run("ip", "link", "show").stdout


@pytest.mark.parametrize("case", CASES)
def test_systemd_takes_the_units(machine: Make, case: str) -> None:
    here = machine(case)
    units = [path for path in files(case) if path.endswith((".service", ".socket", ".timer"))]
    assert units
    # The distribution's own, with what is added to them.
    units += ["wg-quick@wg0.service", "nftables.service"]
    done = here.run("systemd-analyze", "verify", "--man=no", *units, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("case", EXPOSURE)
def test_a_service_is_exposed_no_more_than_it_must(machine: Make, case: str) -> None:
    here = machine(case)
    services = [Path(path).name for path in files(case) if path.endswith(".service")]
    assert set(services) == set(EXPOSURE[case])
    for unit in services:
        done = here.run("systemd-analyze", "security", "--offline=true", "--no-pager", unit, check=False)
        exposure = re.search(r"Overall exposure level for .*: ([0-9.]+)", done.stdout)
        assert exposure, done.stdout + done.stderr
        assert float(exposure[1]) <= EXPOSURE[case][unit], done.stdout


@pytest.mark.parametrize("case", VPS)
def test_runegate_takes_its_settings(machine: Make, runegate: Path, tmp_path: Path, case: str) -> None:
    for path, content in files(case).items():
        if path.startswith("/etc/runegate/") and not path.startswith("/etc/runegate/credentials/"):
            file = tmp_path / path.removeprefix("/etc/runegate/")
            file.parent.mkdir(exist_ok=True)
            file.write_bytes(content)
            file.chmod(0o600)
    unit_settings = {"RUNEGATE_MAILER": "external", "RUNEGATE_STATE_DIR": "/var/lib/runegate"}
    done = subprocess.run(
        [runegate, "check", "--json", "--config", tmp_path], capture_output=True, text=True, cwd=tmp_path,
        env=unit_settings | addresses(case) | {"PATH": "/usr/bin", "CREDENTIALS_DIRECTORY": str(credentials(case, tmp_path))},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout)["errors"] == []
    assert json.loads(done.stdout)["warnings"] == []


def addresses(case: str) -> dict[str, str]:
    """What the drop-in sets."""
    drop_in = files(case)["/etc/systemd/system/runegate.service.d/addresses.conf"].decode()
    found = re.search(r"^Environment=(RUNEGATE_ALLOWED_ADDRESSES)=(\S+)$", drop_in, re.MULTILINE)
    assert found
    return {found[1]: found[2]}


def credentials(case: str, directory: Path) -> Path:
    """The credentials as systemd would pass them; the samples hold none, so they borrow another machine's."""
    place = directory / "credentials"
    place.mkdir()
    source = files("vps-many-users" if case == "vps" else case)
    for path, content in source.items():
        if path.startswith("/etc/runegate/credentials/"):
            (place / Path(path).name).write_bytes(content)
    return place


@pytest.mark.parametrize("case", [case for case in VPS if case != "vps-bare"])
def test_the_renewal_hook_is_plain_shell(machine: Make, case: str) -> None:
    machine(case).run("sh", "-n", "/etc/letsencrypt/renewal-hooks/deploy/runegate")


@pytest.mark.parametrize("case", AIBOX)
def test_the_aibox_opens_no_port(case: str) -> None:
    assert b"ListenPort" not in files(case)["/etc/wireguard/wg0.conf"]
    assert not [path for path in files(case) if path.endswith(".socket")]
