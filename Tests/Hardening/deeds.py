"""What an intruder tries, by what it would give him: each deed says what the kernel answered, "done" if it was let through."""

import os
import socket
from collections.abc import Callable

from intruder import Intruder
from machines.public_side import DOMAIN
from server import ADDRESS, ELSEWHERE

Deed = Callable[[Intruder], str]

ACCOUNT = "/etc/runegate/config/email.toml"
NETLINK_GENERIC = 16
NEW_NAMESPACES = {
    "mounts": 0x00020000,
    "a host name": 0x04000000,
    "networks": 0x40000000,
    "control groups": 0x02000000,
}
#: BPF_MAP_CREATE's array of one word.
PROGRAM_MAP = b"".join(word.to_bytes(4, "little") for word in (2, 4, 4, 1)).ljust(72, b"\0")


def _reads(path: str) -> Deed:
    return lambda him: him.reads(path)


def _writes(directory: str) -> Deed:
    return lambda him: him.writes(f"{directory}/planted")


def _runs_from(directory: str) -> Deed:
    return lambda him: him.runs_a_program_of_his_own(f"{directory}/{him.name}")


def _is_alone_with(flag: int) -> Deed:
    return lambda him: him.does("unshare", flag)


MAIL_PASSWORD: dict[str, Deed] = {
    "reads the mail account": _reads(ACCOUNT),
    "reads the mailer's credential": _reads("/run/credentials/runegate-mailer.service/email.toml"),
}

SIGNING_KEYS: dict[str, Deed] = {
    "reads the session key": _reads("/etc/runegate/credentials/session-key"),
    "reads the gateway's credential": _reads("/run/credentials/runegate.service/session-key"),
}

DATABASE: dict[str, Deed] = {
    "reads the database": _reads("/var/lib/runegate/runegate.db"),
    "writes into the state directory": _writes("/var/lib/runegate"),
    "asks over the control socket": lambda him: him.knocks_at("/run/runegate-control/control.sock"),
}

ROOTS_FILES: dict[str, Deed] = {
    "reads the tunnel's keys": _reads("/etc/wireguard/wg0.conf"),
    "reads the site's private key": _reads(f"/etc/letsencrypt/live/{DOMAIN}/privkey.pem"),
    "reads the system's passwords": _reads("/etc/shadow"),
}


def memory_of(*names: str) -> dict[str, Deed]:
    """The memory of other processes."""
    deeds: dict[str, Deed] = {}
    for name in names:
        deeds[f"opens the {name}'s memory"] = lambda him, name=name: him.opens(him.proc(name, "mem"), os.O_RDWR)
        deeds[f"copies the {name}'s memory"] = lambda him, name=name: him.looks_into(name)
        deeds[f"traces the {name}"] = lambda him, name=name: him.traces(name)
        deeds[f"reads the {name}'s environment"] = lambda him, name=name: him.reads(him.proc(name, "environ"))
    return deeds


WRITING: dict[str, Deed] = {
    f"writes into {directory}": _writes(directory)
    for directory in (
        "/etc", "/etc/systemd/system", "/etc/runegate", "/usr/bin", "/usr/lib", "/root", "/home", "/opt", "/srv", "/boot",
        "/var", "/var/lib", "/var/log", "/run", "/run/systemd/system", "/run/runegate-control",
    )
}  # fmt: skip

NETLINK: dict[str, Deed] = {
    "asks WireGuard's netlink": lambda him: him.makes_socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_GENERIC),
    "changes routes": lambda him: him.makes_socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE),
    "knocks at WireGuard's own socket": lambda him: him.knocks_at("/run/wireguard/wg0.sock"),
}

RAW_NETWORK: dict[str, Deed] = {
    "hears every packet": lambda him: him.makes_socket(socket.AF_PACKET, socket.SOCK_RAW, 3),
    "makes packets of his own": lambda him: him.makes_socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW),
    "makes sockets past the filter, through a ring": lambda him: him.does("io_uring_setup", 1, bytes(120)),
}

NETWORK: dict[str, Deed] = {
    "makes a TCP socket": lambda him: him.makes_socket(socket.AF_INET, socket.SOCK_STREAM),
    "makes a UDP socket": lambda him: him.makes_socket(socket.AF_INET, socket.SOCK_DGRAM),
    "makes an IPv6 socket": lambda him: him.makes_socket(socket.AF_INET6, socket.SOCK_STREAM),
}

FAR_ADDRESSES: dict[str, Deed] = {
    "connects to this machine's public address": lambda him: him.connects(ADDRESS, 443),
    "sends to this machine's public address": lambda him: him.sends(ADDRESS),
    "sends to the Internet": lambda him: him.sends(ELSEWHERE),
    "sends to another tunnel address": lambda him: him.sends("10.0.0.1"),
}

PROGRAMS: dict[str, Deed] = {
    "runs a shell": lambda him: him.runs("/bin/sh"),
    "runs a program": lambda him: him.runs("/usr/bin/true"),
    "runs a program that lies among the libraries": lambda him: him.runs("/usr/lib/systemd/systemd-ac-power"),
    "runs a program of his own from /tmp": _runs_from("/tmp"),
    "runs a program of his own from /var/tmp": _runs_from("/var/tmp"),
    "runs a program of his own from /dev/shm": _runs_from("/dev/shm"),
    "runs a program of his own from memory": lambda him: him.runs_from_memory(),
    "writes memory and executes it": lambda him: him.does("mmap", 0, 4096, 7, 0x22, -1, 0),
}

RIGHTS: dict[str, Deed] = {
    "becomes root": lambda him: him.does("setuid", 0),
    "becomes another user": lambda him: him.does("setuid", 65534),
    "joins a group": lambda him: him.does("setgroups", 1, bytes(4)),
    **{f"makes a namespace of {what}": _is_alone_with(flag) for what, flag in NEW_NAMESPACES.items()},
    "mounts": lambda him: him.does("mount", "none", "/mnt", "tmpfs", 0, 0),
    "changes the host's name": lambda him: him.does("sethostname", "mine", 4),
    "loads into the kernel": lambda him: him.does("bpf", 0, PROGRAM_MAP, len(PROGRAM_MAP)),
}
