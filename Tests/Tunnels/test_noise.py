"""The stand-in's Noise against another implementation (`noiseprotocol`), and against fixed bytes."""

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from noise.connection import Keypair, NoiseConnection

from rathole.noise import PATTERNS, Handshake, NoiseError

NAMES = sorted(PATTERNS)


def _key(seed: int) -> X25519PrivateKey:
    return X25519PrivateKey.from_private_bytes(bytes([seed]) * 32)


CLIENT, SERVER, CLIENT_EPHEMERAL, SERVER_EPHEMERAL = _key(1), _key(2), _key(3), _key(4)


class Ours:
    """One side, played by the stand-in."""

    def __init__(
        self, name: str, is_initiator: bool, server: X25519PrivateKey = SERVER, prologue: bytes = b""
    ) -> None:
        own, peer = (CLIENT, server) if is_initiator else (server, CLIENT)
        if "NK" in name:
            own, peer = (None, peer) if is_initiator else (own, None)
        self.handshake = Handshake(
            name,
            is_initiator=is_initiator,
            own=own,
            peer=peer.public_key() if peer else None,
            prologue=prologue,
            ephemeral=CLIENT_EPHEMERAL if is_initiator else SERVER_EPHEMERAL,
        )

    def write(self, payload: bytes) -> bytes:
        return self.handshake.write(payload)

    def read(self, message: bytes) -> bytes:
        return self.handshake.read(message)

    def finish(self) -> None:
        self._sending, self._receiving = self.handshake.split()

    def encrypt(self, plaintext: bytes) -> bytes:
        return self._sending.encrypt(plaintext)

    def decrypt(self, ciphertext: bytes) -> bytes:
        return self._receiving.decrypt(ciphertext)


class Theirs:
    """One side, played by the other implementation."""

    def __init__(self, name: str, is_initiator: bool, prologue: bytes = b"") -> None:
        self._noise = NoiseConnection.from_name(name.encode())
        if is_initiator:
            self._noise.set_as_initiator()
        else:
            self._noise.set_as_responder()
        own, peer, ephemeral = (
            (CLIENT, SERVER, CLIENT_EPHEMERAL) if is_initiator else (SERVER, CLIENT, SERVER_EPHEMERAL)
        )
        if "KK" in name or not is_initiator:
            self._noise.set_keypair_from_private_bytes(Keypair.STATIC, own.private_bytes_raw())
        if "KK" in name or is_initiator:
            public = peer.public_key().public_bytes_raw()
            self._noise.set_keypair_from_public_bytes(Keypair.REMOTE_STATIC, public)
        self._noise.set_keypair_from_private_bytes(Keypair.EPHEMERAL, ephemeral.private_bytes_raw())
        self._noise.set_prologue(prologue)
        self._noise.start_handshake()

    def write(self, payload: bytes) -> bytes:
        return bytes(self._noise.write_message(payload))

    def read(self, message: bytes) -> bytes:
        return bytes(self._noise.read_message(message))

    def finish(self) -> None:
        assert self._noise.handshake_finished

    def encrypt(self, plaintext: bytes) -> bytes:
        return bytes(self._noise.encrypt(plaintext))

    def decrypt(self, ciphertext: bytes) -> bytes:
        return bytes(self._noise.decrypt(ciphertext))


def _talk(client: Ours | Theirs, server: Ours | Theirs) -> list[bytes]:
    """A handshake with payloads and three messages each way; everything that went over the wire."""
    wire = [client.write(b"from the client")]
    assert server.read(wire[-1]) == b"from the client"
    wire.append(server.write(b"from the server"))
    assert client.read(wire[-1]) == b"from the server"
    client.finish()
    server.finish()
    for plaintext in (b"", b"one", bytes(range(256)) * 255):
        for sender, receiver in ((client, server), (server, client)):
            wire.append(sender.encrypt(plaintext))
            assert receiver.decrypt(wire[-1]) == plaintext
    return wire


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("prologue", [b"", b"something agreed before"])
def test_every_byte_is_that_of_the_other_implementation(name: str, prologue: bytes) -> None:
    ours = _talk(Ours(name, True, prologue=prologue), Ours(name, False, prologue=prologue))
    theirs = _talk(Theirs(name, True, prologue), Theirs(name, False, prologue))
    assert ours == theirs


@pytest.mark.parametrize("name", NAMES)
def test_our_client_talks_to_the_other_implementations_server(name: str) -> None:
    _talk(Ours(name, True), Theirs(name, False))


@pytest.mark.parametrize("name", NAMES)
def test_the_other_implementations_client_talks_to_our_server(name: str) -> None:
    _talk(Theirs(name, True), Ours(name, False))


#: Both messages of a handshake with empty payloads and the keys above, as the other implementation makes them.
FIXED = {
    "Noise_KK_25519_ChaChaPoly_BLAKE2s": (
        "5dfedd3b6bd47f6fa28ee15d969d5bb0ea53774d488bdaf9df1c6e0124b3ef227c260d3cd7eecb1c0708715c0ace0622",
        "ac01b2209e86354fb853237b5de0f4fab13c7fcbf433a61c019369617fecf10bebc39e316ff67acfd24101068122fb9d",
    ),
    "Noise_NK_25519_ChaChaPoly_BLAKE2s": (
        "5dfedd3b6bd47f6fa28ee15d969d5bb0ea53774d488bdaf9df1c6e0124b3ef22ef75cb2f56a6060687be0a48eaf7fc9c",
        "ac01b2209e86354fb853237b5de0f4fab13c7fcbf433a61c019369617fecf10b69671754dc3eb5696eb5e0a79cff5464",
    ),
}


@pytest.mark.parametrize("name", NAMES)
def test_a_handshake_with_fixed_keys_has_fixed_bytes(name: str) -> None:
    client, server = Ours(name, True), Ours(name, False)
    first = client.write(b"")
    server.read(first)
    assert (first.hex(), server.write(b"").hex()) == FIXED[name]


@pytest.mark.parametrize("name", NAMES)
def test_a_server_with_another_key_is_refused(name: str) -> None:
    client, server = Ours(name, True), Ours(name, False, server=_key(9))
    with pytest.raises(NoiseError):
        server.read(client.write(b""))


@pytest.mark.parametrize("position", [0, 31, 32, 47])
def test_one_changed_bit_is_refused(position: int) -> None:
    client, server = Ours(NAMES[0], True), Ours(NAMES[0], False)
    message = bytearray(client.write(b""))
    message[position] ^= 1
    with pytest.raises(NoiseError):
        server.read(bytes(message))


def test_a_key_that_leads_nowhere_is_refused() -> None:
    client = Handshake(
        "Noise_NK_25519_ChaChaPoly_BLAKE2s",
        is_initiator=True,
        own=None,
        peer=X25519PublicKey.from_public_bytes(bytes(32)),
    )
    with pytest.raises(NoiseError):
        client.write()


def test_a_missing_key_is_named_before_anything_is_sent() -> None:
    with pytest.raises(NoiseError, match="missing"):
        Handshake("Noise_KK_25519_ChaChaPoly_BLAKE2s", is_initiator=True, own=CLIENT, peer=None)
