"""`runegate provision aibox --root`: a join with the real enrolment unit, and everything after it, on files alone."""

import json
import os
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from provisioned import RECORDS, Tree

from machines.relay import Relay

WIREGUARD = "etc/wireguard/wg0.conf"


@dataclass
class Pair:
    """A public server below one directory, with its enrolment unit behind https, and room for aiboxes."""

    program: Path
    directory: Path
    server: Tree
    relay: Relay

    def code(self, *words: str) -> Path:
        """A file with a new join code."""
        done = self.server.run("--json", *words, verb="join")
        assert done.returncode == 0, done.stderr
        path = self.directory / f"code-{len(list(self.directory.glob('code-*')))}"
        path.write_text(json.loads(done.stdout)["code"] + "\n")
        return path

    def box(self, name: str = "box") -> Tree:
        root = self.directory / name
        root.mkdir(mode=0o755, exist_ok=True)
        return Tree(self.program, root)

    def run(self, box: Tree, *words: str | Path) -> subprocess.CompletedProcess[str]:
        way = ("--server-address", "127.0.0.1", "--server-port", str(self.relay.port))
        return box.run(*way, *map(str, words), verb="aibox")

    def join(self, box: Tree, code: Path | None = None) -> Tree:
        done = self.run(box, "--join-file", code or self.code())
        assert done.returncode == 0, done.stderr
        return box

    def status(self, tree: Tree) -> dict:
        done = tree.run("--json", verb="status")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)


@pytest.fixture
def pair(runegate: Path, tmp_path: Path, site_certificate: str) -> Iterator[Pair]:
    tmp_path.chmod(0o755)
    certificate = tmp_path / "relay.pem"
    certificate.write_text(site_certificate)
    (tmp_path / "server").mkdir(mode=0o755)
    server = Tree(runegate, tmp_path / "server")
    server.provision("--domain", "app.example.com", "--allow", "you@example.com")
    socket = tmp_path / "enroll.sock"
    unit = subprocess.Popen(
        [runegate, "enroll", "--root", server.root, "--socket", socket], stderr=subprocess.DEVNULL,
        env=os.environ | {"SWIFT_BACKTRACE": "enable=no"},
    )  # fmt: skip
    deadline = time.monotonic() + 20
    while not socket.exists():
        assert unit.poll() is None and time.monotonic() < deadline, "the unit does not listen"
        time.sleep(0.01)
    relay = Relay(certificate, socket)
    yield Pair(runegate, tmp_path, server, relay)
    relay.close()
    unit.kill()
    unit.wait()


def test_a_box_joins_and_both_say_the_same_words(pair: Pair) -> None:
    box = pair.join(pair.box())
    assert pair.status(box)["machine"] == "aibox" and pair.status(pair.server)["machine"] == "vps"
    words = pair.status(box)["join"]["fingerprint"]
    assert len(words.split()) == 6 and words == pair.status(pair.server)["join"]["fingerprint"]
    assert words in box.run(verb="status").stdout and words in pair.server.run(verb="status").stdout
    assert box.is_whole() and not box.leftovers()
    own = box.path(WIREGUARD).read_text()
    assert "Endpoint = app.example.com:51820" in own and "route_localnet=1" in own


def test_a_second_run_changes_nothing_with_or_without_the_code(pair: Pair) -> None:
    code = pair.code()
    box = pair.join(pair.box(), code)
    before = box.files()
    for words in [(), ("--join-file", code)]:
        again = pair.run(box, *words)
        assert again.returncode == 0, again.stderr
        assert "Nothing to change" in again.stdout
    assert box.files() == before
    assert pair.run(box, "--verify").returncode == 0


def test_a_code_is_good_once_and_the_second_box_keeps_nothing(pair: Pair) -> None:
    code = pair.code()
    pair.join(pair.box(), code)
    other = pair.box("other")
    refused = pair.run(other, "--join-file", code)
    assert refused.returncode == 1 and "used already" in refused.stderr
    assert not other.files()


def test_a_newer_code_voids_the_one_before(pair: Pair) -> None:
    old, new = pair.code(), pair.code()
    box = pair.box()
    refused = pair.run(box, "--join-file", old)
    assert refused.returncode == 1 and "newer join code" in refused.stderr and "provision join" in refused.stderr
    assert not box.files()
    pair.join(box, new)


def test_a_joined_box_is_replaced_only_when_that_is_asked_for(pair: Pair) -> None:
    pair.join(pair.box())
    refused = pair.server.run(verb="join")
    assert refused.returncode == 1 and "--replace" in refused.stderr
    second = pair.join(pair.box("second"), pair.code("--replace"))
    assert pair.status(second)["join"]["fingerprint"] == pair.status(pair.server)["join"]["fingerprint"]
    # The first box is out: what it asks opens nothing.
    out = pair.run(pair.box(), "--rotate", "wireguard")
    assert out.returncode == 1 and "does not know this machine" in out.stderr


def test_a_mistyped_code_is_found_before_anything_is_asked(pair: Pair) -> None:
    good = pair.code()
    text = good.read_text()
    wrong = pair.directory / "wrong"
    for mistake in (text[:20] + ("7" if text[20] != "7" else "8") + text[21:], text[:-20], "nonsense", ""):
        wrong.write_text(mistake)
        box = pair.box()
        refused = pair.run(box, "--join-file", wrong)
        assert refused.returncode == 64 and "join code" in refused.stderr
        assert not box.files() and not pair.relay.requests
    pair.join(pair.box(), good)


def test_a_dry_run_uses_no_code_and_shows_no_secret(pair: Pair) -> None:
    code = pair.code()
    box = pair.box()
    shown = pair.run(box, "--dry-run", "--join-file", code)
    assert shown.returncode == 0, shown.stderr
    assert "wg0.conf" in shown.stdout and "PrivateKey" not in shown.stdout and "hidden" in shown.stdout
    assert not box.files() and not pair.relay.requests
    pair.join(box, code)


@pytest.mark.parametrize("planted", ["file", "link"])
def test_what_is_in_the_way_is_said_while_the_code_is_still_good(pair: Pair, planted: str) -> None:
    code = pair.code()
    box = pair.box()
    box.path("etc/wireguard").mkdir(parents=True, mode=0o755)
    if planted == "file":
        box.path(WIREGUARD).write_text("[Interface]\n")
    else:
        box.path(WIREGUARD).symlink_to("/etc/passwd")
    before = box.files()
    refused = pair.run(box, "--join-file", code)
    assert refused.returncode == 1 and WIREGUARD in refused.stderr
    assert box.files() == before and not pair.relay.requests
    box.path(WIREGUARD).unlink()
    pair.join(box, code)


def test_an_altered_answer_is_refused_and_the_same_code_joins_later(pair: Pair) -> None:
    code = pair.code()
    box = pair.box()
    pair.relay.alter = lambda answer: answer[:-1] + bytes([answer[-1] ^ 1])
    refused = pair.run(box, "--join-file", code)
    assert refused.returncode == 1 and "did not come from" in refused.stderr
    assert not box.path(WIREGUARD).exists()
    pair.relay.alter = lambda answer: answer
    pair.join(box, code)
    assert pair.relay.requests[0] == pair.relay.requests[1], "the very same request was sent again"


def test_an_uninstall_leaves_nothing_even_after_half_a_join(pair: Pair) -> None:
    code = pair.code()
    box = pair.box()
    pair.relay.alter = lambda answer: b"HTTP is not spoken here"
    assert pair.run(box, "--join-file", code).returncode == 1
    assert box.files()
    assert pair.run(box, "--uninstall").returncode == 0
    assert not box.files()
    pair.relay.alter = lambda answer: answer
    pair.join(box, pair.code("--replace"))
    assert pair.run(box, "--uninstall").returncode == 0
    assert not box.files()


def test_verify_finds_one_flipped_byte(pair: Pair) -> None:
    box = pair.join(pair.box())
    path = box.path("etc/runegate/firewall.nft")
    path.write_text(path.read_text().replace("accept", "acceqt", 1))
    found = pair.run(box, "--verify")
    assert found.returncode == 2 and "firewall.nft" in found.stdout
    assert pair.run(box, "--restore-edited").returncode == 0
    assert pair.run(box, "--verify").returncode == 0


def test_an_app_on_a_port_of_its_own_keeps_it(pair: Pair) -> None:
    box = pair.join(pair.box())
    moved = pair.run(box, "--app-port", "8188")
    assert moved.returncode == 0, moved.stderr
    assert "dport 7860 dnat ip to 127.0.0.1:8188" in box.path("etc/runegate/firewall.nft").read_text()
    assert "Nothing to change" in pair.run(box).stdout
    wrong = pair.run(box, "--app-port", "0")
    assert wrong.returncode == 64 and "--app-port" in wrong.stderr


@pytest.mark.parametrize("tunnel", ["wireguard", "rathole"])
def test_new_keys_that_nothing_proves_are_rolled_back_on_both_sides(pair: Pair, tunnel: str) -> None:
    box = pair.join(pair.box())
    names = [WIREGUARD, "etc/rathole/server.toml", "etc/rathole/client.toml"]
    before = [
        tree.path(name).read_text() for tree in (box, pair.server) for name in names if tree.path(name).exists()
    ]
    words = pair.status(box)["join"]["fingerprint"]
    done = pair.run(box, "--rotate", tunnel)
    assert done.returncode == 1 and "not proven" in done.stdout
    after = [tree.path(name).read_text() for tree in (box, pair.server) for name in names if tree.path(name).exists()]
    assert after == before
    assert pair.status(box)["join"]["fingerprint"] == words
    assert pair.status(pair.server)["join"]["fingerprint"] == words
    assert pair.run(box, "--verify").returncode == 0


def test_secrets_are_only_where_only_root_reads(pair: Pair) -> None:
    code = pair.code()
    box = pair.box()
    done = pair.run(box, "--join-file", code)
    key = next(line for line in box.path(WIREGUARD).read_text().splitlines() if line.startswith("PrivateKey"))
    assert key.split(" = ")[1] not in done.stdout + done.stderr
    for path in filter(Path.is_file, box.root.rglob("*")):
        if key in path.read_text() or path.is_relative_to(box.path(RECORDS)):
            assert path.stat().st_mode & 0o077 == 0, path
