"""Two Debians with kernels of their own, from the package to the purge, as their owner and a visitor live through it.

The tests are the chapters of one story and run in their order: each begins where the one before it ended.
"""

import contextlib
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from emulated.asking import Asking
from emulated.computer import Computer
from emulated.delivered import MAIL_WORDS, PACKAGE, deliver, deliver_rathole
from emulated.files import accounts, differences, files
from emulated.units import GATEWAY, RATHOLE, check_sandboxes, check_units, reaches
from emulated.versions import versions
from emulated.world import AIBOX, MAIL_ADDRESS, MAIL_PORT, VPS, World
from machines.joined import APP_PORT, Joined
from machines.package import newer
from machines.public_side import HERE, JOIN_CODE, OWNER
from machines.searching import Search, secrets_of
from machines.shell import Shell
from stage.certificates import Authority
from stage.figures import Figures
from stage.polling import until
from stage.secrets import Secrets
from stage.visitor import Visitor
from stage.workspace import Workspace

SETTINGS = ("/etc/runegate", "/etc/runegate/runegate.toml")
APP_UNIT = f"""[Service]
ExecStart=/usr/bin/python3 /usr/local/lib/echo.py 127.0.0.1 {APP_PORT}
DynamicUser=yes

[Install]
WantedBy=multi-user.target
"""
TUNNEL_UNITS = ("wg-quick@wg0.service", "runegate-firewall.service", "rathole.service")
VPS_UNITS = ("nginx.service", "runegate.service", "runegate-wireguard.service", *TUNNEL_UNITS)
AIBOX_UNITS = ("app.service", "runegate-tend.timer", *TUNNEL_UNITS)
#: Between two requests of each of four visitors: what a processor can do that is emulated, beside an upgrade.
UNHURRIED_SECONDS = 0.25
#: The machines restart on busy cores.
PATIENCE_SECONDS = 300


@dataclass
class Story:
    pair: Joined
    rathole: str
    before: dict[str, tuple[dict[str, str], str]]
    search: Search = field(default_factory=Search)

    @property
    def machines(self) -> tuple[Computer, Computer]:
        return self.pair.vps, self.pair.aibox

    def learn(self) -> None:
        """Remembers every secret there is now, to look for it later."""
        for machine in self.machines:
            machine.copy("/etc/runegate")
            self.search.add(secrets_of(machine), machine.name)

    def tunnels(self) -> tuple[int, str]:
        """How `runegate tunnels` ends on the VPS, and what it says."""
        done = self.pair.vps.run("runegate", "tunnels", check=False)
        return done.returncode, done.stdout


@pytest.fixture(scope="module")
def story(
    workspace: Workspace, world: World, image: Path, package: Path, authority: Authority, figures: Figures
) -> Iterator[Story]:
    with contextlib.ExitStack() as closing:
        machines = world.computer(VPS, image), world.computer(AIBOX, image)
        began = time.monotonic()
        for machine in machines:
            machine.switch_on()
            closing.callback(machine.close)
            closing.callback(machine.keep_journal, workspace.logs / f"both-{machine.name}.journal")
        assert [machine.wait_until_running() for machine in machines] == ["running", "running"]
        figures.add("both machines", "from power on to two running systems", f"{time.monotonic() - began:.0f} s")
        vps, aibox = machines
        for machine in machines:
            deliver(machine, world, package, authority)
            rathole = deliver_rathole(machine)
        # The owner's own setting; half a minute is long in a test.
        vps.write("/etc/runegate/runegate.toml", 'failback_after = "5s"\n')
        # It listens on 127.0.0.1 alone, as many do.
        aibox.write("/usr/local/lib/echo.py", (HERE / "echo.py").read_bytes())
        aibox.write("/etc/systemd/system/app.service", APP_UNIT)
        aibox.run("systemctl", "enable", "--now", "app.service")
        pair = Joined(vps.directory, world.mail)
        pair.vps, pair.aibox, pair.internet = vps, aibox, world
        pair.patience_seconds = PATIENCE_SECONDS
        pair.open_door(VPS.cable.machine)
        closing.callback(pair.close)
        before = {machine.name: (files(machine), accounts(machine)) for machine in machines}
        yield Story(pair, rathole, before)


@pytest.fixture(scope="module")
def visitor(story: Story) -> Iterator[Visitor]:
    visitor = story.pair.visitor()
    # Nothing answers while a machine restarts.
    visitor.client.timeout = 5
    yield visitor
    visitor.close()


@contextlib.contextmanager
def asking(story: Story, visitor: Visitor) -> Iterator[Asking]:
    """The visitor asks for the app all the while."""
    with contextlib.closing(Asking(lambda: bool(story.pair.path_used(visitor)))) as asking:
        began = time.monotonic()
        until(lambda: asking.first_after(began), "the visitor is served", 60)
        yield asking


def test_a_command_on_each_machine_and_both_tunnels_are_up(story: Story, figures: Figures) -> None:
    typed: list[str] = []
    for machine in story.machines:
        shell = Shell(machine)
        status, shown = shell.command(f"apt-get install --yes --no-install-recommends {PACKAGE}", within=300)
        assert status == 0, shown
        shell.close()
    shell, shown, seconds = story.pair.provision(*MAIL_WORDS)
    figures.add("both machines", "VPS: from the command to a site that answers", f"{seconds:.0f} s")
    typed += shell.lines_typed
    shell.close()
    code = JOIN_CODE.search(shown)
    assert code, shown
    story.search.add({"join code": "".join(code[0].split()).encode()}, "vps")
    story.learn()
    shell, shown, seconds = story.pair.join(code[0].replace("\r", ""))
    figures.add("both machines", "aibox: from the command to two proven paths", f"{seconds:.0f} s")
    typed += [line for line in shell.lines_typed if line and line not in code[0]]
    shell.close()
    figures.at_most("both machines", "commands typed, the package's aside", len(typed), 2)
    assert len(typed) == 2, typed
    story.learn()


def test_the_link_in_the_mail_leads_to_the_app(story: Story, visitor: Visitor) -> None:
    visitor.sign_in(OWNER)
    story.pair.wait_for_path(visitor, "wireguard")
    status, said = story.tunnels()
    assert status == 0, said


def test_wireguard_is_the_kernels(story: Story) -> None:
    for machine in story.machines:
        assert " wireguard " in machine.run("ip", "-details", "link", "show", "wg0").stdout
        assert machine.run("pgrep", "wireguard-go", check=False).stdout == ""


def test_without_udp_traffic_goes_on_and_comes_back(story: Story, visitor: Visitor, figures: Figures) -> None:
    with asking(story, visitor) as asked:
        story.pair.internet.cut("wireguard")
        try:
            story.pair.wait_for_path(visitor, "rathole", PATIENCE_SECONDS)
            until(lambda: story.tunnels()[0] == 1, "it is said to be degraded", 30)
            said = story.tunnels()[1]
        finally:
            story.pair.internet.mend()
        story.pair.wait_for_path(visitor, "wireguard", PATIENCE_SECONDS)
        story.pair.wait_until_proven()
    figures.add("UDP cut", "longest time between two answers, cut and mended", f"{asked.longest_gap:.1f} s")
    figures.at_most("UDP cut", f"requests without an answer, of {asked.asked}", asked.unserved, 0)
    assert "DEGRADED" in said and "over rathole" in said, said
    assert asked.unserved == 0


def test_every_unit_runs_in_its_sandbox(story: Story) -> None:
    vps, aibox = story.machines
    check_units(vps, *VPS_UNITS)
    check_units(aibox, *AIBOX_UNITS)
    check_sandboxes(vps, GATEWAY | RATHOLE)
    check_sandboxes(aibox, RATHOLE)


def test_the_gateway_reaches_the_aibox_and_nothing_else(story: Story) -> None:
    vps = story.pair.vps
    assert reaches(vps, "runegate.service", "10.0.0.2", APP_PORT)
    connections = story.pair.internet.mail.connections
    assert not reaches(vps, "runegate.service", MAIL_ADDRESS, MAIL_PORT)
    assert story.pair.internet.mail.connections == connections, "nothing of it arrived"
    assert reaches(vps, "runegate-mailer.service", MAIL_ADDRESS, MAIL_PORT), "somebody listens there"


def test_verify_finds_everything_as_it_was_written(story: Story) -> None:
    for machine in story.machines:
        machine.run("runegate", "provision", machine.name, "--verify")


@pytest.mark.parametrize("names", [("aibox",), ("vps",), ("vps", "aibox")], ids="-".join)
@pytest.mark.parametrize("how", ["restart", "cut_power"])
def test_everything_comes_back_by_itself(
    story: Story, visitor: Visitor, figures: Figures, names: tuple[str, ...], how: str
) -> None:
    case = f"{' and '.join(names)}: {how.replace('_', ' ')}"
    machines = [machine for machine in story.machines if machine.name in names]
    boots = [machine.boots for machine in machines]
    with asking(story, visitor) as asked:
        began = time.monotonic()
        for machine in machines:
            getattr(machine, how)()
        if names == ("aibox",):
            until(lambda: story.tunnels()[0] == 2, "the aibox is said to be away", 60)
        for machine, before in zip(machines, boots, strict=True):
            machine.wait_for_boot(before + 1)
            figures.add(case, f"seconds until {machine.name} has booted", f"{time.monotonic() - began:.0f} s")
        up = time.monotonic()
        until(lambda: asked.first_after(up), "the visitor is served again", PATIENCE_SECONDS)
        served = up - began + (asked.first_after(up) or 0)
        story.pair.wait_for_path(visitor, "wireguard", PATIENCE_SECONDS)
        story.pair.wait_until_proven()
        proven = time.monotonic() - began
    figures.add(case, "seconds until the visitor is served", f"{served:.0f} s")
    figures.add(case, "longest time without an answer", f"{asked.longest_gap:.0f} s")
    figures.add(case, "seconds until both paths are proven", f"{proven:.0f} s")
    check_units(story.pair.vps, *VPS_UNITS)
    check_units(story.pair.aibox, *AIBOX_UNITS)


def test_an_upgrade_costs_no_visitor_anything(
    story: Story, world: World, visitor: Visitor, figures: Figures, package: Path, tmp_path: Path
) -> None:
    address = world.offer(newer(package))
    for machine in story.machines:
        machine.download(address, "/root/newer.deb")
        runs = machine.run("systemctl", "show", "--property=InvocationID", "runegate.service").stdout
        with story.pair.load(visitor, tmp_path, UNHURRIED_SECONDS) as seen:
            shell = Shell(machine)
            status, shown = shell.command("apt-get install --yes /root/newer.deb", within=300)
            assert status == 0, shown
            shell.close()
            until(lambda: story.pair.path_used(visitor), "the app is asked", 30)
        number = sum(seen["counts"].values())
        figures.at_most(f"{machine.name}: upgrade", f"requests failed, of {number}", len(seen["wrong"]), 0)
        figures.add(f"{machine.name}: upgrade", "the slowest of them", f"{seen['slowest']:.1f} s")
        assert seen["wrong"] == [], "\n".join([*seen["wrong"], story.pair.vps.last_words()])
        assert machine.run("dpkg-query", "--show", "--showformat=${Version}", "runegate").stdout == "999.0"
        after = machine.run("systemctl", "show", "--property=InvocationID", "runegate.service").stdout
        assert (after != runs) == (machine is story.pair.vps), "the new program runs where it is a service"
    story.pair.wait_until_proven()


def test_no_secret_is_in_the_journals(story: Story, secrets: Secrets, tmp_path: Path) -> None:
    story.learn()
    journal = tmp_path / "journal"
    assert len(secrets) > 3 and len(story.search.wanted) > 20
    for machine in story.machines:
        journal.write_bytes(machine.whole_journal())
        found = secrets.found_in(journal) + story.search.look(f"the journal of {machine.name}", journal.read_bytes())
        assert found == []


def test_what_ran(story: Story, machine_versions: dict[str, str]) -> None:
    machine_versions.update(versions(story.pair.vps, story.rathole))


def test_uninstalled_and_purged_nothing_is_left(story: Story, figures: Figures) -> None:
    for machine in reversed(story.machines):
        shell = Shell(machine)
        for line in (f"runegate provision {machine.name} --uninstall </dev/null", "apt-get purge --yes runegate"):
            status, shown = shell.command(line, within=300)
            assert status == 0, shown
        shell.close()
        machine.run("rm", "--force", "/root/newer.deb")
        before, known = story.before[machine.name]
        # A purge takes the owner's settings, too, which the story wrote before it looked.
        expected = {name: what for name, what in before.items() if name not in SETTINGS}
        left = differences(expected, files(machine))
        figures.at_most(f"{machine.name}: purge", "names left that were not there before, or changed", len(left), 0)
        assert left == {}
        assert accounts(machine) == known
        assert "wg0" not in machine.run("ip", "-brief", "link").stdout
        assert "runegate" not in machine.run("nft", "list", "tables").stdout
        assert machine.run("pgrep", "--list-name", "runegate|rathole", check=False).stdout == ""
