"""Both machines, and what is asked of the whole."""

import subprocess
import time

import httpx

from stage.polling import until
from stage.visitor import Visitor

from .public_side import JOIN_CODE, Host, PublicSide
from .shell import Shell

APP_PORT = 7860
#: Over which path the app is asked, by the address that it sees.
PATHS = {"10.0.0.1": "wireguard", "127.0.0.1": "rathole"}


class Joined(PublicSide):
    aibox: Host
    #: How long it may take until a tunnel is proven.
    patience_seconds = 60.0

    def path_used(self, visitor: Visitor) -> str:
        """Over which path the app was asked just now; empty when it was not."""
        try:
            answer = visitor.get("/echo")
        except httpx.TransportError:
            return ""
        return PATHS.get(answer.json()["peer"], "") if answer.status_code == 200 else ""

    def wait_for_path(self, visitor: Visitor, path: str, within: float = 45) -> None:
        until(lambda: self.path_used(visitor) == path, f"the app is asked over {path}", within, every=0.2)

    def wait_until_proven(self) -> None:
        def ask() -> subprocess.CompletedProcess[str]:
            return self.vps.run("runegate", "tunnels", check=False)

        try:
            until(lambda: ask().returncode == 0, "both paths are proven", self.patience_seconds, 0.3)
        except AssertionError as error:
            words = [ask().stdout, self.vps.last_words(), self.aibox.last_words()]
            raise AssertionError("\n".join([str(error), *words])) from None

    def join(self, code: str) -> tuple[Shell, str, float]:
        """Types the aibox's command and the code; the shell, what was shown, seconds until both paths are proven."""
        shell = Shell(self.aibox)
        began = time.monotonic()
        shell.type("runegate provision aibox")
        shell.wait_for("join code", 60)
        for line in [*code.splitlines(), ""]:
            shell.type(line)
        shown = shell.wait_for_prompt(300)
        assert shell.status() == 0, f"{shown}\n{self.aibox.last_words()}\n{self.vps.last_words()}"
        self.wait_until_proven()
        return shell, shown, time.monotonic() - began

    def set_up(self) -> None:
        """One command on each machine, and a code from the first to the second."""
        shell, shown, _ = self.provision()
        shell.close()
        code = JOIN_CODE.search(shown)
        assert code, shown
        shell, _, _ = self.join(code[0].replace("\r", ""))
        shell.close()
