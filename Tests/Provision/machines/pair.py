"""Both machines as containers on this system, the Internet between them, and the owner's app."""

import subprocess
import sys
from pathlib import Path

from .ends import End
from .internet import IPV4, Addresses, Internet
from .joined import APP_PORT, Joined
from .public_side import DOMAIN, HERE


class Pair(Joined):
    def __init__(self, directory: Path, program: Path, addresses: Addresses = IPV4) -> None:
        super().__init__(directory)
        self._addresses = addresses
        try:
            self.vps = self._machine("vps", program)
            self.aibox = self._machine("aibox", program)
            # The owner's own setting; half a minute is long in a test.
            self.vps.write("/etc/runegate/runegate.toml", 'failback_after = "2s"\n')
            self.internet = Internet(self.vps, self.aibox, addresses)
            self._closing.append(self.internet.close)
            self.name_leads_to(addresses.vps.machine)
            self._start_app()
            self.open_door(addresses.vps.machine)
        except BaseException:
            self.close()
            raise

    def _machine(self, name: str, program: Path) -> End:
        machine = End(name, self._directory / name, program)
        self._closing.append(machine.close)
        return machine

    def _start_app(self) -> None:
        """It listens on 127.0.0.1 alone, as many do."""
        command = self.aibox.on_network(sys.executable, HERE / "echo.py", "127.0.0.1", APP_PORT)
        app = self.keep(subprocess.Popen(command, stdout=subprocess.PIPE))
        assert app.stdout and app.stdout.readline() == b"ready\n"

    def name_leads_to(self, address: str) -> None:
        for machine in (self.vps, self.aibox):
            machine.set_host(address, DOMAIN)

    def lose_vps(self, program: Path) -> None:
        """Switches it off, and puts another machine in its place, at another address and with nothing on it."""
        self.vps.close()
        self.vps = self._machine("vps2", program)
        self.internet.attach(self.vps, self._addresses.new_vps)
        self.name_leads_to(self._addresses.new_vps.machine)
        self.open_door(self._addresses.new_vps.machine)
