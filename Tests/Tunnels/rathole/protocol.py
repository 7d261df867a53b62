"""Rathole's messages, protocol version 1: bincode, little-endian, a u32 in front of each choice."""

import hashlib
import struct
from enum import IntEnum
from typing import TypeVar

VERSION = 1
#: A SHA-256 or a nonce.
DIGEST_BYTES = 32
HELLO_BYTES = 4 + 1 + DIGEST_BYTES
CHOICE_BYTES = 4

Choice = TypeVar("Choice", bound=IntEnum)


class Hello(IntEnum):
    """What a connection is for."""

    CONTROL = 0
    DATA = 1


class Ack(IntEnum):
    """The server's answer to a client that wants to be a service."""

    OK = 0
    SERVICE_NOT_EXIST = 1
    AUTH_FAILED = 2

    def __str__(self) -> str:
        return ("Ok", "Service not exist", "Incorrect token")[self]


class ControlCommand(IntEnum):
    """What the server says on the control channel."""

    CREATE_DATA_CHANNEL = 0
    HEARTBEAT = 1


class DataCommand(IntEnum):
    """What the server says on a data channel once a visitor is there."""

    START_FORWARD_TCP = 0
    START_FORWARD_UDP = 1


class ProtocolError(Exception):
    """Bytes that are none of the messages."""


def digest(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()


def write_hello(kind: Hello, content: bytes) -> bytes:
    """The first message of a connection, 37 bytes."""
    return struct.pack("<IB32s", kind, VERSION, content)


def read_hello(message: bytes) -> tuple[Hello, bytes]:
    kind, version, content = struct.unpack("<IB32s", message)
    if version != VERSION:
        raise ProtocolError(
            f"Protocol version mismatched. Expected {VERSION}, got {version}. Please update `rathole`."
        )
    return _choice(Hello, kind), content


def write_choice(choice: IntEnum) -> bytes:
    return struct.pack("<I", choice)


def read_choice(kind: type[Choice], message: bytes) -> Choice:
    return _choice(kind, struct.unpack("<I", message)[0])


def _choice(kind: type[Choice], value: int) -> Choice:
    try:
        return kind(value)
    except ValueError:
        raise ProtocolError(
            f"invalid value: integer `{value}`, expected variant index 0 <= i < {len(kind)}"
        ) from None
