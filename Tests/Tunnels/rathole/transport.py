"""How bytes get across: plain TCP, or Noise messages over TCP.

Sockets are read only when somebody wants bytes, as in Rathole: a channel that waits in a pool does not notice that its
other side is gone, and the first write to it succeeds. What happens after a crash rests on that.
"""

import asyncio
import base64
import binascii
import contextlib
import socket
import struct

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from . import noise
from .configuration import TCP, Noise, Transport

_READ_BYTES = 1 << 16


class TransportError(Exception):
    """A key that cannot be used, or a peer that says something else than was agreed."""


class PlainStream:
    """A TCP connection."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self._buffer = b""

    async def read(self) -> bytes:
        """What is there, at least one byte; nothing at the end."""
        buffered, self._buffer = self._buffer, b""
        return buffered or await self._receive()

    async def read_exactly(self, count: int) -> bytes:
        """Raises `EOFError` when the other side ends before."""
        while len(self._buffer) < count:
            data = await self._receive()
            if not data:
                raise EOFError("early eof")
            self._buffer += data
        taken, self._buffer = self._buffer[:count], self._buffer[count:]
        return taken

    async def write(self, data: bytes) -> None:
        await asyncio.get_running_loop().sock_sendall(self.connection, data)

    def end_writing(self) -> None:
        """Says that nothing more comes, as far as the other side is still there to hear it."""
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        self.connection.close()

    async def _receive(self) -> bytes:
        return await asyncio.get_running_loop().sock_recv(self.connection, _READ_BYTES)


class NoiseStream(PlainStream):
    """Noise messages, each behind its length as a little-endian u16."""

    def __init__(self, connection: socket.socket) -> None:
        super().__init__(connection)
        self._frames = PlainStream(connection)
        self._sending: noise.CipherState | None = None
        self._receiving: noise.CipherState | None = None

    async def shake_hands(self, handshake: noise.Handshake, *, is_initiator: bool) -> None:
        if is_initiator:
            await self._send_message(handshake.write())
            handshake.read(await self._receive_message())
        else:
            handshake.read(await self._receive_message())
            await self._send_message(handshake.write())
        self._sending, self._receiving = handshake.split()

    async def write(self, data: bytes) -> None:
        assert self._sending, "before the handshake"
        longest = noise.MESSAGE_BYTES - noise.TAG_BYTES
        for start in range(0, len(data), longest):
            await self._send_message(self._sending.encrypt(data[start : start + longest]))

    async def _receive(self) -> bytes:
        assert self._receiving, "before the handshake"
        try:
            message = await self._receive_message()
        except EOFError:
            return b""
        return self._receiving.decrypt(message)

    async def _send_message(self, message: bytes) -> None:
        await self._frames.write(struct.pack("<H", len(message)) + message)

    async def _receive_message(self) -> bytes:
        (length,) = struct.unpack("<H", await self._frames.read_exactly(2))
        return await self._frames.read_exactly(length)


class Channels:
    """Makes connections of one configuration."""

    def __init__(self, transport: Transport) -> None:
        """Raises `TransportError` when a key is missing or none."""
        self._tcp = transport.tcp
        self._noise = transport.noise if transport.type == "noise" else None
        self._own, self._peer = _keys(self._noise) if self._noise else (None, None)

    def usable_as(self, *, is_initiator: bool) -> None:
        """Raises `TransportError` when this side lacks a key that its pattern needs."""
        if self._noise:
            self._handshake(is_initiator)

    async def connect(self, address: str) -> PlainStream:
        loop = asyncio.get_running_loop()
        connection = await connect(address, self._tcp)
        try:
            return await self._wrap(connection, is_initiator=True)
        except BaseException:
            loop.call_soon(connection.close)
            raise

    async def accept(self, connection: socket.socket) -> PlainStream:
        set_options(connection, self._tcp)
        return await self._wrap(connection, is_initiator=False)

    async def _wrap(self, connection: socket.socket, *, is_initiator: bool) -> PlainStream:
        if not self._noise:
            return PlainStream(connection)
        stream = NoiseStream(connection)
        await stream.shake_hands(self._handshake(is_initiator), is_initiator=is_initiator)
        return stream

    def _handshake(self, is_initiator: bool) -> noise.Handshake:
        assert self._noise
        try:
            return noise.Handshake(self._noise.pattern, is_initiator=is_initiator, own=self._own, peer=self._peer)
        except noise.NoiseError as error:
            raise TransportError(f"Failed to create noise config: {error}") from None


async def connect(address: str, options: TCP | None = None) -> socket.socket:
    """A TCP connection to `host:port`; the last failure when no address of the host answers."""
    loop = asyncio.get_running_loop()
    host, _, port = address.rpartition(":")
    failure: OSError = OSError("could not resolve to any addresses")
    for family, kind, _, _, place in await loop.getaddrinfo(host.strip("[]"), int(port), type=socket.SOCK_STREAM):
        connection = socket.socket(family, kind)
        connection.setblocking(False)
        try:
            await loop.sock_connect(connection, place)
        except OSError as error:
            connection.close()
            failure = error
            continue
        except BaseException:
            connection.close()
            raise
        set_options(connection, options or TCP())
        return connection
    raise failure


def listen(address: str) -> socket.socket:
    host, _, port = address.rpartition(":")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host.strip("[]"), int(port)))
        listener.listen(1024)
    except BaseException:
        listener.close()
        raise
    listener.setblocking(False)
    return listener


def set_options(connection: socket.socket, options: TCP) -> None:
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, options.nodelay)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, options.keepalive_secs)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, options.keepalive_interval)


async def copy_both_ways(one: PlainStream, other: PlainStream) -> None:
    """Relays until both sides have ended or one has failed, and closes both."""

    async def copy(source: PlainStream, target: PlainStream) -> None:
        while data := await source.read():
            await target.write(data)
        target.end_writing()

    ways = [asyncio.ensure_future(copy(one, other)), asyncio.ensure_future(copy(other, one))]
    try:
        await asyncio.gather(*ways)
    except (OSError, noise.NoiseError):
        pass
    finally:
        for way in ways:
            way.cancel()
        await asyncio.gather(*ways, return_exceptions=True)
        one.close()
        other.close()


def _keys(settings: Noise) -> tuple[X25519PrivateKey | None, X25519PublicKey | None]:
    if settings.pattern not in noise.PATTERNS:
        raise TransportError(f"This stand-in does not know the pattern {settings.pattern}")
    own, peer = _key(settings.local_private_key), _key(settings.remote_public_key)
    return (
        X25519PrivateKey.from_private_bytes(own) if own else None,
        X25519PublicKey.from_public_bytes(peer) if peer else None,
    )


def _key(text: str | None) -> bytes | None:
    if text is None:
        return None
    try:
        key = base64.b64decode(text, validate=True)
    except binascii.Error:
        raise TransportError("Failed to decode a key: it is no base64") from None
    if len(key) != noise.KEY_BYTES:
        raise TransportError(f"A key has {len(key)} bytes instead of {noise.KEY_BYTES}")
    return key
