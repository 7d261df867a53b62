"""A fault at every file-system call of a run: the old set stays or the new one is there, never a mix, and it is said.

strace hits only calls that concern the tree, so the numbers count from the first of them. `make test` tries each kind
of call early and late; RUNEGATE_TEST_LONG=1 tries every single one with every fault, which takes hours.
"""

import os
import re
import shutil
import signal
import subprocess
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest
from provisioned import HARMLESS, Tree

FIRST = ("--domain", "app.example.com", "--allow", "you@example.com")
# Changes files, makes one and its directory, and takes away none.
OTHER = ("--domain", "new.example.com", "--brand-name", "New", "--smtp-host", "mail.example.com")
# What a program that only reads, or that reads what is not of the tree, calls as well.
CALLS = "%file,%desc"
FAULTS = ("error=ENOSPC", "error=EIO", "signal=KILL")
IS_LONG = bool(os.environ.get("RUNEGATE_TEST_LONG"))

OLD_IS_SAID = re.compile(r"Nothing was changed")
NEW_IS_SAID = re.compile(r"The new files are in place|Everything is taken away but")
UNSETTLED_IS_SAID = re.compile(r"could not all be put back|could not be finished or undone yet")
INTERRUPTED_IS_SAID = re.compile(
    r"An interrupted run was (undone first: the old|finished first: its) files are in place"
)

pytestmark = pytest.mark.timeout(7200 if IS_LONG else 300)


@dataclass(frozen=True)
class Run:
    """A run that changes a tree, from `old` to `new`."""

    name: str
    words: tuple[str, ...]
    old: Tree
    new: Tree
    #: What the new set's site is called, by which its files are told from the old ones.
    domain: str = ""

    def paths(self, root: Path) -> list[str]:
        """Every name that the run may meet in a tree at `root`."""
        names = {name for tree in (self.old, self.new) for name in tree.files()}
        records = "etc/runegate/provision"
        names |= {f"{records}/{name}" for name in ("lock", "journal-draft", "journal-staging", "journal-committing")}
        beside = {
            f"{Path(name).parent}/.{Path(name).name}.runegate-{kind}" for name in names for kind in ("new", "old")
        }
        return [str(root), *(f"{root}/{name}" for name in sorted(names | beside))]

    def traced(self, tree: Tree, log: Path, *options: str) -> subprocess.CompletedProcess[str]:
        paths = [word for path in self.paths(tree.root) for word in ("-P", path)]
        return tree.run(*self.words, prefix=("strace", "-f", "-qq", "-o", str(log), *options, *paths))


@pytest.fixture(scope="module")
def runs(runegate: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Run]:
    place = tmp_path_factory.mktemp("trees")

    def tree(name: str, *words: str, like: Tree | None = None) -> Tree:
        made = copy(like, place / name) if like else empty(runegate, place / name)
        if words:
            made.provision(*words)
        return made

    nothing = tree("nothing")
    first = tree("first", *FIRST)
    other = tree("other", *OTHER, like=first)
    return {
        "the first": Run("the first", FIRST, nothing, first, "app.example.com"),
        "a change": Run("a change", OTHER, first, other, "new.example.com"),
        "an uninstall": Run("an uninstall", ("--uninstall",), other, nothing),
    }


def empty(program: Path, root: Path) -> Tree:
    root.mkdir(mode=0o755)
    return Tree(program, root)


def copy(tree: Tree, root: Path) -> Tree:
    shutil.copytree(tree.root, root, symlinks=True)
    return Tree(tree.program, root)


def calls(run: Run, place: Path) -> list[tuple[str, int]]:
    """Each call that the run makes, with how often its busiest thread does (strace counts by thread)."""
    log = place / "counted.log"
    done = run.traced(copy(run.old, place / "counted"), log, "-e", f"trace={CALLS}")
    assert done.returncode == 0, done.stderr
    counted = Counter(re.findall(r"^(\d+) +(\w+)\(", log.read_text(), re.MULTILINE))
    most: dict[str, int] = {}
    for (_, call), count in counted.items():
        most[call] = max(count, most.get(call, 0))
    assert {"openat", "write", "fsync", "renameat", "unlinkat"} <= most.keys(), most
    return sorted(most.items())


def cases(found: list[tuple[str, int]]) -> Iterator[tuple[str, int, str]]:
    for order, (call, total) in enumerate(found):
        if IS_LONG:
            yield from ((call, number, fault) for number in range(1, total + 1) for fault in FAULTS)
            continue
        # Over all kinds of calls each fault falls on the first, the middle and the last of some.
        early = 1 if order % 2 else (total + 1) // 2
        for place, number in enumerate(sorted({early, total - order % min(3, total)})):
            yield call, number, FAULTS[(order + place) % len(FAULTS)]
    if not IS_LONG:
        # Where most can go wrong: a kill while names are exchanged.
        renames = dict(found)["renameat"]
        yield from (("renameat", number, "signal=KILL") for number in range(2, renames, max(1, renames // 4)))


@pytest.mark.parametrize("name", ["the first", "a change", "an uninstall"])
def test_a_fault_at_any_call_leaves_one_whole_set(runs: dict[str, Run], tmp_path: Path, name: str) -> None:
    run = runs[name]
    found = calls(run, tmp_path)
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        tried = [pool.submit(hit, run, tmp_path / f"{number}", *case) for number, case in enumerate(cases(found))]
        wrong = [problem for each in tried if (problem := each.result())]
    assert len(tried) > 12
    assert not wrong, "\n".join(wrong)


def hit(run: Run, root: Path, call: str, number: int, fault: str) -> str | None:
    """Runs it with one fault and once more without; what was wrong about it."""
    tree = copy(run.old, root)
    log = root.with_suffix(".log")
    try:
        done = run.traced(tree, log, "-e", f"trace={call}", "-e", f"inject={call}:{fault}:when={number}")
        wrong = judge(run, tree, done)
        where = [line for line in log.read_text().splitlines() if "INJECTED" in line or "KILL" in line][:1]
        return f"{run.name}, {call} {number}, {fault}, {where}: {wrong}\n{done.stderr}" if wrong else None
    finally:
        shutil.rmtree(root)


def judge(run: Run, tree: Tree, done: subprocess.CompletedProcess[str]) -> str | None:
    status, said = done.returncode, done.stderr
    if status not in (0, 1, -signal.SIGKILL):
        return f"exit status {status}"
    left = tree.run("--json", verb="status")
    is_interrupted = left.returncode == 2
    if status == 0 and (is_interrupted or not is_new(run, tree)):
        return "it says that it worked, and the new set is not there"
    if status == 1:
        is_old, is_there = matches(tree, run.old), is_new(run, tree)
        if is_interrupted and not (UNSETTLED_IS_SAID.search(said) or NEW_IS_SAID.search(said)):
            return "it does not say that it is not done"
        if not is_interrupted and not (
            (OLD_IS_SAID.search(said) and is_old) or (NEW_IS_SAID.search(said) and is_there)
        ):
            return f"what it says is not so (old: {is_old}, new: {is_there})"
    healed = tree.run(*run.words)
    if healed.returncode != 0:
        return f"the next run failed: {healed.stderr}"
    if is_interrupted != bool(INTERRUPTED_IS_SAID.search(healed.stderr)):
        return f"the next run does not say what was done about this one: {healed.stderr}"
    if not is_new(run, tree):
        return f"the next run did not mend it: {sorted(tree.files())}"
    if tree.leftovers():
        return f"left behind: {tree.leftovers()}"
    return None


def matches(tree: Tree, other: Tree) -> bool:
    return tree.files() == other.files()


def is_new(run: Run, tree: Tree) -> bool:
    """Whether the tree is whole and as the run makes it; its secrets are other ones every time."""
    if not run.domain:
        # A fault while the last directories go leaves them empty; the next uninstall takes those that are ours alone.
        return set(tree.files()) <= HARMLESS
    site = tree.path("etc/nginx/conf.d/runegate.conf")
    return tree.is_whole() and tree.files().keys() == run.new.files().keys() and run.domain in site.read_text()
