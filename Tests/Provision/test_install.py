"""install.sh, below a directory of its own: what it puts there, replaces and takes away."""

import subprocess
from pathlib import Path

import pytest

from machines.rendered import ROOT

PROGRAM = """#!/bin/sh
case $1 in
    --version) echo %s ;;
    --generate-completion-script) echo "completion for $2" ;;
esac
"""


@pytest.fixture
def program(tmp_path: Path) -> Path:
    file = tmp_path / "built"
    file.write_text(PROGRAM % "1.0")
    file.chmod(0o755)
    return file


def install(*words: object, expected: int = 0) -> str:
    done = subprocess.run([ROOT / "deploy/install.sh", *words], capture_output=True, text=True)
    assert done.returncode == expected, done.stdout + done.stderr
    return done.stdout + done.stderr


def listed() -> dict[str, int]:
    lines = (ROOT / "deploy/files.txt").read_text().splitlines()
    return {place: int(mode, 8) for mode, place, _ in (line.split() for line in lines if not line.startswith("#"))}


def found(root: Path) -> dict[str, int]:
    files = (path for path in root.rglob("*") if path.is_file())
    return {f"/{path.relative_to(root)}": path.stat().st_mode & 0o7777 for path in files}


def test_it_puts_there_what_the_list_says(tmp_path: Path, program: Path) -> None:
    root = tmp_path / "root"
    install("--binary", program, "--root", root)
    assert found(root) == listed()
    assert (root / "usr/bin/runegate").read_bytes() == program.read_bytes()
    assert (root / "usr/share/zsh/vendor-completions/_runegate").read_text() == "completion for zsh\n"


def test_a_second_run_changes_nothing_and_a_new_version_replaces(tmp_path: Path, program: Path) -> None:
    root = tmp_path / "root"
    install("--binary", program, "--root", root)
    before = {path: (root / path.lstrip("/")).stat().st_ino for path in listed()}
    install("--binary", program, "--root", root)
    assert before == {path: (root / path.lstrip("/")).stat().st_ino for path in listed()}
    program.write_text(PROGRAM % "2.0")
    said = install("--binary", program, "--root", root)
    changed = [path for path, inode in before.items() if (root / path.lstrip("/")).stat().st_ino != inode]
    assert changed == ["/usr/bin/runegate"] and "2.0" in said
    assert found(root) == listed(), "nothing half-written is left"


def test_it_takes_away_what_it_put_there(tmp_path: Path, program: Path) -> None:
    root = tmp_path / "root"
    install("--binary", program, "--root", root)
    (root / "etc/runegate/runegate.toml").write_text("# mine\n")
    install("--uninstall", "--root", root)
    assert list(found(root)) == ["/etc/runegate/runegate.toml"]
    install("--uninstall", "--root", root)


def test_a_machine_that_is_set_up_keeps_its_program(tmp_path: Path, program: Path) -> None:
    root = tmp_path / "root"
    install("--binary", program, "--root", root)
    (root / "etc/runegate/provision").mkdir()
    assert "provision vps --uninstall" in install("--uninstall", "--root", root, expected=1)
    assert found(root) == listed()


@pytest.mark.parametrize(
    ("words", "expected", "says"),
    [
        (["--binary", "/nowhere", "--root", "ROOT"], 1, "no program at /nowhere"),
        (["--binary", "/bin/false", "--root", "ROOT"], 1, "does not run here"),
        (["--surprise"], 64, "--surprise"),
        (["--root"], 64, "needs a directory"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, words: list[str], expected: int, says: str) -> None:
    said = install(*[str(tmp_path) if word == "ROOT" else word for word in words], expected=expected)
    assert says in said
    assert found(tmp_path) == {}
