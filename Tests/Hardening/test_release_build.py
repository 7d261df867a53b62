"""The way in that the other tests use is in no program that is given away."""

from pathlib import Path


def test_a_release_build_cannot_be_broken_open(release_build: Path, debug_build: Path) -> None:
    assert b"RUNEGATE_BROKEN_OPEN" in debug_build.read_bytes()
    assert b"BROKEN_OPEN" not in release_build.read_bytes()
