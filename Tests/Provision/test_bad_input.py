"""What goes wrong before and while a machine is set up: one sentence with what, why and what to do, and nothing half done."""

import os
import pty
import re
import select
import shutil
import signal
import subprocess
import tempfile
import termios
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from provisioned import Tree

FIRST = ("--domain", "app.example.com", "--allow", "you@example.com")
OTHER = ("--domain", "new.example.com", "--brand-name", "New", "--smtp-host", "mail.example.com")
QUIET = {"SWIFT_BACKTRACE": "enable=no"}


@pytest.fixture
def tree(runegate: Path, tmp_path: Path) -> Tree:
    root = tmp_path / "root"
    root.mkdir(mode=0o755)
    return Tree(runegate, root)


def refused(done: subprocess.CompletedProcess[str], status: int, *said: str) -> None:
    """It ended so, says this, and says that nothing was changed."""
    assert done.returncode == status, done.stdout + done.stderr
    for words in said:
        assert words in done.stderr, done.stderr
    assert "Nothing was changed" in done.stderr, done.stderr
    assert "Fatal error" not in done.stderr and "Fault(" not in done.stderr


# MARK: Who asks, and what for


@pytest.mark.parametrize("verb", ["vps", "aibox", "join", "status"])
def test_who_is_not_root_is_told_so(runegate: Path, verb: str) -> None:
    place = Path(tempfile.mkdtemp(prefix="runegate-", dir="/tmp"))
    try:
        place.chmod(0o755)
        program = Path(shutil.copy(runegate, place))
        done = subprocess.run(
            [program, "provision", verb], user=65534, group=65534, extra_groups=[], stdin=subprocess.DEVNULL,
            capture_output=True, text=True, env=QUIET,
        )  # fmt: skip
    finally:
        shutil.rmtree(place)
    assert done.returncode == 77
    assert done.stderr == "Only root may set up this machine. Run it with sudo, or with --root DIR to only write.\n"


def test_without_a_terminal_all_that_is_missing_is_told_at_once(tree: Tree) -> None:
    done = tree.run()
    refused(
        done, 64, "--domain is not set; expected the name that visitors type, such as app.example.com", "--allow is"
    )
    done = tree.run("--domain", "app.example.com", "--smtp-host", "mail.example.com", "--smtp-user", "me")
    refused(
        done, 64, "--allow is not set", "--smtp-password-file is not set; expected a file with the password of me"
    )
    assert tree.files() == {}


def test_a_file_that_cannot_be_read_is_named(tree: Tree, tmp_path: Path) -> None:
    for flag in ("--answers", "--smtp-password-file"):
        done = tree.run(*FIRST, "--smtp-host", "mail.example.com", "--smtp-user", "me", flag, str(tmp_path / "none"))
        refused(done, 1, f"Cannot read {tmp_path}/none: No such file or directory")
    assert tree.files() == {}


def test_a_root_that_is_not_there_is_named(tree: Tree) -> None:
    tree.root.rmdir()
    refused(tree.run(*FIRST), 1, f"Cannot open {tree.root}: No such file or directory", "It has to be there: make it")


def test_what_was_never_provisioned_has_nothing_to_verify(tree: Tree) -> None:
    refused(tree.run("--verify"), 1, "never provisioned", "sudo runegate provision vps")


@pytest.mark.parametrize("name", ["state.json", "manifest.json", "enrolment.json"])
def test_a_damaged_record_is_named_and_left_alone(tree: Tree, name: str) -> None:
    tree.provision(*FIRST)
    record = tree.path(f"etc/runegate/provision/{name}")
    record.write_text(record.read_text()[:-40])
    before = tree.files()
    refused(tree.run(*OTHER), 1, "damaged")
    assert tree.files() == before


# MARK: What stands in the way


@pytest.mark.parametrize(
    ("planted", "kind"),
    [
        ("etc", "a symbolic link"), ("etc/runegate", "a symbolic link"), ("etc/wireguard", "a symbolic link"),
        ("etc/systemd/system", "a symbolic link"), ("etc/wireguard/wg0.conf", "a symbolic link"),
        ("etc/nginx/conf.d/runegate.conf", "a symbolic link"), ("etc/runegate/runegate.env", "a pipe"),
        ("etc/rathole/server.toml", "a directory"), ("etc/runegate/provision/state.json", "a symbolic link"),
    ],
)  # fmt: skip
def test_what_stands_where_a_file_goes_is_refused(tree: Tree, tmp_path: Path, planted: str, kind: str) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    place = tree.path(planted)
    place.parent.mkdir(parents=True, exist_ok=True)
    if kind == "a pipe":
        os.mkfifo(place)
    elif kind == "a directory":
        place.mkdir()
    else:
        place.symlink_to(elsewhere if place.suffix == "" else elsewhere / "file")
    before = names(tree.root)
    refused(tree.run(*FIRST), 1, f"{place} is {kind}; nothing is written through it", f"ls -ld {place}")
    assert names(tree.root) == before
    assert not list(elsewhere.iterdir())


def test_a_link_that_is_planted_later_is_refused_by_every_run(tree: Tree, tmp_path: Path) -> None:
    tree.provision(*FIRST)
    theirs = tmp_path / "theirs"
    theirs.write_text("theirs")
    place = tree.path("etc/nginx/conf.d/runegate.conf")
    place.unlink()
    place.symlink_to(theirs)
    before = names(tree.root)
    for words in (OTHER, ("--verify",), ("--uninstall",), ("--dry-run",)):
        refused(tree.run(*words), 1, f"{place} is a symbolic link")
        assert names(tree.root) == before
    assert theirs.read_text() == "theirs"


def names(root: Path) -> dict[str, str]:
    """Every name below, and what a link leads to."""
    return {str(path): os.readlink(path) if path.is_symlink() else "" for path in root.rglob("*")}


# MARK: No room


# Room beyond what is used, from next to nothing to enough, in KiB.
SIZES = [4, 12, 24, 120, 240]


@pytest.mark.parametrize("is_first", [True, False])
def test_a_full_disk_leaves_the_old_set(runegate: Path, tmp_path: Path, is_first: bool) -> None:
    assert os.geteuid() == 0, "a file system of its own needs root"
    full = 0
    for size in SIZES:
        root = tmp_path / str(size)
        root.mkdir()
        tree = Tree(runegate, root)
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16m,mode=755", "tmpfs", root], check=True)
        try:
            if not is_first:
                tree.provision(*FIRST)
            used = int(subprocess.check_output(["df", "--output=used", "-k", root], text=True).split()[-1])
            subprocess.run(["mount", "-o", f"remount,size={used + size}k", root], check=True)
            before = tree.files()
            done = tree.run(*(FIRST if is_first else OTHER))
            if done.returncode == 0:
                assert tree.is_whole()
                continue
            full += 1
            refused(done, 1, "No space left on device", "Make room on that file system (see `df ")
            assert tree.files() == before
            assert tree.run(verb="status").returncode == (1 if is_first else 0)
            subprocess.run(["mount", "-o", "remount,size=16m", root], check=True)
            tree.provision(*(FIRST if is_first else OTHER))
            assert tree.is_whole() and not tree.leftovers()
        finally:
            subprocess.run(["umount", root], check=True)
    assert 2 <= full < len(SIZES), f"{full} of {len(SIZES)} sizes were too small"


def test_no_room_for_one_more_name(runegate: Path, tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    tree = Tree(runegate, root)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "nr_inodes=20,mode=755", "tmpfs", root], check=True)
    try:
        refused(tree.run(*FIRST), 1, "No space left on device")
        assert tree.files() == {}
    finally:
        subprocess.run(["umount", root], check=True)


# MARK: Ctrl-C


def test_interrupted_while_it_reads_answers(tree: Tree) -> None:
    running = tree.start()
    running.send_signal(signal.SIGINT)
    running.wait(timeout=20)  # Before its standard input ends, which would be an answer.
    _, said = running.communicate(timeout=20)
    assert running.returncode == 130
    assert "Interrupted. Nothing was changed." in said
    assert tree.files() == {}


@pytest.mark.parametrize(
    ("moment", "sent"),
    [
        ("journal-staging", signal.SIGINT), ("journal-committing", signal.SIGINT), ("the first new file", signal.SIGINT),
        ("the last step", signal.SIGINT), ("journal-staging", signal.SIGTERM), ("journal-committing", signal.SIGHUP),
    ],
)  # fmt: skip
def test_interrupted_while_it_writes_the_set_is_finished(tree: Tree, moment: str, sent: signal.Signals) -> None:
    tree.provision(*FIRST)
    slowly = ("-e", "inject=renameat,fsync,unlinkat:delay_enter=15000")
    running = subprocess.Popen(
        ["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=renameat,fsync,unlinkat", *slowly,
         tree.program, "provision", "vps", "--root", tree.root, *OTHER],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ | QUIET,
    )  # fmt: skip
    records = tree.path("etc/runegate/provision")
    site = tree.path("etc/nginx/conf.d/runegate.conf")
    has_come = {
        "journal-staging": lambda: (records / "journal-staging").exists(),
        "journal-committing": lambda: (records / "journal-committing").exists(),
        "the first new file": lambda: "new.example.com" in site.read_text(),
        "the last step": lambda: (
            "new.example.com" in (records / "manifest.json").read_text()
            or ((records / "journal-committing").exists() and not list(tree.root.rglob("*.runegate-new")))
        ),
    }[moment]
    deadline = time.monotonic() + 60
    while not has_come():
        assert running.poll() is None and time.monotonic() < deadline, f"{moment} did not come"
        time.sleep(0.001)
    children = Path(f"/proc/{running.pid}/task/{running.pid}/children").read_text().split()
    os.kill(int(children[0]), sent)
    _, said = running.communicate(timeout=60)
    assert running.returncode == 130, said
    assert "Interrupted. The new files are in place; run the same command again to start what uses them." in said
    assert tree.is_whole() and not tree.leftovers()
    assert "new.example.com" in site.read_text()
    assert "Nothing to change" in tree.provision().stdout


class Terminal:
    """The program at a terminal of its own, with a person who types."""

    def __init__(self, tree: Tree, *words: str) -> None:
        self.text = ""
        self.child, self.master = pty.fork()
        if self.child == 0:
            program = str(tree.program)
            os.execve(program, [program, "provision", "vps", "--root", str(tree.root), *words], os.environ | QUIET)

    def wait_for(self, text: str) -> None:
        deadline = time.monotonic() + 20
        while text not in self.text:
            assert time.monotonic() < deadline, self.text
            if select.select([self.master], [], [], 0.1)[0]:
                self.text += os.read(self.master, 4096).decode()

    def type(self, text: str) -> None:
        os.write(self.master, text.encode())

    @property
    def shows_typing(self) -> bool:
        return bool(termios.tcgetattr(self.master)[3] & termios.ECHO)

    def end(self) -> int:
        """Reads to the end; the exit status."""
        while True:
            try:
                if not (chunk := os.read(self.master, 4096)):
                    break
            except OSError:
                break
            self.text += chunk.decode()
        _, status = os.waitpid(self.child, 0)
        return os.waitstatus_to_exitcode(status)

    def close(self) -> None:
        os.close(self.master)


@pytest.fixture
def terminal(tree: Tree) -> Iterator[Terminal]:
    terminal = Terminal(tree)
    yield terminal
    terminal.close()


def test_ctrl_c_at_a_question_changes_nothing(tree: Tree, terminal: Terminal) -> None:
    terminal.wait_for("Domain that visitors type (app.example.com): ")
    terminal.type("app.example.com\n")
    terminal.wait_for("Who may sign in (addresses, with commas between): ")
    terminal.type("\x03")
    assert terminal.end() == 130, terminal.text
    assert "Interrupted. Nothing was changed." in terminal.text
    assert tree.files() == {}


def test_ctrl_c_at_the_hidden_password_gives_the_terminal_back(tree: Tree, terminal: Terminal) -> None:
    for question, answer in (
        ("Domain that visitors type (app.example.com): ", "app.example.com"),
        ("Who may sign in (addresses, with commas between): ", "you@example.com"),
        ("links come from `runegate login-link`): ", "mail.example.com"),
        ("User at the mail server (empty: none): ", "me"),
    ):
        terminal.wait_for(question)
        terminal.type(answer + "\n")
    terminal.wait_for("Password (not shown): ")
    deadline = time.monotonic() + 10
    while terminal.shows_typing and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not terminal.shows_typing
    terminal.type("hun\x03")
    assert terminal.end() == 130, terminal.text
    assert "Interrupted. Nothing was changed." in terminal.text
    assert "hun" not in terminal.text
    assert tree.files() == {}


def test_what_is_typed_at_the_terminal_is_taken_and_the_password_not_shown(tree: Tree, terminal: Terminal) -> None:
    for question, answer in (
        ("Domain that visitors type (app.example.com): ", "app.example.com"),
        ("Who may sign in (addresses, with commas between): ", "you@example.com, me@example.com"),
        ("links come from `runegate login-link`): ", "mail.example.com"),
        ("User at the mail server (empty: none): ", "me"),
        ("Password (not shown): ", "hunter2 with blanks "),
    ):
        terminal.wait_for(question)
        terminal.type(answer + "\n")
    assert terminal.end() == 0, terminal.text
    assert "hunter2" not in terminal.text
    account = tree.path("etc/runegate/config/email.toml").read_text()
    assert re.search(r'^smtp_pass = "hunter2 with blanks "$', account, re.MULTILINE)
