"""The directory that the program writes its mails into when it has no mail server."""

from pathlib import Path

from .letter import Letter
from .polling import until
from .secrets import Secrets


class Outbox:
    def __init__(self, directory: Path, secrets: Secrets) -> None:
        self.directory = directory
        self._secrets = secrets
        self._read: dict[Path, Letter] = {}

    def letters_to(self, recipient: str) -> list[Letter]:
        """Mails to an address, oldest first."""
        for path in sorted(self.directory.glob("*.eml"), key=lambda path: path.stat().st_mtime_ns):
            if path not in self._read:
                self._read[path] = Letter.read(path.read_bytes(), self._secrets)
        return [letter for letter in list(self._read.values()) if letter.recipient == recipient.lower()]

    def letter_to(self, recipient: str, number: int = 1, within: float = 10.0) -> Letter:
        """The last of at least `number` mails to this address, once there."""

        def last() -> Letter | None:
            letters = self.letters_to(recipient)
            return letters[-1] if len(letters) >= number else None

        return until(last, f"mail number {number} to {recipient} in {self.directory}", within)

    def clear(self) -> None:
        """Throws all mails away, read or not."""
        for path in self.directory.glob("*.eml"):
            path.unlink()
        self._read.clear()
