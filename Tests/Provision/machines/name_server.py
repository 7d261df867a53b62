"""A name server on port 53 of an address that knows a few names.

    name_server.py ADDRESS NAME=ADDRESS[,ADDRESS…] …

It says that there is no such name to everything else (RFC 1035 §4.1, RFC 3596).
"""

import ipaddress
import socket
import sys

A, AAAA = 1, 28
NO_SUCH_NAME = 3


def question(query: bytes) -> tuple[str, int, bytes]:
    """The name in lower case, the type, and the bytes of the question."""
    labels, at = [], 12
    while length := query[at]:
        labels.append(query[at + 1 : at + 1 + length].decode().lower())
        at += 1 + length
    return ".".join(labels), int.from_bytes(query[at + 1 : at + 3]), query[12 : at + 5]


def answer(query: bytes, names: dict[str, list[bytes]]) -> bytes:
    name, kind, asked = question(query)
    length = {A: 4, AAAA: 16}.get(kind)
    found = [address for address in names.get(name, []) if len(address) == length]
    code = 0 if name in names else NO_SUCH_NAME
    flags = (0x8580 | code).to_bytes(2)
    head = query[:2] + flags + (1).to_bytes(2) + len(found).to_bytes(2) + bytes(4)
    # Each record names what was asked for, lasts a second, and holds the address.
    records = (
        b"\xc0\x0c" + kind.to_bytes(2) + b"\0\x01" + bytes([0, 0, 0, 1]) + len(each).to_bytes(2) + each
        for each in found
    )
    return head + asked + b"".join(records)


known = {}
for word in sys.argv[2:]:
    name, _, addresses = word.partition("=")
    known[name] = [ipaddress.ip_address(each).packed for each in addresses.split(",") if each]
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
    server.bind((sys.argv[1], 53))
    print("ready", flush=True)
    while True:
        octets, client = server.recvfrom(4096)
        server.sendto(answer(octets, known), client)
