"""The Debian package of the built program."""

import re
import subprocess
from pathlib import Path

from .rendered import ROOT


def make_package(program: Path, directory: Path) -> Path:
    made = subprocess.run([ROOT / "tools/build/deb.sh", program, directory], capture_output=True, text=True)
    assert made.returncode == 0, made.stderr
    return Path(made.stdout.strip())


def newer(package: Path) -> Path:
    """The same package as a later version."""
    tree = package.parent / "newer"
    subprocess.run(["dpkg-deb", "--raw-extract", package, tree], check=True)
    control = tree / "DEBIAN/control"
    control.write_text(re.sub(r"^Version: .*$", "Version: 999.0", control.read_text(), flags=re.MULTILINE))
    made = package.parent / "newer.deb"
    subprocess.run(
        ["dpkg-deb", "--root-owner-group", "-Znone", "--build", tree, made], check=True, capture_output=True
    )
    return made


def needs(package: Path) -> list[str]:
    asked = subprocess.run(["dpkg-deb", "--field", package, "Depends"], check=True, capture_output=True, text=True)
    return [need.split()[0] for need in asked.stdout.strip().split(", ")]
