"""What a suite measured: printed at the end, and after its long form also a page under `docs/`."""

from collections.abc import Callable

import pytest

from .figures import Figures
from .form import is_long
from .workspace import OUTPUT, ROOT


class Page:
    """A plugin of pytest; it gives the fixture `figures`."""

    def __init__(
        self,
        name: str,
        heading: str,
        introduction: str,
        versions: Callable[[], dict[str, str]],
        *,
        keeps_rows: bool = True,
        only_when_passed: bool = False,
    ) -> None:
        """`versions` says what stood around. With `keeps_rows` a part of the suite renews its own lines alone."""
        self._name = name
        self._heading = heading
        self._introduction = introduction
        self._versions = versions
        self._keeps_rows = keeps_rows
        self._only_when_passed = only_when_passed
        self._figures = Figures()

    @pytest.fixture(scope="session")
    def figures(self) -> Figures:
        return self._figures

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter, exitstatus: pytest.ExitCode) -> None:
        if not self._figures.rows:
            return
        terminalreporter.section(self._heading)
        terminalreporter.write_line(self._figures.table)
        if not is_long() or (self._only_when_passed and exitstatus != pytest.ExitCode.OK):
            return
        if self._keeps_rows:
            self._figures.merge(OUTPUT / f"{self._name.lower()}.json")
        self._figures.write(ROOT / "docs" / f"{self._name}.md", self._introduction, self._versions())
