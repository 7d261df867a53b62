"""The Noise protocol framework, revision 34, as far as Rathole's two patterns need it.

`Noise_NK_25519_ChaChaPoly_BLAKE2s` knows the server; `Noise_KK_25519_ChaChaPoly_BLAKE2s` knows both sides. The names
and steps below are those of the specification (noiseprotocol.org, sections 5 and 7).
"""

import hashlib
import hmac
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

KEY_BYTES = 32
TAG_BYTES = 16
#: The longest message, with its tag.
MESSAGE_BYTES = 65_535


class NoiseError(Exception):
    """The other side is not who it should be, or what came was altered."""


@dataclass(frozen=True)
class Pattern:
    """Which keys are known before, and what is mixed into each message."""

    initiator_is_known: bool
    messages: tuple[tuple[str, ...], ...]


PATTERNS = {
    "Noise_NK_25519_ChaChaPoly_BLAKE2s": Pattern(False, (("e", "es"), ("e", "ee"))),
    "Noise_KK_25519_ChaChaPoly_BLAKE2s": Pattern(True, (("e", "es", "ss"), ("e", "ee", "se"))),
}


class CipherState:
    """One direction: a key and the number of the next message (section 5.1)."""

    def __init__(self, key: bytes) -> None:
        self._cipher = ChaCha20Poly1305(key)
        self._number = 0

    def encrypt(self, plaintext: bytes, associated: bytes = b"") -> bytes:
        return self._cipher.encrypt(self._next_nonce(), plaintext, associated)

    def decrypt(self, ciphertext: bytes, associated: bytes = b"") -> bytes:
        try:
            return self._cipher.decrypt(self._next_nonce(), ciphertext, associated)
        except InvalidTag:
            raise NoiseError("decrypt error") from None

    def _next_nonce(self) -> bytes:
        nonce = bytes(4) + self._number.to_bytes(8, "little")
        self._number += 1
        return nonce


class SymmetricState:
    """What both sides have agreed on so far (section 5.2)."""

    def __init__(self, name: str) -> None:
        # A name longer than a hash is hashed; both of ours are 33 bytes.
        self.hash = _hash(name.encode())
        self._chaining_key = self.hash
        self._cipher: CipherState | None = None

    def mix_hash(self, content: bytes) -> None:
        self.hash = _hash(self.hash + content)

    def mix_key(self, secret: bytes) -> None:
        self._chaining_key, key = _two_keys(self._chaining_key, secret)
        self._cipher = CipherState(key)

    def encrypt_and_hash(self, plaintext: bytes) -> bytes:
        ciphertext = self._cipher.encrypt(plaintext, self.hash) if self._cipher else plaintext
        self.mix_hash(ciphertext)
        return ciphertext

    def decrypt_and_hash(self, ciphertext: bytes) -> bytes:
        plaintext = self._cipher.decrypt(ciphertext, self.hash) if self._cipher else ciphertext
        self.mix_hash(ciphertext)
        return plaintext

    def split(self) -> tuple[CipherState, CipherState]:
        first, second = _two_keys(self._chaining_key, b"")
        return CipherState(first), CipherState(second)


class Handshake:
    """One side of a handshake of two messages (section 5.3)."""

    def __init__(
        self,
        name: str,
        *,
        is_initiator: bool,
        own: X25519PrivateKey | None,
        peer: X25519PublicKey | None,
        prologue: bytes = b"",
        ephemeral: X25519PrivateKey | None = None,
    ) -> None:
        """Raises `NoiseError` when the pattern needs a key that is not given."""
        self._pattern = PATTERNS[name]
        self._is_initiator = is_initiator
        self._state = SymmetricState(name)
        self._own, self._peer = own, peer
        # Fixed by tests with published vectors only.
        self._own_ephemeral = ephemeral or X25519PrivateKey.generate()
        self._peer_ephemeral: X25519PublicKey | None = None
        self._done = 0
        self._state.mix_hash(prologue)
        initiator, responder = (own, peer) if is_initiator else (peer, own)
        if responder is None or (self._pattern.initiator_is_known and initiator is None):
            raise NoiseError(f"{name} needs a key that is missing")
        if self._pattern.initiator_is_known:
            self._state.mix_hash(_public(initiator))
        self._state.mix_hash(_public(responder))

    def write(self, payload: bytes = b"") -> bytes:
        """The next message, when it is ours to send."""
        message = b""
        for token in self._pattern.messages[self._done]:
            if token == "e":
                public = _public(self._own_ephemeral)
                self._state.mix_hash(public)
                message += public
            else:
                self._state.mix_key(self._shared(token))
        self._done += 1
        return message + self._state.encrypt_and_hash(payload)

    def read(self, message: bytes) -> bytes:
        """Takes the next message, when it is theirs to send; its payload."""
        for token in self._pattern.messages[self._done]:
            if token == "e":
                public, message = message[:KEY_BYTES], message[KEY_BYTES:]
                if len(public) < KEY_BYTES:
                    raise NoiseError("a handshake message is too short")
                self._peer_ephemeral = X25519PublicKey.from_public_bytes(public)
                self._state.mix_hash(public)
            else:
                self._state.mix_key(self._shared(token))
        self._done += 1
        return self._state.decrypt_and_hash(message)

    def split(self) -> tuple[CipherState, CipherState]:
        """The ciphers to send and to receive with, after the last message."""
        first, second = self._state.split()
        return (first, second) if self._is_initiator else (second, first)

    def _shared(self, token: str) -> bytes:
        """The secret of a pair of keys: the first letter is the initiator's key, the second the responder's."""
        ours, theirs = token if self._is_initiator else reversed(token)
        private = self._own_ephemeral if ours == "e" else self._own
        public = self._peer_ephemeral if theirs == "e" else self._peer
        if private is None or public is None:
            raise NoiseError("a key is missing")
        try:
            return private.exchange(public)
        except ValueError:
            raise NoiseError("the other side's key is of low order") from None


def _public(key: X25519PrivateKey | X25519PublicKey) -> bytes:
    public = key.public_key() if isinstance(key, X25519PrivateKey) else key
    return public.public_bytes(Encoding.Raw, PublicFormat.Raw)


def _hash(content: bytes) -> bytes:
    return hashlib.blake2s(content).digest()


def _two_keys(chaining_key: bytes, secret: bytes) -> tuple[bytes, bytes]:
    """HKDF with two outputs (section 4.3)."""
    root = hmac.digest(chaining_key, secret, "blake2s")
    first = hmac.digest(root, b"\x01", "blake2s")
    return first, hmac.digest(root, first + b"\x02", "blake2s")
