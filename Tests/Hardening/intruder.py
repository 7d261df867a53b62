"""Somebody who runs code of his own inside one of our processes: what he tries, and what the kernel says to it."""

import errno
import os
import socket
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from server import Server

ASK = Path(__file__).parent / "ask.py"

# The numbers are the kernel's for x86-64.
NUMBERS = {
    "read": 0, "write": 1, "close": 3, "mmap": 9, "socket": 41, "connect": 42, "sendto": 44, "setsockopt": 54, "ptrace": 101,
    "setuid": 105, "setgid": 106, "setgroups": 116, "mount": 165, "sethostname": 170, "openat": 257, "unshare": 272,
    "process_vm_readv": 310, "memfd_create": 319, "bpf": 321, "io_uring_setup": 425,
}  # fmt: skip
AT_FDCWD = -100
PTRACE_SEIZE = 0x4206

# The smallest program: exit(0).
_CODE = bytes.fromhex("b83c00000031ff0f05")
PROGRAM = (
    b"\x7fELF\2\1\1" + bytes(9) + struct.pack("<HHIQQQIHHHHHH", 2, 62, 1, 0x400078, 64, 0, 0, 64, 56, 1, 0, 0, 0)
    + struct.pack("<IIQQQQQQ", 1, 5, 0, 0x400000, 0x400000, 120 + len(_CODE), 120 + len(_CODE), 4096) + _CODE
)  # fmt: skip

Word = int | str | bytes


class Intruder:
    """Acts inside the process whose unit was started with RUNEGATE_BROKEN_OPEN=NAME.

    Every action returns what the kernel says: "done", or the name of the error.
    """

    def __init__(self, server: Server, name: str) -> None:
        self.name = name
        self._server = server
        self._asking = subprocess.Popen(
            server.vps.on_network(sys.executable, ASK, name),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1,
        )  # fmt: skip

    def close(self) -> None:
        assert self._asking.stdin
        self._asking.stdin.close()
        self._asking.wait(10)

    def _answer(self, line: str) -> int:
        assert self._asking.stdin and self._asking.stdout
        print(line, file=self._asking.stdin)
        answer = self._asking.stdout.readline()
        assert answer, f"the process did not answer to: {line}"
        return int(answer)

    def call(self, name: str, *words: Word) -> int:
        """Any system call: its result, or the negative number of the error."""
        return self._answer(" ".join(["call", str(NUMBERS[name]), *map(_spelled, words)]))

    def _said(self, result: int) -> str:
        return errno.errorcode[-result] if result < 0 else "done"

    def does(self, name: str, *words: Word) -> str:
        return self._said(self.call(name, *words))

    # Files

    def opens(self, path: str, flags: int = os.O_RDONLY) -> str:
        opened = self.call("openat", AT_FDCWD, path, flags | os.O_CLOEXEC, 0o600)
        if opened >= 0:
            self.call("close", opened)
        return self._said(opened)

    def reads(self, path: str) -> str:
        """Opens it and reads a byte: some files refuse only that."""
        opened = self.call("openat", AT_FDCWD, path, os.O_RDONLY | os.O_CLOEXEC)
        if opened < 0:
            return self._said(opened)
        result = self.call("read", opened, bytes(1), 1)
        self.call("close", opened)
        return self._said(result)

    def writes(self, path: str) -> str:
        """Makes a file, or opens it to write."""
        return self.opens(path, os.O_WRONLY | os.O_CREAT)

    # Other processes

    def proc(self, name: str, file: str) -> str:
        """The path of what the kernel tells of one of the processes."""
        return f"/proc/{self._server.process(name)}/{file}"

    def looks_into(self, name: str) -> str:
        """Reads eight bytes of its memory through process_vm_readv(2)."""
        process = self._server.process(name)
        with self._server.vps.path(f"/proc/{process}/maps").open() as maps:
            remote = int(maps.readline().split("-")[0], 16)
        local = self.call("mmap", 0, 4096, 3, 0x22, -1, 0)
        assert local > 0, "memory of his own"
        return self.does(
            "process_vm_readv", process, struct.pack("QQ", local, 8), 1, struct.pack("QQ", remote, 8), 1, 0
        )

    def traces(self, name: str) -> str:
        return self.does("ptrace", PTRACE_SEIZE, self._server.process(name), 0, 0)

    # Programs

    def runs(self, path: str) -> str:
        return self._said(self._answer(f"run {path}"))

    def runs_a_program_of_his_own(self, path: str) -> str:
        made = self.call("openat", AT_FDCWD, path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o700)
        if made < 0:
            return self._said(made)
        self.call("write", made, PROGRAM, len(PROGRAM))
        self.call("close", made)
        return self.runs(path)

    def runs_from_memory(self) -> str:
        """Without any file (memfd_create(2))."""
        made = self.call("memfd_create", "program", 0)
        if made < 0:
            return self._said(made)
        self.call("write", made, PROGRAM, len(PROGRAM))
        said = self.runs(f"/proc/self/fd/{made}")
        self.call("close", made)
        return said

    # Networks

    def makes_socket(self, family: int, kind: int, protocol: int = 0) -> str:
        made = self.call("socket", family, kind | socket.SOCK_CLOEXEC, protocol)
        if made >= 0:
            self.call("close", made)
        return self._said(made)

    def _with_socket(self, family: int, kind: int, action: Callable[[int], int]) -> str:
        made = self.call("socket", family, kind | socket.SOCK_CLOEXEC, 0)
        assert made >= 0, f"no socket: {self._said(made)}"
        # Half a second to send anything at all, a connection's first packet too.
        half = struct.pack("qq", 0, 500_000)
        self.call("setsockopt", made, socket.SOL_SOCKET, socket.SO_SNDTIMEO, half, len(half))
        result = action(made)
        self.call("close", made)
        return self._said(result)

    def connects(self, address: str, port: int) -> str:
        name = _name(address, port)
        return self._with_socket(
            _family(address), socket.SOCK_STREAM, lambda made: self.call("connect", made, name, len(name))
        )

    def sends(self, address: str, port: int = 9) -> str:
        """A datagram: a filter's refusal is told at once."""
        name = _name(address, port)
        return self._with_socket(
            _family(address), socket.SOCK_DGRAM, lambda made: self.call("sendto", made, b"x", 1, 0, name, len(name))
        )

    def knocks_at(self, path: str) -> str:
        """Connects to a Unix socket."""
        name = struct.pack("H", socket.AF_UNIX) + path.encode() + b"\0"
        return self._with_socket(
            socket.AF_UNIX, socket.SOCK_STREAM, lambda made: self.call("connect", made, name, len(name))
        )


def _spelled(word: Word) -> str:
    if isinstance(word, str):
        word = word.encode() + b"\0"
    return f"0x{word.hex()}" if isinstance(word, bytes) else str(word)


def _family(address: str) -> int:
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def _name(address: str, port: int) -> bytes:
    """A struct sockaddr_in or sockaddr_in6."""
    packed = socket.inet_pton(_family(address), address)
    head = struct.pack("=HH", _family(address), socket.htons(port))
    return head + packed + bytes(8) if ":" not in address else head + bytes(4) + packed + bytes(4)
