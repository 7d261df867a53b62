"""The VPS is lost: what docs/OPERATIONS.md has an owner type brings everything back on another machine."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from machines.ends import End
from machines.pair import Pair
from machines.rendered import ROOT
from machines.shell import Shell

COPIES = ("/root/runegate-backup/runegate.db", "/root/runegate-backup/etc.tar.gz")


@pytest.fixture
def pair(tmp_path: Path, runegate: Path) -> Iterator[Pair]:
    assert os.geteuid() == 0, "containers and namespaces need root"
    pair = Pair(tmp_path, runegate)
    yield pair
    pair.close()


def typed(machine: End, part: str) -> None:
    """Types what the page says, line by line."""
    page = (ROOT / "docs" / "OPERATIONS.md").read_text()
    found = re.search(rf"<!-- test: {part} -->\n```sh\n(.*?)```", page, re.DOTALL)
    assert found, f"the page has no block {part}"
    shell = Shell(machine)
    for line in found[1].splitlines():
        status, shown = shell.command(line)
        assert status == 0, f"{line}\n{shown}\n{machine.last_words()}"
    shell.close()


def fingerprint(machine: End) -> str:
    """The six words of the two machines."""
    lines = machine.run("runegate", "provision", "status").stdout.splitlines()
    return next(line for line in lines if line.startswith("words: "))


def test_a_backup_is_restored_on_another_vps(pair: Pair, runegate: Path) -> None:
    pair.set_up()
    cookie = pair.sign_in().cookie_header
    words = fingerprint(pair.vps)

    typed(pair.vps, "backup")
    copies = {name: pair.vps.path(name).read_bytes() for name in COPIES}
    pair.lose_vps(runegate)
    pair.vps.run("mkdir", "-p", "/root/runegate-backup")
    for name, content in copies.items():
        pair.vps.path(name).write_bytes(content)
    typed(pair.vps, "restore")

    visitor = pair.visitor()
    visitor.client.headers["Cookie"] = cookie
    pair.wait_for_path(visitor, "rathole", within=60)
    assert fingerprint(pair.vps) == words
    if os.environ.get("RUNEGATE_TEST_LONG") == "1":
        # The aibox looks the name up again once WireGuard has been silent for 135 s.
        pair.wait_for_path(visitor, "wireguard", within=240)
        pair.wait_until_proven()
