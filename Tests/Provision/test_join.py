"""The real `runegate enroll` against an aibox written here from docs/JOINING.md alone, with another library's cryptography."""

import base64
import hashlib
import json
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

ROOT = Path(__file__).resolve().parents[2]
BINARY = Path(os.environ.get("RUNEGATE_BINARY", ROOT / ".build" / "release" / "runegate"))
RECORDS = "etc/runegate/provision"
UNKNOWN, EXPIRED, USED = 3, 4, 5
WELCOME, WRONG = 1, 4
ARRIVED, PROVE, PREPARE, USE, KEEP = 1, 2, 3, 4, 5


def derive(secret: bytes, salt: bytes, label: str, length: int = 32) -> bytes:
    return HKDF(SHA256(), length, salt or None, label.encode()).derive(secret)


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def stored(text: str) -> bytes:
    """A key as it stands in the state file."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def store(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def public(private: bytes | X25519PrivateKey) -> bytes:
    key = private if isinstance(private, X25519PrivateKey) else X25519PrivateKey.from_private_bytes(private)
    return key.public_key().public_bytes_raw()


@dataclass
class Request:
    """What one request's sender knows."""

    octets: bytes
    ephemeral: X25519PrivateKey
    salt: bytes
    material: bytes

    @classmethod
    def seal(cls, plaintext: bytes, kind: int, pair: bytes, server: bytes, agreed: bytes = b"") -> "Request":
        ephemeral = X25519PrivateKey.generate()
        frame = bytes([1, kind]) + derive(pair, b"", "runegate key name 1", 8) + public(ephemeral)
        salt = sha256(b"runegate enroll 1" + frame + server + sha256(agreed))
        material = ephemeral.exchange(X25519PublicKey.from_public_bytes(server)) + pair
        nonce = os.urandom(12)
        key = derive(material, salt, "runegate enroll request 1")
        return cls(frame + nonce + AESGCM(key).encrypt(nonce, plaintext, frame), ephemeral, salt, material)

    def open(self, reply: bytes) -> bytes:
        assert reply[:2] == b"\x01\x01", f"refused: {reply.hex()}"
        fresh = self.ephemeral.exchange(X25519PublicKey.from_public_bytes(reply[2:34]))
        salt = sha256(self.salt + sha256(self.octets) + reply[2:34])
        key = derive(fresh + self.material, salt, "runegate enroll reply 1")
        return AESGCM(key).decrypt(reply[34:46], reply[46:], reply[:34])

    @property
    def channel(self) -> bytes:
        return derive(self.material, b"", "runegate channel key 1")


class Server:
    """A VPS below a directory, and its enrolment unit."""

    def __init__(self, directory: Path) -> None:
        self.root = directory / "root"
        self.root.mkdir(mode=0o755)
        self.socket = directory / "enroll.sock"
        self.run("provision", "vps", "--root", self.root, "--domain", "app.example.com", "--allow", "ann@example.com")
        self.secret = os.urandom(16)
        self.unit: subprocess.Popen[bytes] | None = None

    def run(self, *words: str | Path) -> None:
        subprocess.run([BINARY, *words], check=True, stdin=subprocess.DEVNULL, capture_output=True)

    @property
    def state_file(self) -> Path:
        return self.root / RECORDS / "enrolment.json"

    @property
    def state(self) -> dict:
        return json.loads(self.state_file.read_text())

    def offer(self, seconds: int = 86_400) -> None:
        """As `runegate provision join` does."""
        state = self.state
        pair = derive(self.secret, self.key, "runegate join key 1")
        state["offer"] = {
            "pair": {"key": store(pair), "name": list(derive(pair, b"", "runegate key name 1", 8))},
            "deadline": {"bootID": "another", "bootSeconds": 0, "unixSeconds": int(time.time()) + seconds},
            "replaces": False,
            "failures": 0,
        }
        self.state_file.write_text(json.dumps(state))

    @property
    def key(self) -> bytes:
        return public(stored(self.state["enrolmentKey"]))

    @property
    def agreed(self) -> bytes:
        tunnels = self.state["tunnels"]
        keys = [tunnels["wireGuardPrivateKey"], tunnels["ratholePrivateKey"]]
        return self.key + b"".join(public(stored(key)) for key in keys)

    def start(self) -> None:
        self.unit = subprocess.Popen([BINARY, "enroll", "--root", self.root, "--socket", self.socket])
        deadline = time.monotonic() + 20
        while not self.is_listening():
            assert self.unit.poll() is None and time.monotonic() < deadline, "the unit does not listen"
            time.sleep(0.02)

    def is_listening(self) -> bool:
        with socket.socket(socket.AF_UNIX) as connection:
            return connection.connect_ex(str(self.socket)) == 0

    def stop(self) -> None:
        if self.unit:
            self.unit.kill()
            self.unit.wait()

    def ask(self, octets: bytes) -> bytes:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(30)
            connection.connect(str(self.socket))
            connection.sendall(len(octets).to_bytes(2) + octets)
            with connection.makefile("rb") as stream:
                return stream.read(int.from_bytes(stream.read(2)))

    def pair(self) -> bytes:
        return derive(self.secret, self.key, "runegate join key 1")

    def seal_join(self, wire_guard: bytes, rathole: bytes, seconds: float | None = None) -> Request:
        clock = int(time.time() if seconds is None else seconds).to_bytes(8)
        return Request.seal(wire_guard + rathole + clock, 1, self.pair(), self.key, self.agreed)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    tmp_path.chmod(0o755)
    server = Server(tmp_path)
    yield server
    server.stop()


def keys() -> tuple[bytes, bytes]:
    return public(X25519PrivateKey.generate()), public(X25519PrivateKey.generate())


def test_an_aibox_written_from_the_document_joins(server: Server) -> None:
    server.offer()
    server.start()
    wire_guard, rathole = keys()
    request = server.seal_join(wire_guard, rathole)
    answer = request.open(server.ask(request.octets))
    assert answer[0] == WELCOME and len(answer) == 1 + 32 + 64 + 8
    preshared, token = answer[1:33], answer[33:97].decode()
    configuration = (server.root / "etc/wireguard/wg0.conf").read_text()
    assert f"PublicKey = {base64.b64encode(wire_guard).decode()}" in configuration
    assert f"PresharedKey = {base64.b64encode(preshared).decode()}" in configuration
    rathole_file = (server.root / "etc/rathole/server.toml").read_text()
    assert base64.b64encode(rathole).decode() in rathole_file and token in rathole_file
    assert store(server.secret) not in server.state_file.read_text()
    assert server.state_file.stat().st_mode & 0o777 == 0o600


def test_killed_after_any_answer_it_gives_the_same_one_again(server: Server) -> None:
    server.offer()
    server.start()
    request = server.seal_join(*keys())
    first = request.open(server.ask(request.octets))
    server.stop()
    server.start()
    assert request.open(server.ask(request.octets))[:97] == first[:97]
    other = server.seal_join(*keys())
    assert server.ask(other.octets) == bytes([1, 2, USED])


def test_guessed_altered_and_recorded_requests_change_nothing(server: Server) -> None:
    server.offer()
    server.start()
    request = server.seal_join(*keys())
    before = server.state_file.read_bytes()
    for index in range(0, len(request.octets), 7):
        altered = bytearray(request.octets)
        altered[index] ^= 0x40
        assert server.ask(bytes(altered))[:2] == b"\x01\x02"
    assert server.ask(os.urandom(200))[:2] == b"\x01\x02"
    assert server.state_file.read_bytes() == before
    answer = server.ask(request.octets)
    assert request.open(answer)[0] == WELCOME
    # Whoever recorded the request gets an answer, too, and cannot open it.
    stranger = server.seal_join(*keys())
    with pytest.raises(InvalidTag):
        stranger.open(server.ask(request.octets))


def test_five_wrong_ones_void_the_code(server: Server) -> None:
    server.offer()
    server.start()
    for _ in range(5):
        wrong = Request.seal(b"\0" * 72, 1, server.pair(), server.key, server.agreed)
        assert wrong.open(server.ask(wrong.octets))[0] == WRONG
    assert server.ask(server.seal_join(*keys()).octets) == b"", "nobody is expected any more"


def test_an_expired_code_and_no_code_are_nobody(server: Server) -> None:
    server.start()
    assert server.ask(server.seal_join(*keys()).octets) == b""
    server.stop()
    server.offer(seconds=-1)
    server.start()
    assert server.ask(server.seal_join(*keys()).octets) == b""


def test_a_joined_box_asks_and_rotates(server: Server) -> None:
    server.offer()
    server.start()
    join = server.seal_join(*keys())
    join.open(server.ask(join.octets))
    number = int(time.time()) * 1000

    def question(*parts: bytes) -> bytes:
        nonlocal number
        number += 1
        request = Request.seal(number.to_bytes(8) + b"".join(parts), 2, join.channel, server.key)
        reply = server.ask(request.octets)
        # The same again is stale.
        assert request.open(server.ask(request.octets))[0] == 8
        return request.open(reply)

    assert question(bytes([ARRIVED])) == b"\x01"
    old = (server.root / "etc/wireguard/wg0.conf").read_text()
    name, (new_key, _) = os.urandom(16), keys()
    prepared = question(bytes([PREPARE]), name, b"\x01", new_key)
    assert prepared[0] == 3 and len(prepared) == 1 + 32 + 32
    assert (server.root / "etc/wireguard/wg0.conf").read_text() == old, "only prepared"
    assert question(bytes([USE]), name) == b"\x01"
    tried = (server.root / "etc/wireguard/wg0.conf").read_text()
    assert base64.b64encode(new_key).decode() in tried and base64.b64encode(prepared[33:]).decode() in tried
    assert question(bytes([KEEP]), name) == b"\x04"
    assert (server.root / "etc/wireguard/wg0.conf").read_text() == tried
    assert "rotation" not in server.state


def test_it_ends_by_itself_and_never_waits_for_a_silent_sender(server: Server) -> None:
    server.offer()
    server.start()
    with socket.socket(socket.AF_UNIX) as silent:
        silent.connect(str(server.socket))
        silent.sendall(b"\x00")
        request = server.seal_join(*keys())
        began = time.monotonic()
        assert request.open(server.ask(request.octets))[0] == WELCOME
        assert time.monotonic() - began < 15
