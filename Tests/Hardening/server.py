"""A VPS as one command leaves it, with a mail account: the three processes run as on an owner's machine."""

import subprocess
import sys
from pathlib import Path

from machines.ends import End
from machines.public_side import DOMAIN, HERE, OWNER, PublicSide

#: Of the interface to the Internet, and of somebody else there.
ADDRESS, ELSEWHERE = "203.0.113.10", "203.0.113.99"
MAIL_PORT, MAIL_PASSWORD = 2525, "right-and-long-enough"

#: The three processes, and by which unit each runs.
UNITS = {"serve": "runegate", "mailer": "runegate-mailer", "reader": "runegate-wireguard"}


class Server(PublicSide):
    def __init__(self, directory: Path, program: Path, drop_ins: dict[str, str] | None = None) -> None:
        """Boots and provisions it, with these files beside its units."""
        super().__init__(directory)
        try:
            # Control groups are named for the directory, and there may be another such machine.
            self.vps = End("vps", directory / f"vps-{directory.name}", program)
            self._closing.append(self.vps.close)
            for path, text in (drop_ins or {}).items():
                self.vps.write(path, text)
            self.internet = _Inside(self.vps)
            self._join_a_network()
            self._start_mail_server()
            self.open_door(ADDRESS)
            self.provision(
                "--smtp-host localhost --smtp-port", str(MAIL_PORT), "--smtp-user", OWNER,
                "--smtp-password-file /root/password --smtp-ca-file /etc/mail.pem",
            )  # fmt: skip
            for unit in UNITS.values():
                self.vps.run("systemctl", "start", f"{unit}.service")
        except BaseException:
            self.close()
            raise

    def _join_a_network(self) -> None:
        self.vps.set_host(ADDRESS, DOMAIN)
        for command in (
            "link add eth0 type veth peer name eth1", f"address add {ADDRESS}/24 dev eth0", "link set eth0 up",
            "link set eth1 up",
        ):  # fmt: skip
            self.vps.run("ip", *command.split())

    def _start_mail_server(self) -> None:
        chain, key = self._directory / "mail.pem", self._directory / "mail.key"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
             "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost",
             "-keyout", key, "-out", chain],
            check=True, capture_output=True,
        )  # fmt: skip
        self.vps.write("/etc/mail.pem", chain.read_text())
        self.vps.write("/root/password", f"{MAIL_PASSWORD}\n", 0o600)
        self.mails = self.helper("mail_server.py", chain, key, MAIL_PORT, OWNER, MAIL_PASSWORD)

    def helper(self, script: str, *words: object) -> subprocess.Popen[bytes]:
        """A script of the machines' folder in this machine's network; returns when it is ready."""
        command = self.vps.on_network(sys.executable, HERE / script, *words)
        helper = self.keep(subprocess.Popen(command, stdout=subprocess.PIPE))
        assert helper.stdout and helper.stdout.readline() == b"ready\n"
        return helper

    def process(self, name: str) -> int:
        """The process that is `serve`, `mailer` or `reader`, as the machine numbers it."""
        told = self.vps.run("systemctl", "show", "--value", "--property=MainPID", f"{UNITS[name]}.service")
        assert told.stdout.strip() != "0", f"{name} does not run: {self.vps.journal(UNITS[name])}"
        return int(told.stdout)


class _Inside:
    """The only visitors are on the machine itself."""

    def __init__(self, machine: End) -> None:
        self.enter = machine.on_network
