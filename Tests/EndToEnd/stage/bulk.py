"""Two gigabytes that need no memory: a known stream of bytes, and its checksum."""

import functools
import hashlib
import random
from collections.abc import Iterator

BLOCK_BYTES = 1 << 20
#: A prime number of different blocks, so that a lost or swapped one cannot go unseen.
_BLOCKS = [random.Random(seed).randbytes(BLOCK_BYTES) for seed in range(31)]


def stream(total_bytes: int) -> Iterator[bytes]:
    """The first so many bytes of the stream, in blocks."""
    whole, rest = divmod(total_bytes, BLOCK_BYTES)
    for number in range(whole):
        yield _BLOCKS[number % len(_BLOCKS)]
    if rest:
        yield _BLOCKS[whole % len(_BLOCKS)][:rest]


@functools.cache
def checksum(total_bytes: int) -> str:
    """SHA-256 of that stream, in hexadecimal."""
    digest = hashlib.sha256()
    for block in stream(total_bytes):
        digest.update(block)
    return digest.hexdigest()
