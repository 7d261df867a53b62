"""Starts and ends the load."""

import os
import sys
import time
from pathlib import Path

from stage.process import Process
from stage.workspace import Workspace

from .gateway import HOST, SupervisedGateway
from .report import LoadReport

HERE = Path(__file__).resolve().parents[1]


def python(module: str, *words: str) -> list[str]:
    """A program of this folder as a command."""
    return [sys.executable, "-m", module, *words]


def python_environment() -> dict[str, str]:
    paths = [HERE, HERE.parent / "EndToEnd"]
    return {"PATH": os.environ["PATH"], "PYTHONPATH": ":".join(map(str, paths)), "PYTHONUNBUFFERED": "1"}


class Visitors:
    """Two hundred GET a second and the rest, for as long as the `with` block lasts."""

    def __init__(self, workspace: Workspace, gateway: SupervisedGateway, cookie: str) -> None:
        self._path = workspace.directory("load") / "report.json"
        words = [str(gateway.socket), HOST, cookie, str(self._path)]
        self._start = lambda: Process(
            workspace,
            "load",
            ["setpriv", "--pdeathsig", "KILL", "--", *python("lab.load", *words)],
            environment=python_environment(),
            as_tester=True,
        )
        self._report: LoadReport | None = None

    def __enter__(self) -> "Visitors":
        self._process = self._start()
        # It is warm when the first second is over: connections are open, the path's round trip is known.
        time.sleep(1.5)
        return self

    def __exit__(self, *_: object) -> None:
        self._process.stop()

    @property
    def report(self) -> LoadReport:
        """What they saw, once they have left."""
        if self._report is None:
            self._report = LoadReport.read(self._path)
        return self._report
