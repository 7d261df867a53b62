"""nginx with TLS in front of the gateway, set up as `runegate provision` does it."""

import socket
import ssl
from pathlib import Path

from .certificates import Authority
from .polling import until
from .process import Process
from .workspace import Workspace

NAME = "gate.test"
_TEMPLATE = Path(__file__).with_name("nginx.conf.template")


class Front:
    """Listens on 127.0.0.1 with a certificate for `gate.test` and passes everything to a Unix socket."""

    def __init__(self, workspace: Workspace, authority: Authority) -> None:
        self.port = workspace.port()
        self.base_url = f"https://{NAME}:{self.port}"
        self.directory = workspace.directory("nginx")
        # The gateway makes its socket here.
        self.gateway_socket = self.directory / "gate.sock"
        self.trust: ssl.SSLContext = authority.client_context()
        self._workspace = workspace
        certificate = authority.sign(NAME)
        values = {
            "directory": self.directory,
            "name": NAME,
            "port": self.port,
            "certificate": certificate.chain,
            "key": certificate.key,
            "gateway": self.gateway_socket,
        }
        text = _TEMPLATE.read_text()
        for name, value in values.items():
            text = text.replace(f"@{name}@", str(value))
        self._configuration = workspace.write(self.directory / "nginx.conf", text)
        self.process: Process | None = None

    def start(self) -> "Front":
        nginx: list[str | Path] = ["/usr/sbin/nginx", "-e", "stderr", "-p", self.directory, "-c", self._configuration]
        self.process = Process(self._workspace, "nginx", nginx, directory=self.directory)

        def is_listening() -> bool:
            assert self.process and self.process.exit_code is None, self.process and self.process.log_text()
            with socket.socket() as probe:
                return probe.connect_ex(("127.0.0.1", self.port)) == 0

        until(is_listening, "nginx listens")
        return self

    def stop(self) -> None:
        if self.process:
            self.process.stop()

    @property
    def logs(self) -> list[Path]:
        """Its access log and its error log."""
        assert self.process
        return [self.directory / "access.log", self.process.log]
