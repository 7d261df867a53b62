"""A fault injected at every file-system call of a run: the old set stays or the new one is there, never a mix."""

import json
import os
import re
import shutil
import signal
import subprocess
import time
from collections import Counter
from pathlib import Path

import pytest

from provisioned import Tree

FIRST = ("--domain", "app.example.com", "--allow", "you@example.com")
# Changes five files, makes one and its directory, and removes none.
ANSWERS = 'domain = "new.example.com"\nbrand_name = "New"\nsmtp_host = "mail.example.com"\n'
CALLS = ("openat", "read", "write", "fsync", "fchmod", "linkat", "renameat", "unlinkat", "mkdirat", "newfstatat", "close")
FAULTS = ("error=ENOSPC", "error=EIO", "signal=KILL")

pytestmark = [
    pytest.mark.skipif(shutil.which("strace") is None, reason="needs strace"),
    pytest.mark.timeout(1800),
]


@pytest.fixture(scope="session")
def provisioned(runegate: Path, tmp_path_factory: pytest.TempPathFactory) -> Tree:
    """A tree that every case starts from a copy of."""
    root = tmp_path_factory.mktemp("provisioned") / "root"
    root.mkdir(mode=0o755)
    tree = Tree(runegate, root)
    tree.provision(*FIRST)
    return tree


def copy(tree: Tree, root: Path) -> Tree:
    shutil.copytree(tree.root, root, symlinks=True)
    return Tree(tree.program, root)


def traced(tree: Tree, *options: str) -> tuple[int, str]:
    """A run that strace watches from the moment it has started: its exit status and diagnostics."""
    running = tree.start()
    tracer = subprocess.Popen(
        ["strace", "-f", "-qq", "-p", str(running.pid), *options], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        deadline = time.monotonic() + 20
        while not all(is_traced(task) for task in Path(f"/proc/{running.pid}/task").iterdir()):
            assert time.monotonic() < deadline, "strace did not attach"
            time.sleep(0.002)
        _, diagnostics = running.communicate(ANSWERS, timeout=60)
    finally:
        running.kill()
        tracer.wait(20)
    return running.returncode, diagnostics


def is_traced(task: Path) -> bool:
    return "TracerPid:\t0\n" not in (task / "status").read_text()


def count(tree: Tree, log: Path, call: str) -> int:
    """How often the thread that does the work makes the call."""
    status, diagnostics = traced(tree, "-o", str(log), "-e", f"trace={call}")
    assert status == 0, diagnostics
    threads = Counter(line.split()[0] for line in log.read_text().splitlines() if re.search(rf"\b{call}\(", line))
    return max(threads.values(), default=0)


def picked(total: int) -> list[int]:
    """All in the long form (RUNEGATE_TEST_LONG=1), else five, spread over the run, with the first and the last."""
    if os.environ.get("RUNEGATE_TEST_LONG"):
        return list(range(1, total + 1))
    return sorted({1, total, *range(1, total + 1, max(1, total // 4))} - {0})


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("call", CALLS)
def test_a_fault_at_any_call_leaves_one_whole_set(provisioned: Tree, tmp_path: Path, call: str, fault: str) -> None:
    total = count(copy(provisioned, tmp_path / "counted"), tmp_path / "log", call)
    old = provisioned.payload()
    for number in picked(total):
        tree = copy(provisioned, tmp_path / str(number))
        status, said = traced(tree, "-e", f"trace={call}", "-e", f"inject={call}:{fault}:when={number}", "-o", "/dev/null")
        place = f"{call} {number} of {total}, {fault}: {status} {said}"
        interrupted = tree.run("--json", verb="status")
        generation = json.loads(interrupted.stdout)["generation"]
        if fault == "signal=KILL":
            assert status == -signal.SIGKILL, place
            # Nobody could tidy up: the next run does, and says what it did.
            healed = tree.run("--no-ask")
            assert healed.returncode == 0, place + healed.stderr
            assert ("interrupted run was" in healed.stderr) == (interrupted.returncode == 2), place
            generation = json.loads(tree.run("--json", verb="status").stdout)["generation"]
        elif interrupted.returncode == 2:
            # The fault hit the way back or the last step: that is said, and the next run does the rest.
            assert status == 1, place
            assert tree.run("--no-ask").returncode == 0, place
            generation = json.loads(tree.run("--json", verb="status").stdout)["generation"]
        assert tree.is_whole(), place
        assert not tree.leftovers(), place
        if generation == 1:
            assert status != 0, place
            assert tree.payload() == old, place
        else:
            assert "new.example.com" in tree.path("etc/nginx/conf.d/runegate.conf").read_text(), place
            assert tree.path("etc/runegate/config/email.toml").exists(), place
        shutil.rmtree(tree.root)
