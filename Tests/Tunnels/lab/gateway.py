"""The program under test inside the VPS's namespace, with a Unix socket that the visitors outside reach."""

import json
import os
import secrets as random_secrets
import subprocess
from pathlib import Path
from typing import Any

import httpx

from stage.gateway import Gateway
from stage.outbox import Outbox
from stage.polling import until
from stage.process import Process
from stage.secrets import Secrets
from stage.visitor import Visitor
from stage.workspace import Workspace

from .namespaces import Namespace, run

HOST = "localhost:7870"
#: Mounts a directory over `/run` for one command alone: the reader's socket has a fixed place there.
_WITH_RUN = 'mount --bind "$0" /run && exec "$@"'


def build() -> str:
    """Which build of the program is under test, for the table of figures."""
    return "debug build" if "debug" in os.environ.get("RUNEGATE_BINARY", "") else "release build"


class SupervisedGateway(Gateway):
    """`runegate serve` with both tunnels configured."""

    def __init__(
        self, workspace: Workspace, secrets: Secrets, namespace: Namespace, interface: str, **settings: str
    ) -> None:
        self._namespace = namespace
        self.run_directory = workspace.directory("run")
        self.run_directory.chmod(0o755)
        sockets = workspace.directory("socket")
        sockets.chmod(0o755)
        self.socket = sockets / "gateway.sock"
        outbox = workspace.directory("outbox")
        defaults = {
            "RUNEGATE_LISTEN": f"unix:{self.socket}",
            "RUNEGATE_WIREGUARD_TARGET": "http://10.0.0.2:7860",
            "RUNEGATE_WIREGUARD_INTERFACE": interface,
            "RUNEGATE_RATHOLE_TARGET": "http://127.0.0.1:5202",
            # So that every case returns to WireGuard soon; the longest is what damping would make of it.
            "RUNEGATE_FAILBACK_AFTER": "2s",
            "RUNEGATE_FAILBACK_MAX": "2s",
            "RUNEGATE_ALLOW_ANY_EMAIL": "true",
            "RUNEGATE_MAIL_TRANSPORT": f"outbox:{outbox}",
            "RUNEGATE_RATE_LIMIT_ENABLED": "false",
            "RUNEGATE_DRAIN": "1s",
            "RUNEGATE_REQUEST_LOGS": "false",
            "RUNEGATE_LOG": "info",
        }
        # The visitor stays signed in when the program is started anew.
        for name, size in (("RUNEGATE_JWT_SECRET", 32), ("RUNEGATE_SESSION_KEY", 64)):
            defaults[name] = random_secrets.token_hex(size)
            secrets.learn(name, defaults[name])
        super().__init__(workspace, secrets, "supervised", f"http://{HOST}", defaults | settings)
        self._mailbox = Outbox(outbox, secrets)

    def launch(self) -> Process:
        user = self.workspace.user
        as_user = ["setpriv", "--reuid", str(user.pw_uid), "--regid", str(user.pw_gid), "--clear-groups"]
        self.processes.append(
            Process(
                self.workspace,
                self.name,
                [
                    *["nsenter", f"--net=/run/netns/{self._namespace.name}"],
                    *["unshare", "--mount", "sh", "-c", _WITH_RUN, self.run_directory],
                    *[*as_user, "--pdeathsig", "KILL", "--", self.workspace.binary, "serve"],
                ],
                environment=self.environment,
                directory=self.directory,
                as_tester=True,
            )
        )
        return self.process

    def restart(self, **settings: str) -> None:
        """Starts it anew on the same state with other settings."""
        self.stop()
        self.settings |= settings
        self.start()

    def signed_in(self) -> Visitor:
        """A visitor who may reach the app."""
        visitor = Visitor(
            self.base_url, self._mailbox, self._secrets, transport=httpx.HTTPTransport(uds=str(self.socket))
        )
        visitor.sign_in("visitor@example.com")
        return visitor

    def tunnels(self) -> "Status":
        """What `runegate tunnels --json` says."""
        return Status(self.verb("tunnels", "--json"))

    def status(self, verdict: str, within: float = 15.0) -> "Status":
        """The status once it has this verdict."""
        seen: list[Status] = []

        def has_verdict() -> "Status | None":
            seen[:] = [self.tunnels()]
            return seen[0] if seen[0].verdict == verdict else None

        try:
            return until(has_verdict, f"the verdict is {verdict}", within, every=0.1)
        except AssertionError as error:
            raise AssertionError(f"{error}; last:\n{seen[0].text}\n{self.log_text()[-3000:]}") from None


class Status:
    """One answer of `runegate tunnels --json`."""

    def __init__(self, answer: subprocess.CompletedProcess[str]) -> None:
        self.exit_code = answer.returncode
        self.text = answer.stdout + answer.stderr
        self.report: dict[str, Any] = json.loads(answer.stdout) if answer.stdout.startswith("{") else {}

    @property
    def verdict(self) -> str:
        return self.report.get("verdict", "")

    def path(self, name: str) -> dict[str, Any]:
        return next(path for path in self.report["paths"] if path["name"] == name)

    @property
    def switches(self) -> list[dict[str, Any]]:
        """The newest first."""
        return self.report["switches"]

    @property
    def problems(self) -> set[str]:
        return {problem["code"] for problem in self.report["problems"]}


class Reader:
    """`runegate wireguard-reader`, which alone may ask WireGuard."""

    def __init__(
        self, workspace: Workspace, namespace: Namespace, gateway: SupervisedGateway, interface: str
    ) -> None:
        directory = gateway.run_directory / "runegate-wireguard"
        directory.mkdir(exist_ok=True)
        directory.chmod(0o755)
        self._socket: Path = directory / "reader.sock"
        self._command = [*namespace.enter, workspace.binary, "wireguard-reader", "--interface", interface]
        self._workspace = workspace
        self._process: Process | None = None

    def start(self) -> None:
        self._process = Process(
            self._workspace,
            "reader",
            [*self._command, "--socket", self._socket],
            environment={"PATH": os.environ["PATH"], "SWIFT_BACKTRACE": "enable=no"},
            as_tester=True,
        )
        until(self._socket.exists, f"the reader listens; it logged {self._process.log_text()}")
        run("chmod", "666", str(self._socket))

    def stop(self) -> None:
        if self._process:
            self._process.kill()
            self._process = None
        self._socket.unlink(missing_ok=True)
