"""Enrolment from the Internet's side: requests recorded, altered, replayed and guessed, over the gateway that really relays
them, to the root unit that really changes WireGuard. The aibox is the one of `test_join.py`, written from the document."""

import base64
import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidTag
from test_join import ARRIVED, PREPARE, RECORDS, WELCOME, Request, derive, keys, public, store, stored

from machines.blank import Blank

PATH = "/.runegate/enroll"
SOCKET = "/run/enroll.sock"
LIMIT = 4096
# The answers of the unit that say no more than that.
UNKNOWN, OTHER_VERSION, MALFORMED, USED = (bytes([1, 2, reason]) for reason in (3, 2, 1, 5))


class Server:
    """A provisioned VPS with its interface up, its gateway and its enrolment unit."""

    def __init__(self, program: Path, directory: Path) -> None:
        self.machine = Blank(program, directory)
        self.machine.resolve()
        done = self.machine.provision()
        assert done.returncode == 0, done.stdout + done.stderr
        self.machine.run("wg-quick", "up", "wg0")
        self._processes: list[subprocess.Popen[str]] = []
        # As systemd would: the gateway is nobody, and sees copies of its credentials alone.
        self.machine.run("sh", "-c", "mkdir -p /var/lib/runegate && cp -r /etc/runegate/credentials /run/credentials"
                         " && chown -R runegate: /var/lib/runegate /run/credentials")  # fmt: skip
        self._start(
            "setpriv", "--reuid=runegate", "--regid=runegate", "--clear-groups", "/usr/bin/runegate", "serve",
            "--enroll-socket", SOCKET, RUNEGATE_LISTEN="127.0.0.1:7870", RUNEGATE_RATE_LIMIT_ENABLED="false",
            CREDENTIALS_DIRECTORY="/run/credentials", STATE_DIRECTORY="/var/lib/runegate",
            RUNEGATE_ALLOWED_ADDRESSES="localhost,10.0.0.2/32", RUNEGATE_LOG_FORMAT="console",
        )  # fmt: skip
        self._poster: subprocess.Popen[str] | None = None
        self._wait(lambda: self.machine.run("sh", "-c", "ss -lnt | grep -q :7870", check=False).returncode == 0)
        self.secret = b""

    def _start(self, *words: str, **environment: str) -> None:
        settings = [f"{name}={value}" for name, value in ({"SWIFT_BACKTRACE": "enable=no"} | environment).items()]
        log = (self.machine.directory / f"{len(self._processes)}.log").open("wb")
        command = self.machine.command("env", *settings, *words)
        self._processes.append(subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log))

    def _wait(self, has_come: object) -> None:
        deadline = time.monotonic() + 30
        while not has_come():
            logs = "".join(log.read_text() for log in self.machine.directory.glob("*.log"))
            assert time.monotonic() < deadline and all(each.poll() is None for each in self._processes), logs
            time.sleep(0.05)

    def expect_a_box(self) -> None:
        """Offers a code, as `runegate provision join` does, and starts the unit."""
        self.secret = os.urandom(16)
        state = self.state
        pair = self.pair()
        state["offer"] = {
            "pair": {"key": store(pair), "name": list(derive(pair, b"", "runegate key name 1", 8))},
            "deadline": {"bootID": "another", "bootSeconds": 0, "unixSeconds": int(time.time()) + 3600},
            "replaces": True, "failures": 0,
        }  # fmt: skip
        self.machine.run("tee", f"/{RECORDS}/enrolment.json", input=json.dumps(state))
        if len(self._processes) == 1:
            self._start("/usr/bin/runegate", "enroll", "--socket", SOCKET)
            self._wait(lambda: self.machine.run("test", "-S", SOCKET, check=False).returncode == 0)
            self.machine.run("chgrp", "runegate", SOCKET)

    @property
    def state(self) -> dict:
        return json.loads(self.machine.run("cat", f"/{RECORDS}/enrolment.json").stdout)

    @property
    def key(self) -> bytes:
        return public(stored(self.state["enrolmentKey"]))

    def pair(self) -> bytes:
        return derive(self.secret, self.key, "runegate join key 1")

    def join_request(self, seconds: float | None = None) -> Request:
        tunnels = self.state["tunnels"]
        private = [tunnels["wireGuardPrivateKey"], tunnels["ratholePrivateKey"]]
        agreed = self.key + b"".join(public(stored(key)) for key in private)
        clock = int(time.time() if seconds is None else seconds).to_bytes(8)
        return Request.seal(b"".join(keys()) + clock, 1, self.pair(), self.key, agreed)

    def post(self, octets: bytes, path: str = PATH) -> tuple[int, bytes]:
        if self._poster is None:
            script = Path(__file__).parent / "machines/poster.py"
            self._poster = subprocess.Popen(
                self.machine.on_network(sys.executable, script, 7870),
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            )  # fmt: skip
            assert self._poster.stdout.readline() == "ready\n"
        self._poster.stdin.write(f"{path} {octets.hex()}\n")
        self._poster.stdin.flush()
        status, _, answer = self._poster.stdout.readline().rstrip("\n").partition(" ")
        return int(status), bytes.fromhex(answer)

    @property
    def peer(self) -> str:
        """The key of the box that has joined, as WireGuard writes it."""
        return base64.b64encode(stored(self.state["tunnels"]["joined"]["wireGuardKey"])).decode()

    def everything(self) -> str:
        """What an enrolment could change: the records, the tunnels' files, and the interface itself."""
        files = [
            f"/{RECORDS}/enrolment.json",
            f"/{RECORDS}/state.json",
            "/etc/wireguard/wg0.conf",
            "/etc/rathole/server.toml",
        ]
        return self.machine.run("cat", *files).stdout + self.machine.run("wg", "showconf", "wg0").stdout

    def close(self) -> None:
        for process in [*self._processes, *([self._poster] if self._poster else [])]:
            process.kill()
            process.wait()
        self.machine.run("wg-quick", "down", "wg0", check=False)
        self.machine.close()


@pytest.fixture(scope="module")
def server(runegate: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    assert os.geteuid() == 0, "namespaces need root"
    server = Server(runegate, tmp_path_factory.mktemp("attacked") / "vps")
    yield server
    server.close()


def test_nobody_is_expected_is_not_found(server: Server) -> None:
    """Runs first: no code was ever made, and the unit is not started."""
    nowhere = server.post(b"sealed", "/.runegate/nothing-is-here")
    for octets in (b"", b"sealed", os.urandom(LIMIT)):
        assert server.post(octets)[0] == 404 == nowhere[0]


def test_guesses_change_nothing_and_tell_nothing(server: Server) -> None:
    server.expect_a_box()
    before = server.everything()
    right = server.join_request().octets
    generator = random.Random(7)
    shapeless = [generator.randbytes(size) for size in (0, 1, 2, 69, 70, 71, 512, LIMIT)]
    for octets in shapeless:
        status, answer = server.post(octets)
        assert status == 200 and answer in (MALFORMED, OTHER_VERSION, UNKNOWN)
    # Of the right shape: whether the name is known, the seal wrong or the key none at all makes no difference.
    others = {
        "random": bytes([1, 1]) + generator.randbytes(len(right) - 2),
        "a code's name and no seal": right[:10] + generator.randbytes(len(right) - 10),
        "another code's name": right[:2] + generator.randbytes(8) + right[10:],
        "the zero key": right[:10] + bytes(32) + right[42:],
        "a key of small order": right[:10] + b"\x01" + bytes(31) + right[42:],
        "the other kind": bytes([1, 2]) + right[2:],
        "sealed for another key": Request.seal(bytes(72), 1, os.urandom(32), public(os.urandom(32)), b"").octets,
    }
    assert {name: server.post(octets) for name, octets in others.items()} == dict.fromkeys(others, (200, UNKNOWN))
    assert server.everything() == before


def test_every_altered_octet_every_cut_and_every_addition_is_refused(server: Server) -> None:
    server.expect_a_box()
    request = server.join_request()
    before = server.everything()
    for index in range(len(request.octets)):
        altered = bytearray(request.octets)
        altered[index] ^= 1 << (index % 8)
        status, answer = server.post(bytes(altered))
        assert status == 200 and answer in (MALFORMED, OTHER_VERSION, UNKNOWN), f"octet {index}"
    for octets in (
        request.octets[:-1],
        request.octets[:-16],
        request.octets + b"\0",
        request.octets * 2,
        request.octets[1:],
    ):
        status, answer = server.post(octets)
        assert status == 200 and answer[:2] == b"\x01\x02"
    assert server.everything() == before
    # It was good all the same.
    assert request.open(server.post(request.octets)[1])[0] == WELCOME
    assert server.everything() != before


def test_4_kib_and_not_one_more(server: Server) -> None:
    before = server.everything()
    assert server.post(os.urandom(LIMIT))[0] == 200
    for size in (LIMIT + 1, 5000, 70_000):
        assert server.post(os.urandom(size))[0] == 413
    assert server.everything() == before


def test_a_recorded_join_is_of_no_use(server: Server) -> None:
    server.expect_a_box()
    request = server.join_request()
    assert request.open(server.post(request.octets)[1])[0] == WELCOME
    joined = server.everything()
    assert server.peer in server.machine.run("wg", "show", "wg0", "peers").stdout
    # The same again gets an answer that only its sender can open, and changes nothing.
    stranger = server.join_request()
    answer = server.post(request.octets)[1]
    assert request.open(answer)[0] == WELCOME
    with pytest.raises(InvalidTag):
        stranger.open(answer)
    # Who has the code comes too late, and so does whoever alters the recording.
    assert server.post(stranger.octets) == (200, USED)
    assert server.post(request.octets[:-1] + bytes([request.octets[-1] ^ 1])) == (200, USED)
    assert server.everything() == joined


def test_recorded_questions_of_a_joined_box_are_stale(server: Server) -> None:
    server.expect_a_box()
    join = server.join_request()
    assert join.open(server.post(join.octets)[1])[0] == WELCOME
    number = int(time.time()) * 1000

    def ask(*parts: bytes) -> tuple[Request, bytes]:
        nonlocal number
        number += 1
        request = Request.seal(number.to_bytes(8) + b"".join(parts), 2, join.channel, server.key)
        return request, request.open(server.post(request.octets)[1])

    arrived, answer = ask(bytes([ARRIVED]))
    assert answer == b"\x01"
    prepare, answer = ask(bytes([PREPARE]), os.urandom(16), b"\x01", keys()[0])
    assert answer[0] == 3
    before = server.everything()
    for recorded in (arrived, prepare):
        reply = server.post(recorded.octets)[1]
        assert recorded.open(reply)[0] == 8, "stale"
        for index in range(0, len(recorded.octets), 5):
            altered = bytearray(recorded.octets)
            altered[index] ^= 0x10
            status, answer = server.post(bytes(altered))
            assert status == 200 and answer in (MALFORMED, OTHER_VERSION, UNKNOWN)
    # The code is used, its join recorded, and the box has arrived: even the very same is refused now.
    assert server.post(join.octets) == (200, USED)
    assert server.everything() == before
