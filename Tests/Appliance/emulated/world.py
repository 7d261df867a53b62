"""What is around the machines: cables, the router, and on the Internet a name service and a mail server."""

import ctypes
import shutil
import socket
import subprocess
import sys
import threading
from pathlib import Path

from machines.ends import ENVIRONMENT
from machines.internet import IPV4, Router
from machines.public_side import DOMAIN, HERE
from stage.background import Background
from stage.certificates import Authority
from stage.mail_server import MailServer
from stage.secrets import Secrets

from .computer import Computer, Place

VPS, AIBOX = Place("vps", IPV4.vps, 1), Place("aibox", IPV4.aibox, 2)
MAIL_NAME, MAIL_ADDRESS, MAIL_PORT = "mail.example.com", "198.51.100.25", 587
NAME_SERVICE_ADDRESS, DOWNLOADS_ADDRESS = "198.51.100.53", "198.51.100.80"


class World(Router):
    """Nothing in it leaves this system."""

    def __init__(self, directory: Path, background: Background, secrets: Secrets, authority: Authority) -> None:
        super().__init__()
        self._directory = directory
        for address in (MAIL_ADDRESS, NAME_SERVICE_ADDRESS, DOWNLOADS_ADDRESS):
            self.run("ip", "address", "add", f"{address}/32", "dev", "lo")
        names = [f"{DOMAIN}={IPV4.vps.machine}", f"{MAIL_NAME}={MAIL_ADDRESS}"]
        command = self.enter(sys.executable, HERE / "name_server.py", NAME_SERVICE_ADDRESS, *names)
        self._name_service = subprocess.Popen(command, env=ENVIRONMENT, stdout=subprocess.PIPE)
        assert self._name_service.stdout and self._name_service.stdout.readline() == b"ready\n"
        self._downloads = directory / "downloads"
        self._downloads.mkdir()
        command = self.enter(sys.executable, "-m", "http.server", "80", "--bind", DOWNLOADS_ADDRESS)
        self._web = subprocess.Popen(command, env=ENVIRONMENT, cwd=self._downloads, stderr=subprocess.DEVNULL)
        self.mail = MailServer(
            background, secrets, authority.sign(MAIL_NAME), MAIL_PORT, lambda: self.listener(MAIL_ADDRESS, MAIL_PORT)
        )
        self.mail.start()

    def computer(self, place: Place, image: Path) -> Computer:
        """A machine at its place, switched off."""
        self.run("ip", "tuntap", "add", place.name, "mode", "tap")
        self.take(place.name, place.cable)
        return Computer(place, image, self._directory / place.name, self.enter())

    def offer(self, file: Path) -> str:
        """Where a machine downloads it from."""
        shutil.copy(file, self._downloads)
        return f"http://{DOWNLOADS_ADDRESS}/{file.name}"

    def listener(self, address: str, port: int) -> socket.socket:
        """A socket of this process that listens out there."""
        made: list[socket.socket] = []

        def make() -> None:
            # A thread can be in another network than its process; this one ends there.
            with open(f"/proc/{self.process}/ns/net", "rb") as network:
                if ctypes.CDLL(None, use_errno=True).setns(network.fileno(), 0) != 0:
                    raise OSError(ctypes.get_errno(), "setns")
            made.append(socket.create_server((address, port)))

        thread = threading.Thread(target=make)
        thread.start()
        thread.join()
        return made[0]

    def close(self) -> None:
        self.mail.stop()
        for process in (self._name_service, self._web):
            process.kill()
            process.wait()
        super().close()
