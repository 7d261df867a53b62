"""A join that cannot be: what the person at the aibox reads, and that neither machine has changed.

Codes that are mistyped, used or replaced are in `test_aibox.py`, what strangers send in `test_enroll_attacks.py`.
"""

# ruff: noqa: F811 (the fixture has the name that it is asked for by)

import json
import os
import subprocess
import time
from pathlib import Path

import pytest
from provisioned import RECORDS, Tree
from test_aibox import Pair, pair  # noqa: F401 (a fixture)

NEW_CODE = "On the VPS, `sudo runegate provision join` prints a new one."


def refused(pair: Pair, box: Tree, code: Path, *said: str, status: int = 1, **environment: str) -> None:
    """The join fails with these words, and nothing of it is left on either side."""
    before = kept(pair.server)
    way = ("--server-address", "127.0.0.1", "--server-port", str(pair.relay.port))
    done = subprocess.run(
        [box.program, "provision", "aibox", "--root", box.root, *way, "--join-file", code], stdin=subprocess.DEVNULL,
        capture_output=True, text=True, timeout=100, env=os.environ | {"SWIFT_BACKTRACE": "enable=no"} | environment,
    )  # fmt: skip
    assert done.returncode == status, done.stdout + done.stderr
    for words in said:
        assert words in done.stderr, done.stderr
    assert kept(pair.server) == before
    assert "etc/wireguard/wg0.conf" not in box.files()


def kept(server: Tree) -> dict[str, str]:
    """What the server has, without the lock that its unit takes to look at it."""
    return {name: digest for name, digest in server.files().items() if not name.endswith(".lock")}


def change_offer(pair: Pair, **fields: object) -> None:
    record = pair.server.path(f"{RECORDS}/enrolment.json")
    state = json.loads(record.read_text())
    state["offer"].update(fields)
    record.write_text(json.dumps(state))


def test_an_expired_code(pair: Pair) -> None:
    code, box = pair.code(), pair.box()
    change_offer(pair, deadline={"bootID": "another", "bootSeconds": 0, "unixSeconds": int(time.time()) - 1})
    before = pair.server.path("etc/wireguard/wg0.conf").read_text()
    done = pair.run(box, "--join-file", code)
    assert done.returncode == 1
    assert "expired" in done.stderr and NEW_CODE in done.stderr, done.stderr
    assert pair.server.path("etc/wireguard/wg0.conf").read_text() == before
    assert box.files() == {}


def test_a_machine_that_expects_nobody(pair: Pair) -> None:
    code, box = pair.code(), pair.box()
    record = pair.server.path(f"{RECORDS}/enrolment.json")
    state = json.loads(record.read_text())
    del state["offer"]
    record.write_text(json.dumps(state))
    refused(pair, box, code, "The VPS expects nobody: the join code has expired, was used, or was voided", NEW_CODE)
    assert box.files() == {}


def test_another_machines_code(pair: Pair, tmp_path: Path) -> None:
    other = Tree(pair.program, tmp_path / "other")
    other.root.mkdir(mode=0o755)
    other.provision("--domain", "app.example.com", "--allow", "you@example.com")
    code = tmp_path / "other.code"
    code.write_text(json.loads(other.run("--json", verb="join").stdout)["code"])
    pair.code()
    refused(pair, pair.box(), code, "The VPS does not know this join code", NEW_CODE)


def test_a_public_server_that_cannot_be_reached(pair: Pair) -> None:
    code, box = pair.code(), pair.box()
    pair.relay.port = 1  # Nobody listens there.
    said = "https://app.example.com/.runegate/enroll cannot be reached", "See that app.example.com points to the VPS"
    refused(pair, box, code, *said)


@pytest.mark.parametrize("offset", [-3600, 86_400 * 400])
def test_a_clock_that_is_off(pair: Pair, tmp_path: Path, offset: int) -> None:
    library = tmp_path / "clock.so"
    source = Path(__file__).parent / "machines/clock.c"
    subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", library, source, "-ldl"], check=True)
    code, box = pair.code(), pair.box()
    said = "The clocks of the two machines differ by", "timedatectl set-ntp true"
    refused(pair, box, code, *said, LD_PRELOAD=str(library), CLOCK_OFFSET_SECONDS=str(offset))
    # Once it is right the same code is still good.
    pair.join(box, code)
    assert box.is_whole()


@pytest.mark.parametrize("text", ["", "\n \n", "hello", "RG2-AAAAAAAA", "RG1-", "RG1-" + "A" * 2000, "RG1-É"])
def test_what_is_no_code_is_told_before_anything_is_sent(pair: Pair, tmp_path: Path, text: str) -> None:
    code = tmp_path / "typed"
    code.write_text(text)
    refused(pair, pair.box(), code, "join code", status=64)
    assert not pair.relay.requests
    assert pair.box().files() == {}


def test_every_mistyped_character_is_found_near_its_place(pair: Pair, tmp_path: Path) -> None:
    whole = pair.code().read_text().strip()
    places = [index for index, character in enumerate(whole) if character.isalnum()][3:]
    for place in places[:: max(1, len(places) // 12)]:
        typed = tmp_path / "typed"
        typed.write_text(whole[:place] + ("7" if whole[place] != "7" else "K") + whole[place + 1 :])
        done = pair.run(pair.box(), "--join-file", typed)
        assert done.returncode == 64 and "typing error" in done.stderr, done.stderr
        line = whole[:place].count("\n") + 1
        assert f"(line {line})" in done.stderr or "at its end" in done.stderr or f"(line {line + 1})" in done.stderr
    assert not pair.relay.requests
