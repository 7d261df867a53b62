"""A disk that is full, or takes no writes: who is signed in goes on, and everything mends itself once there is room."""

import time

import pytest

from small_disk import RefusedWrites, SmallDisk
from stage.figures import Figures
from stage.notify import NotifySocket
from stage.polling import until
from stage.site import NO_LIMITS, Site, Stage
from stage.visitor import NAVIGATION

#: Seconds from room to a sign-in that works: the program looks for its database every five.
RECOVERY = 8.0


@pytest.mark.parametrize("fault", ["full", "read-only"])
def test_a_fault_while_it_runs_ends_by_itself(stage: Stage, figures: Figures, fault: str) -> None:
    site, disk = _site(stage, fault)
    member, leaver, waiting = site.visitor(), site.visitor(), site.visitor()
    member.sign_in("member@example.com")
    leaver.sign_in("leaver@example.com")
    waiting.ask("waiting@example.com")
    link = site.mailbox.letter_to("waiting@example.com").link
    refusal = RefusedWrites(stage, site)

    if fault == "full":
        disk.fill()
    else:
        refusal.begin()
    # What is asked for first may still fit into the room that the log has.
    until(lambda: _ask(site) == 503, "sign-ins are refused")
    page = site.visitor().client.post("/.runegate/login", data={"email": "ann@example.com"}, headers=NAVIGATION)
    assert page.status_code == 503 and "try again" in page.text.lower(), page.text
    assert waiting.visit(link).status_code == 503
    assert member.is_signed_in()
    assert leaver.sign_out().status_code == 503, "not written, so not confirmed"
    assert not leaver.is_signed_in(), "but out at once"
    said = site.gateway.process.says("the database cannot be used; new sign-ins wait, sessions go on")
    assert "disk" in said and "remedy" in said, said
    assert site.gateway.health() is not None

    if fault == "full":
        disk.make_room()
    else:
        refusal.end()
    room = time.monotonic()
    until(lambda: _ask(site) == 200, "sign-ins are taken again", RECOVERY)
    seconds = time.monotonic() - room
    assert waiting.visit(link).status_code == 303, "the link was not used up"
    site.gateway.process.says("the database can be used again")
    assert member.is_signed_in() and waiting.is_signed_in()
    until(lambda: not site.sessions("leaver@example.com"), "the end is written")
    site.gateway.kill()
    site.gateway.start()
    assert member.is_signed_in() and waiting.is_signed_in() and not leaver.is_signed_in()
    case = f"disk {fault} while it runs"
    figures.add(case, "signed-in visitors, sign-ins", "served, 503")
    figures.below(case, "from room to a sign-in that is taken", seconds, RECOVERY, "s")


@pytest.mark.parametrize("fault", ["full", "read-only"])
def test_a_start_on_such_a_disk_serves_and_waits_for_it(stage: Stage, figures: Figures, fault: str) -> None:
    site, disk = _site(stage, f"start-{fault}")
    member = site.visitor()
    member.sign_in("member@example.com")
    assert site.gateway.stop() == 0
    if fault == "full":
        disk.fill()
    else:
        disk.make_read_only()

    notify = NotifySocket(stage.workspace)
    stage.at_end(notify.close)
    site.gateway.settings["NOTIFY_SOCKET"] = str(notify.path)
    site.gateway.start()
    assert _ask(site) == 503
    if fault == "read-only":
        notify.wait_for("STATUS=Serving on ")
        assert "Nobody can sign in" in notify.said[-1] and not notify.has("READY=1"), notify.said
    site.gateway.process.says("the database cannot be used; new sign-ins wait, sessions go on")
    was_signed_in = member.is_signed_in()
    if fault == "full":
        disk.make_room()
    else:
        disk.make_writable()
    room = time.monotonic()
    until(member.is_signed_in, "whoever was signed in is so again", RECOVERY)
    seconds = time.monotonic() - room
    until(lambda: _ask(site) == 200, "sign-ins are taken again", RECOVERY)
    notify.wait_for("READY=1")
    assert not list(site.gateway.state.glob("*corrupt*")), "nothing was wrong with the database"
    case = f"start with a disk that is {fault}"
    figures.add(case, "signed-in visitors, sign-ins", f"{'served' if was_signed_in else 'sign-in page'}, 503")
    figures.below(case, "from room to the member being served", seconds, RECOVERY, "s")


def _site(stage: Stage, name: str) -> tuple[Site, SmallDisk]:
    site = stage.development(name.replace(" ", "-"), start=False, **NO_LIMITS, **stage.keys())
    # The socket is not on that disk: systemd makes it, in /run.
    site.gateway.control_socket = site.gateway.directory / "control.sock"
    site.gateway.settings["RUNEGATE_CONTROL_SOCKET"] = str(site.gateway.control_socket)
    disk = SmallDisk(stage, site)
    site.gateway.start()
    return site, disk


def _ask(site: Site) -> int:
    return site.visitor().client.post("/.runegate/login", json={"email": "asking@example.com"}).status_code
