"""The public server as a Debian of its own: installed, set up, signed in to by mail, restarted.

The tests are the chapters of one story and run in their order: each begins where the one before it ended.
"""

import contextlib
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from emulated.asking import Asking
from emulated.computer import Computer
from emulated.delivered import MAIL_WORDS, PACKAGE, deliver
from emulated.units import GATEWAY, check_sandboxes, check_units, reaches
from emulated.world import MAIL_ADDRESS, MAIL_PORT, VPS, World
from machines.public_side import JOIN_CODE, OWNER, PublicSide
from machines.searching import Search, secrets_of
from machines.shell import Shell
from stage.certificates import Authority
from stage.figures import Figures
from stage.polling import until
from stage.secrets import Secrets
from stage.visitor import Visitor
from stage.workspace import Workspace

CASE = "one machine"
UNITS = (
    "nginx.service",
    "runegate.service",
    "runegate-wireguard.service",
    "runegate-firewall.service",
    "wg-quick@wg0.service",
)


@dataclass
class Story:
    machine: Computer
    public: PublicSide
    search: Search = field(default_factory=Search)
    shells: list[Shell] = field(default_factory=list)


@pytest.fixture(scope="module")
def story(
    workspace: Workspace, world: World, image: Path, package: Path, authority: Authority, figures: Figures
) -> Iterator[Story]:
    with contextlib.ExitStack() as closing:
        machine = world.computer(VPS, image)
        began = time.monotonic()
        machine.switch_on()
        closing.callback(machine.close)
        closing.callback(machine.keep_journal, workspace.logs / "one.journal")
        assert machine.wait_until_running() == "running"
        figures.add(CASE, "from power on to a running system", f"{time.monotonic() - began:.0f} s")
        deliver(machine, world, package, authority)
        public = PublicSide(machine.directory, world.mail)
        public.vps, public.internet = machine, world
        public.open_door(VPS.cable.machine)
        closing.callback(public.close)
        yield Story(machine, public)


@pytest.fixture(scope="module")
def visitor(story: Story) -> Iterator[Visitor]:
    visitor = story.public.visitor()
    yield visitor
    visitor.close()


def is_known(visitor: Visitor) -> bool:
    """Whether the session counts: the page that says which part is missing is for those who are signed in."""
    try:
        answer = visitor.visit("/")
    except httpx.TransportError:
        return False
    return answer.status_code in (502, 503, 504)


def test_it_is_installed_and_set_up_with_a_command_each(story: Story, figures: Figures) -> None:
    shell = Shell(story.machine)
    began = time.monotonic()
    status, shown = shell.command(f"apt-get install --yes --no-install-recommends {PACKAGE}", within=300)
    assert status == 0, shown
    figures.add(CASE, "from apt's command to its end", f"{time.monotonic() - began:.0f} s")
    shell.close()
    shell, shown, seconds = story.public.provision(*MAIL_WORDS)
    story.shells.append(shell)
    figures.add(CASE, "from the command to a site that answers", f"{seconds:.0f} s")
    code = JOIN_CODE.search(shown)
    assert code, shown
    story.search.add({"join code": "".join(code[0].split()).encode()}, "vps")


def test_the_link_in_the_mail_signs_in(story: Story, visitor: Visitor) -> None:
    visitor.sign_in(OWNER)
    assert is_known(visitor)


def test_every_unit_runs_in_its_sandbox(story: Story) -> None:
    check_units(story.machine, *UNITS)
    check_sandboxes(story.machine, GATEWAY)


def test_the_gateway_cannot_leave_the_machine(story: Story) -> None:
    before = story.public.internet.mail.connections
    assert not reaches(story.machine, "runegate.service", MAIL_ADDRESS, MAIL_PORT)
    assert story.public.internet.mail.connections == before, "nothing of it arrived"
    assert reaches(story.machine, "runegate.service", "127.0.0.1", 443), "it is the address that counts"
    assert reaches(story.machine, "runegate-mailer.service", MAIL_ADDRESS, MAIL_PORT), "somebody listens there"


def test_it_says_what_is_missing(story: Story) -> None:
    done = story.machine.run("runegate", "tunnels", check=False)
    assert done.returncode == 2
    assert "NOT JOINED" in done.stdout and "`sudo runegate provision join`" in done.stdout, done.stdout
    assert story.machine.run("runegate", "provision", "vps", "--verify").returncode == 0


def test_it_comes_back_by_itself_and_knows_the_session(story: Story, visitor: Visitor, figures: Figures) -> None:
    with contextlib.closing(Asking(lambda: is_known(visitor))) as asking:
        until(lambda: asking.first_after(0), "the visitor is served")
        boots, began = story.machine.boots, time.monotonic()
        story.machine.restart()
        story.machine.wait_for_boot(boots + 1)
        up = time.monotonic()
        until(lambda: asking.first_after(up), "the visitor is served again", 120)
    figures.add(
        CASE, "restart: from the command to a visitor who is served", f"{up - began + asking.first_after(up):.0f} s"
    )
    check_units(story.machine, *UNITS)
    visitor.sign_out()
    visitor.sign_in(OWNER)


def test_no_secret_is_in_the_journal(story: Story, secrets: Secrets, tmp_path: Path) -> None:
    story.machine.copy("/etc/runegate")
    story.search.add(secrets_of(story.machine), "vps")
    journal = tmp_path / "journal"
    journal.write_bytes(story.machine.whole_journal())
    assert len(secrets) > 3 and len(story.search.wanted) > 10
    assert secrets.found_in(journal) + story.search.look("the journal", journal.read_bytes()) == []
