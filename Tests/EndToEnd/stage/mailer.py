"""`runegate mailer`: the process that sends mail when `serve` does not."""

import os

from .gateway import email_toml
from .mail_server import PASSWORD, MailServer
from .polling import until
from .process import Process
from .workspace import Workspace


class Mailer:
    """Listens on `socket`; can be killed and started again."""

    def __init__(self, workspace: Workspace, server: MailServer, authority_file: str) -> None:
        self.directory = workspace.directory("mailer")
        self.socket = self.directory / "mail.sock"
        self._workspace = workspace
        workspace.write(self.directory / "email.toml", email_toml("localhost", server.port, PASSWORD), 0o400)
        self._environment = {
            "PATH": os.environ["PATH"],
            "CREDENTIALS_DIRECTORY": str(self.directory),
            "RUNEGATE_MAIL_TRANSPORT": "smtp",
            "RUNEGATE_SMTP_CA_FILE": authority_file,
            "RUNEGATE_LOG_FORMAT": "json",
        }
        self._process: Process | None = None

    def start(self) -> "Mailer":
        self._process = Process(
            self._workspace, "mailer", [self._workspace.binary, "mailer", "--socket", self.socket],
            environment=self._environment, directory=self.directory,
        )  # fmt: skip
        until(self.socket.exists, f"the mailer listens; it logged:\n{self._process.log_text()}")
        return self

    def kill(self) -> None:
        if self._process:
            self._process.kill()
