"""Everything secret that the tests saw, so that the last test can look for it in the logs."""

import base64
from pathlib import Path
from urllib.parse import quote


class Secrets:
    """Secrets by what they are, such as `link token`."""

    def __init__(self) -> None:
        self._kinds: dict[str, str] = {}

    def learn(self, kind: str, value: str) -> None:
        """Remembers a secret. Short ones are refused: they would be found by chance."""
        assert len(value) >= 8, f"{kind} is too short to look for"
        self._kinds[value] = kind
        # The parts of a JWT are secrets of their own: claims and signature without the header are a token too.
        for part in value.split(".")[1:]:
            if len(part) >= 16:
                self._kinds[part] = f"part of a {kind}"

    def __len__(self) -> int:
        return len(self._kinds)

    def found_in(self, path: Path) -> list[str]:
        """What is found in a file, as `kind in file`; never the secret itself."""
        text = path.read_bytes()
        return sorted(
            {
                f"{kind} in {path.name}"
                for value, kind in self._kinds.items()
                if any(spelling in text for spelling in _spellings(value))
            }
        )


def _spellings(value: str) -> set[bytes]:
    raw = value.encode()
    return {raw, quote(value, safe="").encode(), base64.b64encode(raw), base64.urlsafe_b64encode(raw).rstrip(b"=")}
