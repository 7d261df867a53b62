"""Out of file descriptors: whoever is connected goes on, nothing spins, and it ends by itself."""

import os
import socket
import subprocess
import time

from form import Form
from stage.figures import Figures
from stage.kept_connection import KeptConnection
from stage.polling import until
from stage.site import NO_LIMITS, Site, Stage
from stage.visitor import Visitor

FLOOD = 500
#: Of one core, while nobody gets through.
BUSY = 10.0


def test_with_64_descriptors_and_500_connections(stage: Stage, figures: Figures, form: Form) -> None:
    site = stage.development("few", start=False, **NO_LIMITS, **stage.keys())
    site.gateway.wrapper = ["prlimit", "--nofile=64:64", *stage.workspace.as_user]
    site.gateway.start()
    member = site.visitor()
    member.sign_in("member@example.com")
    _endure(site, member, figures, form, "64 descriptors, 500 connections")


def test_when_the_system_gives_no_descriptor(stage: Stage, figures: Figures, form: Form) -> None:
    site = stage.development("none", **NO_LIMITS, **stage.keys())
    member = site.visitor()
    member.sign_in("member@example.com")
    # Room for the member's connection and his way to the app, and a few more: fewer than it reckoned with at its start.
    process = site.gateway.process
    open_now = len(os.listdir(f"/proc/{process.pid}/fd"))
    lower = ["prlimit", "--pid", str(process.pid), f"--nofile={open_now + 8}:"]
    subprocess.run([*stage.workspace.as_user, *lower], check=True)
    _endure(site, member, figures, form, "no descriptor left, 500 connections")


def _endure(site: Site, member: Visitor, figures: Figures, form: Form, case: str) -> None:
    process = site.gateway.process
    kept = KeptConnection(site, member.cookie_header)
    assert kept.get() == 200
    flood = _flood(site)
    owner = _ask_for_status(site)
    said = process.says("new visitors wait; those who are connected go on")
    assert "LimitNOFILE" in said
    began, before = time.monotonic(), process.cpu_seconds()
    answers = []
    while time.monotonic() - began < (30 if form.is_long else 3):
        answers.append(kept.get())
        time.sleep(0.1)
    seconds = time.monotonic() - began
    busy = 100 * (process.cpu_seconds() - before) / seconds
    for connection in flood:
        connection.close()
    gone = time.monotonic()
    until(lambda: member.visit("/whoami").status_code == 200, "new connections are served again")
    recovered = time.monotonic() - gone
    site.visitor().sign_in("new@example.com")
    with owner:
        assert owner.recv(4096).startswith(b"HTTP/1.1 200"), "the owner's question is answered then, too"
    assert process.exit_code is None
    figures.at_most(
        case, f"failed of {len(answers)} GET of a visitor who is connected", len(answers) - answers.count(200), 0
    )
    figures.below(case, "processor time", busy, BUSY, "% of a core")
    figures.below(case, "from their end to a new connection served", recovered, 5, "s")
    assert set(answers) == {200}
    assert busy < BUSY
    assert recovered < 5


def _ask_for_status(site: Site) -> socket.socket:
    """The owner wants to know what is going on; there may be no descriptor for him either."""
    owner = socket.socket(socket.AF_UNIX)
    owner.settimeout(10)
    owner.connect(str(site.gateway.control_socket))
    owner.sendall(b"GET /v1/status HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    return owner


def _flood(site: Site) -> list[socket.socket]:
    """Connections that say nothing."""
    port = int(site.base_url.rpartition(":")[2])
    return [socket.create_connection(("127.0.0.1", port)) for _ in range(FLOOD)]
