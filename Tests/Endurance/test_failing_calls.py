"""System calls on the database that fail, each in its turn: what was answered holds, and the rest fails closed."""

import os
import shutil
import signal
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from form import Form
from stage.figures import Figures
from stage.notify import NotifySocket
from stage.polling import until
from stage.process import Process
from stage.site import NO_LIMITS, Site, Stage
from stage.visitor import Visitor

#: What SQLite asks of the disk, how a broken or a full one answers, and how many turns the short form has for it.
FAILURES = [
    ("fdatasync", "EIO", 3), ("fsync", "EIO", 1), ("pwrite64", "ENOSPC", 2), ("pwrite64", "EIO", 1), ("ftruncate", "EIO", 1),
    ("pread64", "EIO", 2), ("openat", "EIO", 1),
]  # fmt: skip
#: More calls than this are not failed one by one, but at even distances.
MANY = 150
#: Pages in the log from which SQLite moves them into the database at a commit.
CHECKPOINT_PAGES = 1000
_PAGE_IN_LOG_BYTES = 4096 + 24


@dataclass
class Scene:
    """A gateway's state that every run begins with: two people signed in, a link that waits, and a log that is almost full."""

    site: Site
    notify: NotifySocket
    template: Path
    member: Visitor
    leaver: Visitor
    asker: Visitor
    link: str
    #: What did not hold, in words.
    broken: list[str] = field(default_factory=list)
    answers: Counter[str] = field(default_factory=Counter)
    #: How often a thread makes each call when none fails.
    usual: dict[str, int] = field(default_factory=dict)
    #: Calls that really failed.
    failed: int = 0

    @staticmethod
    def build(stage: Stage) -> "Scene":
        """Makes that state, and counts the calls of a run in which nothing fails."""
        site = stage.development("calls", **NO_LIMITS, **stage.keys())
        member, leaver, asker = site.visitor(), site.visitor(), site.visitor()
        member.sign_in("member@example.com")
        leaver.sign_in("leaver@example.com")
        asker.ask("asker@example.com")
        link = site.mailbox.letter_to("asker@example.com").link
        log = site.gateway.state / "runegate.db-wal"
        while log.stat().st_size < (CHECKPOINT_PAGES - 20) * _PAGE_IN_LOG_BYTES:
            assert site.visitor().client.post("/.runegate/login", json={"email": "filler@example.com"}).is_success
        site.gateway.kill()
        template = stage.workspace.directory("template") / "state"
        shutil.copytree(site.gateway.state, template, ignore=shutil.ignore_patterns("*.sock"))
        scene = Scene(site, stage.notify_socket(), template, member, leaver, asker, link)
        lines = _run(scene, sorted({call for call, _, _ in FAILURES}))
        assert not scene.broken, scene.broken
        calls = Counter(tuple(line.partition("(")[0].split()) for line in lines if "(" in line)
        for (_, call), count in calls.items():
            scene.usual[call] = max(count, scene.usual.get(call, 0))
        return scene

    def restore(self) -> None:
        """Puts the state back to the beginning."""
        state = self.site.gateway.state
        for path in state.iterdir():
            path.unlink()
        for path in self.template.iterdir():
            shutil.copy(path, state / path.name)
            self.site.gateway.workspace.give(state / path.name)
        self.site.mailbox.clear()

    def fail(self, call: str, error: str, number: int) -> None:
        """One turn: each thread's so manieth call fails."""
        lines = _run(self, [call], f"error={error}:when={number}", f"{call} {number}")
        self.failed += sum("(INJECTED)" in line for line in lines)

    def strace(self, calls: list[str], trace: Path, failure: str = "") -> list[str | Path]:
        """`strace` as a grandchild, so that the program itself is what the test started."""
        database = self.site.gateway.state / "runegate.db"
        looked_at = [database.parent, database, f"{database}-wal", f"{database}-shm"]
        paths = [word for path in looked_at for word in ("-P", path)]
        inject = ["-e", f"inject={calls[0]}:{failure}"] if failure else []
        user = self.site.gateway.workspace.user
        as_user = ["-u", user.pw_name] if user else []
        return ["strace", "-D", "-f", "-q", *as_user, "-o", trace, *paths, "-e", f"trace={','.join(calls)}", *inject]


@pytest.fixture(scope="module")
def scene(shared_stage: Stage) -> Scene:
    return Scene.build(shared_stage)


@pytest.mark.parametrize("call, error, turns", FAILURES)
def test_nothing_that_was_answered_is_lost(
    scene: Scene, figures: Figures, form: Form, call: str, error: str, turns: int
) -> None:
    scene.broken, scene.answers, scene.failed = [], Counter(), 0
    most = scene.usual[call]
    # Reading the log back is a thousand calls of one kind: some of them stand for all.
    turns = min(most, MANY) if form.is_long else turns
    chosen = [1 + (2 * turn + 1) * most // (2 * turns) for turn in range(turns)]
    for number in chosen:
        scene.fail(call, error, number)
    # Calls are counted by thread, and which threads make them differs from run to run: an earlier one is surely made.
    while not scene.failed and number > 1:
        number //= 2
        scene.fail(call, error, number)
    case = f"{call} fails with {error}, each in turn"
    figures.add(case, "turns, calls failed", f"{len(chosen)}, {scene.failed}")
    seen = ", ".join(f"{count} × {answer}" for answer, count in sorted(scene.answers.items()))
    figures.add(case, "answers meanwhile", seen)
    figures.at_most(case, "answers that did not hold, or starts that failed", len(scene.broken), 0)
    assert not scene.broken
    assert scene.failed, "nothing failed"


def _run(scene: Scene, calls: list[str], failure: str = "", name: str = "no failure") -> list[str]:
    """Start, sign-in, sign-out, stop; then the same state without failures. Returns the lines of the trace."""
    site, gateway = scene.site, scene.site.gateway
    scene.restore()
    trace = gateway.directory / "trace"
    trace.unlink(missing_ok=True)
    gateway.wrapper = scene.strace(calls, trace, failure)
    said: dict[str, int] = {}

    def expect(holds: bool, what: str) -> None:
        if not holds:
            scene.broken.append(f"{name}: {what} ({said})")

    scene.notify.start(gateway)
    process = gateway.process
    member, leaver, asker = _twin(site, scene.member), _twin(site, scene.leaver), _twin(site, scene.asker)
    if "cannot be used" in process.log_text():
        # Every thread has turns of its own, and each further attempt may come from a fresh one.
        _let_go(process)
        until(member.is_signed_in, "the sessions are there once the database is", 15)
    expect(member.is_signed_in(), "the member was signed out")
    said["ask"] = site.visitor().client.post("/.runegate/login", json={"email": "new@example.com"}).status_code
    said["spend"] = asker.visit(scene.link).status_code
    said["sign out"] = leaver.sign_out().status_code
    expect(member.is_signed_in(), "the member was signed out later")
    expect(not leaver.is_signed_in(), "whoever signed out is still in")
    for step, status in said.items():
        scene.answers[f"{status}"] += 1
        expect(status in ((200, 503) if step == "ask" else (303, 503)), f"{step} was answered otherwise")
    if 503 in said.values():
        expect("cannot be used" in process.log_text(), "the log says nothing")
    expect(gateway.stop() == 0, "it did not stop in order")

    gateway.wrapper = []
    scene.notify.start(gateway)
    sessions = len(site.sessions("asker@example.com"))
    expect(member.is_signed_in(), "the member was lost")
    expect(said["sign out"] != 303 or not leaver.is_signed_in(), "whoever signed out is in again")
    expect(asker.is_signed_in() == (said["spend"] == 303), "the session that was begun was lost")
    expect(sessions == (said["spend"] == 303) or said["spend"] == 503, "sessions and answer differ")
    again = _twin(site, scene.asker).visit(scene.link).status_code
    expect(again == (401 if sessions else 303), f"the link was answered {again} with {sessions} sessions")
    if said["ask"] == 200:
        expect(site.mailbox.letter_to("new@example.com").has_link, "the mail was lost")
    expect(gateway.stop() == 0, "it did not stop in order again")
    return trace.read_text().splitlines()


def _let_go(process: Process) -> None:
    """Ends the tracer, and with it the failures."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    tracer = int(status.partition("TracerPid:")[2].split()[0])
    if tracer:
        os.kill(tracer, signal.SIGKILL)


def _twin(site: Site, visitor: Visitor) -> Visitor:
    """Another browser with the same cookies."""
    twin = site.visitor()
    twin.client.cookies = visitor.client.cookies
    return twin
