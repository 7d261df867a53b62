"""Pebble, a certificate authority for tests, on the machine that asks it for a certificate."""

import json
import subprocess
import time

from .booted import Booted

DIRECTORY = "https://localhost:14000/dir"
ROOT = "https://localhost:15000/roots/0"

CONFIGURATION = {
    "pebble": {
        "listenAddress": "127.0.0.1:14000", "managementListenAddress": "127.0.0.1:15000",
        "certificate": "/etc/pebble/certificate.pem", "privateKey": "/etc/pebble/key.pem",
        "httpPort": 80, "tlsPort": 443, "ocspResponderURL": "", "externalAccountBindingRequired": False,
    }
}  # fmt: skip


class Authority:
    """Issues to whoever proves by port 80 that a name is his; certbot is told of it in its own configuration."""

    def __init__(self, machine: Booted) -> None:
        self._machine = machine
        machine.write("/etc/pebble/config.json", json.dumps(CONFIGURATION))
        machine.run(
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
            "-days", "2", "-subj", "/CN=authority", "-addext", "subjectAltName=DNS:localhost",
            "-keyout", "/etc/pebble/key.pem", "-out", "/etc/pebble/certificate.pem",
        )  # fmt: skip
        machine.run("sh", "-c", "cat /etc/pebble/certificate.pem >>/etc/ssl/certs/ca-certificates.crt")
        machine.run("sh", "-c", f"echo 'server = {DIRECTORY}' >>/etc/letsencrypt/cli.ini")
        machine.run(
            "systemd-run", "--quiet", "--unit=pebble", "--setenv=PEBBLE_VA_NOSLEEP=1",
            "--setenv=PEBBLE_WFE_NONCEREJECT=0", "pebble", "-config", "/etc/pebble/config.json",
        )  # fmt: skip
        self.root = self._wait_for_root()

    def _wait_for_root(self) -> str:
        """The certificate that all others follow from, once the authority answers."""
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            asked: subprocess.CompletedProcess[str] = self._machine.run("curl", "-sSf", ROOT, check=False)
            if asked.returncode == 0:
                return asked.stdout
            time.sleep(0.1)
        raise TimeoutError(f"the authority does not answer: {self._machine.journal('pebble.service')}")
