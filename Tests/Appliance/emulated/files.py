"""What is on a machine's disk, to see what stays behind."""

import re

from .computer import Computer

# What packages, logs and the machine itself note by the way; addresses of certificates that an owner who comes back wants.
_NOISE = re.compile(
    r"/(var/lib/(dpkg|apt|systemd|private|nginx)|var/cache|var/log|var/tmp|tmp|etc/letsencrypt|etc/ld\.so\.cache)(/|$)"
    r"|/etc/(passwd|group|shadow|gshadow|subuid|subgid)-?$|/etc/\.pwd\.lock$|/root/\.bash_history$"
)


def files(machine: Computer) -> dict[str, str]:
    """Every name with its kind, mode and owner; in /etc also with a digest."""
    listed = machine.run("find", "/", "-xdev", "-printf", "%p\t%M %u:%g %l\n").stdout
    digests = machine.run("find", "/etc", "-xdev", "-type", "f", "-exec", "sha256sum", "{}", "+").stdout
    found = dict(line.split("\t", 1) for line in listed.splitlines())
    for line in digests.splitlines():
        digest, name = line.split("  ", 1)
        found[name] += f" {digest}"
    return {name: what for name, what in found.items() if not _NOISE.search(name)}


def differences(before: dict[str, str], after: dict[str, str]) -> dict[str, tuple[str | None, str | None]]:
    return {
        name: (before.get(name), after.get(name))
        for name in before.keys() | after.keys()
        if before.get(name) != after.get(name)
    }


def accounts(machine: Computer) -> str:
    return machine.run("sort", "/etc/passwd", "/etc/group").stdout
