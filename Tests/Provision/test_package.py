"""The Debian package, on a Debian that has neither Swift nor anything else of ours."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from machines.package import needs, newer
from machines.rendered import ROOT

# Another release, or several with a comma between, can be tried: RUNEGATE_DEBIAN=trixie
RELEASES = os.environ.get("RUNEGATE_DEBIAN", "bookworm").split(",")
# What an installation changes besides our own files.
NOISE = re.compile(
    r"/(var/lib/dpkg|var/lib/systemd|var/cache|var/log|etc/ld\.so\.cache|run|tmp|proc|sys|dev)(/|$)|-$"
)


class Debian:
    """A fresh system below a directory, that programs are run on with the network of this one."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def run(self, *command: object, check: bool = True) -> subprocess.CompletedProcess[str]:
        inside = ["unshare", "--mount", "--pid", "--fork", f"--root={self.root}", "--mount-proc", *map(str, command)]
        done = subprocess.run(
            inside, capture_output=True, text=True, timeout=300,
            env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"},
        )  # fmt: skip
        assert not check or done.returncode == 0, f"{command}: {done.returncode}\n{done.stdout}{done.stderr}"
        return done

    def files(self) -> set[str]:
        found = ("/" + str(path.relative_to(self.root)) for path in self.root.rglob("*"))
        return {path for path in found if not NOISE.search(path)}

    def accounts(self) -> str:
        return "".join((self.root / "etc" / name).read_text() for name in ("passwd", "group", "shadow", "gshadow"))


@pytest.fixture(scope="module", params=RELEASES)
def debian(
    request: pytest.FixtureRequest, package: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Debian]:
    """With what the package depends on, and no more."""
    assert os.geteuid() == 0, "mmdebstrap needs root"
    root = tmp_path_factory.mktemp(request.param)
    command = ["mmdebstrap", "--quiet", "--variant=minbase", f"--include={','.join(needs(package))}"]
    done = subprocess.run([*command, request.param, root], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    yield Debian(root)
    shutil.rmtree(root)


def test_it_is_what_the_list_of_files_says(package: Path) -> None:
    told = subprocess.run(["dpkg-deb", "--contents", package], check=True, capture_output=True, text=True).stdout
    packed = {line.split()[5].removeprefix(".").removesuffix(".gz") for line in told.splitlines() if line[0] == "-"}
    listed = {line.split()[1] for line in (ROOT / "deploy/files.txt").read_text().splitlines() if line[0] != "#"}
    assert packed == listed
    assert all(line.split()[1] == "root/root" for line in told.splitlines())


# Fetching a Debian takes as long as its mirror does.
@pytest.mark.timeout(600)
def test_it_is_installed_upgraded_and_taken_away(debian: Debian, package: Path) -> None:
    files, accounts = debian.files(), debian.accounts()
    for each in (package, newer(package)):
        shutil.copy(each, debian.root / each.name)

    debian.run("dpkg", "--install", f"/{package.name}")
    assert re.fullmatch(r"\d+\.\d+\.\d+\n", debian.run("runegate", "--version").stdout)
    assert debian.run("runegate", "check", check=False).returncode in (0, 78), "it reads its settings"
    assert debian.run("runegate", "provision", "vps", "--root", "/srv", "--domain", "app.example.com",
                      "--allow", "you@example.com", "--no-ask").returncode == 0  # fmt: skip
    assert debian.run("dpkg", "--verify", "runegate").stdout == ""

    # What an owner has on the machine is there after an upgrade, to the byte.
    kept = {"etc/runegate/runegate.toml": "# mine\n", "var/lib/runegate/runegate.sqlite": "sessions"}
    for path, text in kept.items():
        (debian.root / path).parent.mkdir(parents=True, exist_ok=True)
        (debian.root / path).write_text(text)
    debian.run("dpkg", "--install", "/newer.deb")
    assert {path: (debian.root / path).read_text() for path in kept} == kept

    (debian.root / "etc/runegate/provision").mkdir()
    refused = debian.run("dpkg", "--remove", "runegate", check=False)
    assert refused.returncode != 0 and "provision vps --uninstall" in refused.stderr
    assert debian.run("runegate", "--version").returncode == 0
    (debian.root / "etc/runegate/provision").rmdir()

    debian.run("dpkg", "--remove", "runegate")
    assert {path: (debian.root / path).read_text() for path in kept} == kept, "purge is another word"
    debian.run("dpkg", "--purge", "runegate")
    for name in (f"{package.name}", "newer.deb"):
        (debian.root / name).unlink()
    shutil.rmtree(debian.root / "srv")
    (debian.root / "srv").mkdir()
    assert debian.files() ^ files == set()
    assert debian.accounts() == accounts
