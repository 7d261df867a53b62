"""What an owner carries to a machine before the first command: the package, the mail account, and Rathole."""

import os
import shutil
import subprocess
from pathlib import Path

from machines.rendered import ROOT
from stage.certificates import Authority
from stage.mail_server import PASSWORD, USER

from .computer import Computer
from .world import MAIL_NAME, MAIL_PORT, World

PACKAGE = "/root/runegate.deb"
PASSWORD_FILE = "/root/password"
AUTHORITY_FILE = "/etc/mail-authority.pem"
#: The owner's answers about the mail server.
MAIL_WORDS = [
    "--smtp-host", MAIL_NAME, "--smtp-port", str(MAIL_PORT), "--smtp-user", USER, "--smtp-password-file", PASSWORD_FILE,
    "--smtp-ca-file", AUTHORITY_FILE,
]  # fmt: skip

_STAND_IN = """#!/bin/sh
PYTHONPATH=/usr/local/lib/rathole-stand-in exec /usr/bin/python3 -m rathole "$@"
"""
# Rathole itself is one program; the stand-in needs Python.
_STAND_IN_UNIT = "[Service]\nExecPaths=/usr/bin /bin\n"


def deliver(machine: Computer, world: World, package: Path, authority: Authority) -> None:
    machine.download(world.offer(package), PACKAGE)
    machine.write(PASSWORD_FILE, PASSWORD + "\n", 0o600)
    machine.write(AUTHORITY_FILE, authority.file.read_bytes())
    machine.write("/usr/local/bin/certbot", (ROOT / "Tests/Provision/machines/certbot").read_bytes(), 0o755)


def deliver_rathole(machine: Computer) -> str:
    """The program when this system has it, else the stand-in; returns which."""
    real = os.environ.get("RATHOLE") or shutil.which("rathole")
    if real:
        machine.write("/usr/local/bin/rathole", Path(real).read_bytes(), 0o755)
        return "Rathole itself"
    tree = subprocess.run(
        ["tar", "--create", "--exclude=__pycache__", "rathole"],
        cwd=ROOT / "Tests/Tunnels",
        check=True,
        capture_output=True,
    ).stdout
    machine.run("mkdir", "--parents", "/usr/local/lib/rathole-stand-in")
    machine.run("tar", "--extract", "--no-same-owner", "--directory=/usr/local/lib/rathole-stand-in", input=tree)
    # Once, and not at each start: the unit may write nothing.
    machine.run("python3", "-m", "compileall", "-q", "/usr/local/lib/rathole-stand-in")
    machine.write("/usr/local/bin/rathole", _STAND_IN, 0o755)
    machine.write("/etc/systemd/system/rathole.service.d/stand-in.conf", _STAND_IN_UNIT)
    return "the stand-in of Rathole"
