"""The program under test: `runegate serve` with a state directory of its own."""

import os
import secrets as random_secrets
import subprocess
from pathlib import Path
from typing import Any

import httpx

from .mail_server import PASSWORD, USER
from .polling import until
from .process import Process
from .secrets import Secrets
from .workspace import Workspace


class Gateway:
    """One gateway. It can be stopped or killed and started again on the same state."""

    def __init__(
        self,
        workspace: Workspace,
        secrets: Secrets,
        name: str,
        base_url: str,
        settings: dict[str, str],
    ) -> None:
        self.name = name
        self.base_url = base_url
        self.directory = workspace.directory(name)
        self.state = workspace.directory(f"{name}-state")
        self.control_socket = self.state / "control.sock"
        #: Options of `serve`, which most tests leave out: the environment says it all.
        self.options: list[str] = []
        #: A command, run as the tester, that becomes `serve` as the program's user: `strace`, with what it does to it.
        self.wrapper: list[str | Path] = []
        self.processes: list[Process] = []
        self.workspace = workspace
        self._secrets = secrets
        self.settings = {
            "RUNEGATE_BASE_URL": base_url,
            "RUNEGATE_STATE_DIR": str(self.state),
            "RUNEGATE_REQUEST_LOGS": "true",
            "RUNEGATE_LOG": "debug",
            "RUNEGATE_LOG_FORMAT": "json",
        } | settings

    @property
    def environment(self) -> dict[str, str]:
        """Nothing of the tester's own, so that a run is the same everywhere."""
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.directory),
            "SWIFT_BACKTRACE": "enable=no",
        } | {name: value for name, value in self.settings.items() if value is not None}

    def write_email_toml(self, host: str, port: int, password: str = PASSWORD, **lines: str) -> Path:
        """`config/email.toml` below the working directory, which development reads."""
        config = self.directory / "config"
        if not config.exists():
            config.mkdir()
            self.workspace.give(config)
        path = config / "email.toml"
        return self.workspace.write(path, email_toml(host, port, password, **lines))

    def use_credentials(self, mail_host: str, mail_port: int) -> None:
        """Makes the secrets that systemd would pass, and points `$CREDENTIALS_DIRECTORY` at them."""
        credentials = self.workspace.directory(f"{self.name}-credentials")
        for credential, size in (("jwt-secret", 32), ("session-key", 64)):
            value = random_secrets.token_hex(size)
            self._secrets.learn(credential, value)
            self.workspace.write(credentials / credential, value, 0o400)
        self.workspace.write(credentials / "email.toml", email_toml(mail_host, mail_port, PASSWORD), 0o400)
        self.settings["CREDENTIALS_DIRECTORY"] = str(credentials)

    @property
    def process(self) -> Process:
        return self.processes[-1]

    def launch(self) -> Process:
        """Starts it and does not wait."""
        self.processes.append(
            Process(
                self.workspace,
                self.name,
                [*self.wrapper, self.workspace.binary, "serve", *self.options],
                environment=self.environment,
                directory=self.directory,
                as_tester=bool(self.wrapper),
            )
        )
        return self.process

    def start(self, within: float = 20.0) -> "Gateway":
        """Starts it and waits until it answers."""
        process = self.launch()

        def is_healthy() -> bool:
            assert process.exit_code is None, (
                f"{self.name} ended with {process.exit_code}:\n{process.log_text()[-4000:]}"
            )
            return self.health() is not None

        until(is_healthy, f"{self.name} answers; it logged:\n{process.log_text()[-2000:]}", within)
        return self

    def health(self) -> dict[str, str] | None:
        """What `/.runegate/health` says, or nil while nobody answers."""
        listen = self.settings["RUNEGATE_LISTEN"]
        transport = httpx.HTTPTransport(uds=listen.removeprefix("unix:")) if listen.startswith("unix:") else None
        address = "http://health.test" if transport else f"http://{listen}"
        try:
            with httpx.Client(transport=transport, timeout=5, trust_env=False) as client:
                answer = client.get(f"{address}/.runegate/health")
                return answer.json() if answer.status_code == 200 else None
        except httpx.TransportError:
            return None

    def status(self) -> dict[str, Any]:
        """What it says of itself to its owner, over the control socket."""
        transport = httpx.HTTPTransport(uds=str(self.control_socket))
        with httpx.Client(transport=transport, timeout=5, trust_env=False) as client:
            return client.get("http://localhost/v1/status").raise_for_status().json()

    def stop(self) -> int:
        return self.process.stop()

    def kill(self) -> None:
        self.process.kill()

    def close(self) -> None:
        """Ends what still runs."""
        for process in self.processes:
            process.kill()

    def log_text(self) -> str:
        """What all its runs logged."""
        return "".join(process.log_text() for process in self.processes)

    def verb(self, *words: str, within: float = 30.0) -> subprocess.CompletedProcess[str]:
        """Runs another verb of the program beside it, as its operator does."""
        return run_verb(
            self.workspace,
            *words,
            environment=self.environment | {"RUNEGATE_CONTROL_SOCKET": str(self.control_socket)},
            directory=self.directory,
            within=within,
        )


def run_verb(
    workspace: Workspace,
    *words: str,
    environment: dict[str, str] | None = None,
    directory: Path | None = None,
    standard_input: str = "",
    within: float = 30.0,
) -> subprocess.CompletedProcess[str]:
    """Runs the program to its end."""
    user = workspace.user
    return subprocess.run(
        [str(workspace.binary), *words],
        env=environment or {"PATH": os.environ["PATH"], "SWIFT_BACKTRACE": "enable=no"},
        cwd=directory or workspace.root,
        input=standard_input,
        capture_output=True,
        text=True,
        timeout=within,
        user=user.pw_uid if user else None,
        group=user.pw_gid if user else None,
        extra_groups=[] if user else None,
    )


def email_toml(host: str, port: int, password: str, **lines: str) -> str:
    values: dict[str, str | int] = {
        "smtp_host": host,
        "smtp_port": port,
        "smtp_user": USER,
        "smtp_pass": password,
        "from_address": "Runegate <runegate@example.com>",
        "subject": "Your sign-in link",
    }
    values.update(lines)
    return "".join(
        f"{key} = {value}\n" if isinstance(value, int) else f'{key} = "{value}"\n' for key, value in values.items()
    )
