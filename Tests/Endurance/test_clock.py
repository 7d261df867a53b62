"""The wall clock jumps by a year: nobody is signed in by it, nobody is signed out within a boot, nobody is blocked."""

import time
from pathlib import Path

import pytest

from form import Form
from stage.figures import Figures
from stage.mail_server import MailServer
from stage.polling import until
from stage.site import Site, Stage
from stage.visitor import Visitor
from wall_clock import YEAR, WallClock

#: The shortest that a link may live.
LINK_LIFE = 60
#: Seconds between two mails to one address.
COOLDOWN = 3

STEPS = {"a year on": YEAR, "a year back": -YEAR}


@pytest.mark.parametrize("step", STEPS)
def test_a_step_while_it_runs(stage: Stage, figures: Figures, form: Form, step: str) -> None:
    site, server, clock = _site(stage)
    member, leaver, waiting = (site.visitor(f"192.0.2.{number}") for number in (1, 2, 3))
    for visitor, name in ((member, "member"), (leaver, "leaver")):
        visitor.sign_in(f"{name}@example.com")
    assert leaver.sign_out().status_code == 303
    old = _link(site, waiting, "old@example.com")
    asked = time.monotonic()
    if form.is_long:
        until(lambda: time.monotonic() - asked > LINK_LIFE, "the first link is over", LINK_LIFE + 5, every=1)
    link = _link(site, waiting, "waiting@example.com")
    server.stop()
    queued = site.visitor("192.0.2.4")
    assert queued.ask("queued@example.com").status_code == 200
    until(lambda: "mail waits" in site.gateway.log_text(), "the mail waits")
    limited = time.monotonic()

    clock.step_to(STEPS[step])
    assert queued.ask("queued@example.com").status_code == 429, "the wait between two mails is not cut short"
    wrong = [not member.is_signed_in(), leaver.is_signed_in()].count(True)
    if form.is_long:
        assert waiting.visit(old).status_code == 401, "what was over stays over"
    assert waiting.visit(link).status_code == 303
    server.start()
    answered = until(
        lambda: queued.ask("queued@example.com").status_code == 200, "nobody is blocked", COOLDOWN + 2, every=0.2
    )
    assert answered
    blocked = time.monotonic() - limited
    assert server.letter_to("queued@example.com", 2, within=45)
    server.settled(2)
    mails = server.letters_to("queued@example.com")
    assert queued.visit(mails[0].link).status_code == 303, "the mail that waited is good"
    site.visitor("192.0.2.5").sign_in("new@example.com")

    case = f"wall clock {step} while it runs"
    figures.at_most(case, "signed-in users lost, signed-out ones back", wrong, 0)
    figures.add(case, "mails of two requests across the step", str(len(mails)), "2", len(mails) == 2)
    figures.below(case, f"wait between two mails, set to {COOLDOWN} s", blocked, COOLDOWN + 2, "s")
    assert not wrong and len(mails) == 2


@pytest.mark.parametrize("step", STEPS)
def test_a_step_between_two_runs_of_one_boot(stage: Stage, figures: Figures, step: str) -> None:
    site, _, clock = _site(stage)
    member, waiting = site.visitor("192.0.2.1"), site.visitor("192.0.2.2")
    member.sign_in("member@example.com")
    link = _link(site, waiting, "waiting@example.com")
    assert site.gateway.stop() == 0
    clock.step_to(STEPS[step])
    site.gateway.start()
    lost = [not member.is_signed_in(), waiting.visit(link).status_code != 303].count(True)
    site.visitor("192.0.2.3").sign_in("new@example.com")
    figures.at_most(f"wall clock {step} between two runs", "signed-in users and links lost", lost, 0)
    assert not lost


@pytest.mark.parametrize("step", STEPS)
def test_a_step_across_a_reboot(stage: Stage, figures: Figures, step: str) -> None:
    site, _, clock = _site(stage)
    member, waiting = site.visitor("192.0.2.1"), site.visitor("192.0.2.2")
    member.sign_in("member@example.com")
    link = _link(site, waiting, "waiting@example.com")
    assert site.gateway.stop() == 0
    clock.step_to(STEPS[step])
    _reboot(stage, site)
    # Only the wall clock is left: after a year on a session is over, after a year back it has at most its whole life.
    is_in = member.is_signed_in()
    assert is_in == (STEPS[step] < 0)
    assert waiting.visit(link).status_code == 401, "a link of another year counts no more"
    late = site.visitor("192.0.2.3")
    late.sign_in("late@example.com")
    assert site.gateway.stop() == 0
    clock.step_to(0)
    _reboot(stage, site)
    site.visitor("192.0.2.4").sign_in("late@example.com")
    case = f"wall clock {step} across a reboot"
    figures.add(case, "signed-in users, links in mails", f"{'stay' if is_in else 'sign in anew'}, over")
    figures.add(case, "signing in, then and with the clock set right", "works")


def _site(stage: Stage) -> tuple[Site, MailServer, WallClock]:
    server = stage.mail_server()
    limits = {"RUNEGATE_MAGIC_LINK_EXPIRY": f"{LINK_LIFE}s", "RUNEGATE_EMAIL_COOLDOWN": str(COOLDOWN)}
    limits["RUNEGATE_LOGIN_RATE_LIMIT"] = "1000"  # It is the address's wait that is looked at.
    site = stage.development("clock", mail=server, start=False, **limits, **stage.keys())
    clock = WallClock(stage, site.gateway)
    site.gateway.start()
    return site, server, clock


def _link(site: Site, visitor: Visitor, address: str) -> str:
    assert visitor.ask(address).status_code == 200
    return site.mailbox.letter_to(address).link


def _reboot(stage: Stage, site: Site) -> None:
    """Starts it under another boot id (`random(4)`), as after a reboot."""
    boot_id: Path = stage.workspace.directory("boot") / "id"
    stage.workspace.write(boot_id, Path("/proc/sys/kernel/random/uuid").read_text(), 0o644)
    mount = 'mount --bind "$0" /proc/sys/kernel/random/boot_id && exec "$@"'
    site.gateway.wrapper = ["unshare", "--mount", "bash", "-c", mount, boot_id, *stage.workspace.as_user]
    site.gateway.start()
