"""Rathole's two sides: the real program when there is one, else the stand-in, with the same configuration files."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from stage.process import Process
from stage.workspace import Workspace

_HERE = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Rathole:
    """How to start it."""

    command: list[str]
    is_real: bool

    @staticmethod
    def find() -> "Rathole":
        """The program that `RATHOLE` names, or the one in `PATH`, or the stand-in."""
        program = os.environ.get("RATHOLE") or shutil.which("rathole")
        return Rathole([program], True) if program else Rathole([sys.executable, "-m", "rathole"], False)

    @property
    def version(self) -> str:
        """What it calls itself, for the table of figures."""
        if not self.is_real:
            return "stand-in of 0.5.0"
        said = subprocess.run([*self.command, "--version"], capture_output=True, text=True, timeout=10)
        return said.stdout.split("\n")[0].strip() or "unknown"

    def start(self, workspace: Workspace, side: str, config: str, *, within: list[str] | None = None) -> Process:
        """Runs one side, `server` or `client`; `within` leads the command into a namespace."""
        path = workspace.write(workspace.directory(f"rathole-{side}") / f"{side}.toml", config)
        return Process(
            workspace,
            f"rathole-{side}",
            [*(within or []), *self.command, f"--{side}", path],
            environment={"PATH": os.environ["PATH"], "PYTHONPATH": str(_HERE), "PYTHONUNBUFFERED": "1"},
            as_tester=True,
        )

    def new_keys(self) -> "KeyPair":
        said = subprocess.run(
            [*self.command, "--genkey"],
            capture_output=True,
            text=True,
            timeout=10,
            check=True,
            env={"PATH": os.environ["PATH"], "PYTHONPATH": str(_HERE)},
        )
        lines = said.stdout.split("\n")
        return KeyPair(lines[1].strip(), lines[4].strip())


@dataclass(frozen=True)
class KeyPair:
    """Base64."""

    private: str
    public: str


@dataclass(frozen=True)
class Noise:
    """Both sides' keys; in `NK` only the server has one."""

    pattern: str
    server: KeyPair
    client: KeyPair

    def transport(self, side: str) -> str:
        """The transport block of one side's configuration file."""
        own, peer = (self.server, self.client) if side == "server" else (self.client, self.server)
        is_known = side == "server" or self.pattern == "KK"
        lines = [
            f"[{side}.transport]",
            'type = "noise"',
            f"[{side}.transport.noise]",
            f'pattern = "Noise_{self.pattern}_25519_ChaChaPoly_BLAKE2s"',
        ]
        if is_known:
            lines.append(f'local_private_key = "{own.private}"')
        if side == "client" or self.pattern == "KK":
            lines.append(f'remote_public_key = "{peer.public}"')
        return "\n".join(lines) + "\n"


def server_file(
    control: str, visitors: str, *, noise: Noise | None = None, token: str = "a token", **lines: int
) -> str:
    """A server's configuration file with one service, `app`."""
    more = "".join(f"{key} = {value}\n" for key, value in lines.items())
    transport = noise.transport("server") if noise else ""
    return (
        f'[server]\nbind_addr = "{control}"\n{more}{transport}'
        f'[server.services.app]\ntoken = "{token}"\nbind_addr = "{visitors}"\n'
    )


def client_file(control: str, app: str, *, noise: Noise | None = None, token: str = "a token", **lines: int) -> str:
    """A client's configuration file with one service, `app`."""
    more = "".join(f"{key} = {value}\n" for key, value in lines.items())
    transport = noise.transport("client") if noise else ""
    return (
        f'[client]\nremote_addr = "{control}"\n{more}{transport}'
        f'[client.services.app]\ntoken = "{token}"\nlocal_addr = "{app}"\n'
    )
