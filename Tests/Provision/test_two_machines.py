"""Both machines set up with one command each, used, told new keys, verified and cleared again.

The tests are the chapters of one story and run in their order: each begins where the one before it ended.
"""

import contextlib
import json
import os
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from machines.ends import End
from machines.joined import APP_PORT
from machines.page import Row
from machines.pair import Pair
from machines.public_side import JOIN_CODE
from machines.searching import RECORDS, Search, Watch, secrets_of
from machines.shell import Shell
from stage.polling import until
from stage.visitor import Visitor


@dataclass
class Before:
    """How a machine was when nothing had been done to it."""

    tree: dict[str, str]
    processes: list[str]
    interfaces: list[str]
    tables: str

    @classmethod
    def of(cls, machine: End) -> "Before":
        return cls(machine.tree(), machine.processes(), machine.interfaces(), machine.tables())


@dataclass
class Story:
    """The machines, and what was seen of them so far."""

    pair: Pair
    before: dict[str, Before]
    watches: list[Watch] = field(default_factory=list)
    search: Search = field(default_factory=Search)
    shells: list[Shell] = field(default_factory=list)
    shown: str = ""
    figures: list[Row] = field(default_factory=list)

    @property
    def machines(self) -> tuple[End, End]:
        return self.pair.vps, self.pair.aibox

    def learn(self) -> None:
        """Remembers every secret there is now, to look for it later."""
        for machine in self.machines:
            self.search.add(secrets_of(machine), machine.name)

    def provision(self, machine: End, *words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        done = machine.run("runegate", "provision", machine.name, *words, check=False, stdin=subprocess.DEVNULL)
        assert not check or done.returncode == 0, f"{done.stdout}{done.stderr}\n{machine.last_words()}"
        self.shown += done.stdout + done.stderr
        return done


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory, runegate: Path, figures: list[Row]) -> Iterator[Story]:
    assert os.geteuid() == 0, "containers and namespaces need root"
    with contextlib.ExitStack() as closing:
        pair = Pair(tmp_path_factory.mktemp("pair"), runegate)
        closing.callback(pair.close)
        # A server on which something else was there before.
        pair.vps.run("systemctl", "start", "nginx.service")
        before = {machine.name: Before.of(machine) for machine in (pair.vps, pair.aibox)}
        story = Story(pair, before)
        for machine in story.machines:
            story.watches.append(Watch(machine))
            closing.callback(story.watches[-1].close)
        yield story
        figures.extend(story.figures)
        for shell in story.shells:
            shell.close()


@pytest.fixture(scope="module")
def visitor(story: Story) -> Iterator[Visitor]:
    visitor = story.pair.sign_in()
    yield visitor
    visitor.close()


def test_one_command_on_each_machine_and_both_tunnels_are_up(story: Story) -> None:
    shell, shown, seconds = story.pair.provision()
    story.shells.append(shell)
    commands = shell.lines_typed.copy()
    story.figures.append(("VPS: from the command to a site that answers", f"{seconds:.1f} s", ""))
    code = JOIN_CODE.search(shown)
    assert code, shown
    story.search.add({"join code": "".join(code[0].split()).encode()}, "vps")
    for line in code[0].split():
        story.search.add({f"a line of the join code, {line[:4]}": line.encode()} if len(line) >= 16 else {}, "vps")
    story.learn()
    shell, shown, seconds = story.pair.join(code[0].replace("\r", ""))
    story.shells.append(shell)
    # The code is pasted: it is no command.
    commands += [line for line in shell.lines_typed if line and line not in code[0]]
    story.figures.append(("aibox: from the command to two proven paths", f"{seconds:.1f} s", ""))
    story.figures.append(("commands typed in all", str(len(commands)), "2"))
    assert len(commands) == 2, commands
    story.learn()


def test_the_app_is_reached_over_either_tunnel(story: Story, visitor: Visitor) -> None:
    story.pair.wait_for_path(visitor, "wireguard")
    try:
        story.pair.internet.cut("wireguard")
        story.pair.wait_for_path(visitor, "rathole")
        story.pair.internet.mend()
        story.pair.wait_for_path(visitor, "wireguard", within=60)
        story.pair.internet.cut("rathole")
        assert story.pair.path_used(visitor) == "wireguard"
    finally:
        story.pair.internet.mend()
    story.pair.wait_until_proven()


def etc(machine: End) -> dict[str, str]:
    """What is in /etc, but how many questions the machines have asked each other."""
    found = {name: what for name, what in machine.tree().items() if name.startswith("/etc/")}
    for name in (f"{RECORDS}/box.json", f"{RECORDS}/enrolment.json"):
        if name in found:
            found[name] = re.sub(r'"number" : \d+', "", machine.path(name).read_text())
    return found


def test_a_second_run_changes_and_restarts_nothing(story: Story) -> None:
    for machine in story.machines:
        before = etc(machine), machine.runs(), machine.tables()
        done = story.provision(machine)
        assert not re.search(r"^  (new|changed|removed)\b", done.stdout, re.MULTILINE), done.stdout
        assert etc(machine) == before[0]
        assert {name: run for name, run in machine.runs().items() if name in before[1]} == before[1]
        assert machine.tables() == before[2]


@contextlib.contextmanager
def load(story: Story, visitor: Visitor, tmp_path: Path, what: str) -> Iterator[None]:
    """Visitors who never rest while something is done; none of them may notice."""
    with story.pair.load(visitor, tmp_path) as said:
        yield
    number = sum(said["counts"].values())
    story.figures.append((f"{what}: failed of {number} requests meanwhile", str(len(said["wrong"])), "0"))
    story.figures.append((f"{what}: the slowest of them", f"{said['slowest']:.2f} s", ""))
    assert said["wrong"] == []
    assert min(said["counts"].values()) > 10


@pytest.mark.parametrize("what", ["session", "jwt"])
def test_new_signing_keys_cost_no_visitor_anything(story: Story, visitor: Visitor, tmp_path: Path, what: str) -> None:
    with load(story, visitor, tmp_path, f"vps --rotate {what}"):
        until(lambda: story.pair.path_used(visitor), "the app is asked")
        story.provision(story.pair.vps, "--rotate", what)
        assert story.pair.path_used(visitor), "signed out"
    story.learn()


@pytest.mark.parametrize("what", ["wireguard", "rathole"])
def test_new_tunnel_keys_cost_no_visitor_anything(story: Story, visitor: Visitor, tmp_path: Path, what: str) -> None:
    old = {machine.name: secrets_of(machine) for machine in story.machines}
    story.pair.wait_until_proven()
    with load(story, visitor, tmp_path, f"aibox --rotate {what}"):
        story.provision(story.pair.aibox, "--rotate", what)
        assert story.pair.path_used(visitor)
    for machine in story.machines:
        assert secrets_of(machine) != old[machine.name]
    story.pair.wait_until_proven()
    story.learn()


def test_nobody_else_on_the_server_walks_around_the_sign_in(story: Story) -> None:
    def ask(user: str, address: str) -> str:
        asked = story.pair.vps.as_user(
            user, "curl", "--silent", "--max-time", "3", "--output", "/dev/null", "--write-out", "%{http_code}",
            f"http://{address}/",
        )  # fmt: skip
        return asked.stdout

    for address in ("127.0.0.1:5202", f"10.0.0.2:{APP_PORT}"):
        assert ask("nobody", address) == "000", address
        assert ask("runegate", address) == "200", "whoever may, can"


def test_verify_finds_one_flipped_byte_in_any_file(story: Story) -> None:
    for machine in story.machines:
        assert story.provision(machine, "--verify").returncode == 0
        files = json.loads(machine.path(f"{RECORDS}/manifest.json").read_text())["files"]
        held = [name for name, entry in files.items() if "sha256" in entry and machine.path(name).stat().st_size]
        assert len(held) > 5
        story.figures.append((f"{machine.name} --verify: one flipped byte not found, of {len(held)} files", "0", "0"))
        for name in held:
            path = machine.path(name)
            whole = path.read_bytes()
            middle = len(whole) // 2
            path.write_bytes(whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :])
            try:
                found = story.provision(machine, "--verify", check=False)
            finally:
                path.write_bytes(whole)
            assert found.returncode != 0, name
            assert name in found.stdout + found.stderr, (name, found.stdout, found.stderr)
        assert story.provision(machine, "--verify").returncode == 0


def test_no_secret_was_seen_anywhere(story: Story) -> None:
    story.learn()
    for shell in story.shells:
        shell.close()
    story.shells.clear()
    found = [line for machine in story.machines for line in story.search.on(machine)]
    found += [line for watch in story.watches for line in watch.found(story.search)]
    found += story.search.look("what the commands printed", story.shown.encode())
    looked_for = len(set(story.search.wanted.values()))
    story.figures.append((f"places where one of {looked_for} secrets was seen", str(len(found)), "0"))
    assert found == []
    assert looked_for > 20


def test_the_search_finds_what_is_there(story: Story) -> None:
    """What the last chapter says is worth something only when each place is really looked at."""
    canary = os.urandom(20).hex()
    search = Search()
    search.add({"canary": canary.encode()}, "test")
    machine, watch = story.pair.vps, story.watches[0]
    machine.run("sh", "-c", f"umask 022; echo {canary} >/var/tmp/canary; echo {canary} >>/root/.bash_history")
    machine.run("logger", canary)
    machine.run("env", f"CANARY={canary}", "sh", "-c", "sleep 0.3; true", canary)
    until(lambda: any("environ" in line for line in watch.found(search)), "the environment is seen")
    until(lambda: any("cmdline" in line for line in watch.found(search)), "the process list is seen")
    found = "\n".join(search.on(machine))
    for place in ("the journal", "shell history", "/var/tmp/canary"):
        assert place in found, place
    machine.run("sh", "-c", "rm /var/tmp/canary; echo >/root/.bash_history")


# What an owner who comes back wants, and what others note by themselves: ufw when it is asked, and wireguard-go, which
# stands where this system's kernel has no WireGuard.
LEFT = re.compile(
    r"/etc/(passwd|group|shadow|gshadow|subuid|subgid)-?$|/etc/letsencrypt(/|$)|/var/lib/runegate(-tend)?(/|$)|/var/log(/|$)"
    r"|/run/(systemd|log|credentials|utmp|nginx.pid)(/|$)|/root/\.bash_history$|/etc/\.pwd\.lock$|/var/cache(/|$)"
    r"|/var/lib/(systemd|private|nginx)(/|$)|/run/wireguard$|/run/ufw.lock$|/var/tmp/systemd-private-"
)


def test_uninstall_leaves_nothing(story: Story) -> None:
    for machine in reversed(story.machines):
        before = story.before[machine.name]
        story.provision(machine, "--uninstall")
        after = Before.of(machine)
        changed = {
            name: (before.tree.get(name), after.tree.get(name))
            for name in before.tree.keys() | after.tree.keys()
            if before.tree.get(name) != after.tree.get(name) and not LEFT.match(name)
        }
        story.figures.append(
            (f"{machine.name} --uninstall: names left that were not there before", str(len(changed)), "0")
        )
        assert changed == {}
        assert after.interfaces == before.interfaces
        assert after.tables == before.tables
        assert [line for line in after.processes if re.search("runegate|rathole|wireguard|wg-quick", line)] == []
        units = machine.run("systemctl", "list-units", "--all", "--no-legend", "--plain", check=False).stdout
        assert not re.search(r"^(runegate|rathole|wg-quick@wg0)\S* +loaded", units, re.MULTILINE), units
