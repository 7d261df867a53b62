"""A tree that `runegate provision vps --root` writes to, and what the tests ask about it."""

import hashlib
import json
import os
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

RECORDS = "etc/runegate/provision"
# What a run that never got to a file may leave: the directory of the records with its lock.
HARMLESS = {RECORDS, f"{RECORDS}/lock", "etc", "etc/runegate"}


@dataclass
class Tree:
    program: Path
    root: Path

    def run(self, *words: str, prefix: tuple[str, ...] = (), verb: str = "vps") -> subprocess.CompletedProcess[str]:
        """Runs a provisioning verb with nobody at the terminal."""
        command = [*prefix, str(self.program), "provision", verb, "--root", str(self.root), *words]
        return subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120,
            env=os.environ | {"SWIFT_BACKTRACE": "enable=no"},
        )  # fmt: skip

    def start(self, *words: str) -> subprocess.Popen[str]:
        """Starts `provision vps` and returns when it waits for answers on standard input."""
        running = subprocess.Popen(
            [str(self.program), "provision", "vps", "--root", str(self.root), "--answers", "-", *words],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env=os.environ | {"SWIFT_BACKTRACE": "enable=no"},
        )  # fmt: skip
        descriptors = Path(f"/proc/{running.pid}/fd")
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            links = [os.readlink(each) for each in descriptors.iterdir() if each.exists()]
            # It reads from a copy of standard input; until then the program is still being loaded.
            if len(links) > 3 and links.count(os.readlink(descriptors / "0")) > 1:
                return running
            time.sleep(0.002)
        running.kill()
        raise TimeoutError("the program did not ask for answers")

    def provision(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Provisions and expects success."""
        done = self.run(*words)
        assert done.returncode == 0, done.stderr
        return done

    def path(self, name: str) -> Path:
        return self.root / name.lstrip("/")

    def files(self) -> dict[str, str]:
        """Every name below the tree with a digest of what it holds."""
        found = {}
        for path in sorted(self.root.rglob("*")):
            name = str(path.relative_to(self.root))
            found[name] = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "directory"
        return found

    def payload(self) -> dict[str, str]:
        """The files that count: not the lock."""
        return {name: digest for name, digest in self.files().items() if name not in HARMLESS}

    def is_whole(self) -> bool:
        """Whether the files are exactly those that the manifest names."""
        manifest = self.path(f"{RECORDS}/manifest.json")
        if not manifest.exists():
            return not self.payload()
        installed = json.loads(manifest.read_text())["files"]
        return all(
            "sha256" not in entry or hashlib.sha256(self.path(name).read_bytes()).hexdigest() == entry["sha256"]
            for name, entry in installed.items()
        )

    def leftovers(self) -> list[str]:
        return [name for name in self.files() if ".runegate-" in name or "/journal" in name]
