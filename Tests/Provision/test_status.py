"""What systemd says of the units of a VPS: their status in words, what they log, and how quickly they stop."""

import json
import re
import time

import pytest

from machines.public_server import PublicServer
from stage.polling import until

ACCOUNT = """smtp_host = "192.0.2.25"
smtp_port = 587
smtp_user = "gate@example.com"
smtp_pass = "secret"
from_address = "gate@example.com"
"""
#: Where the kernel has no WireGuard nobody can tell whether there is a peer.
NO_BOX = re.compile(
    r"Serving on 127\.0\.0\.1:7870; "
    r"(no box has joined yet: sudo runegate provision join|nobody reaches the app: the box does not answer)"
    r"; nobody signed in"
)
SETTINGS = "/etc/runegate/runegate.toml"


def status(server: PublicServer, unit: str = "runegate.service") -> str:
    return server.machine.run("systemctl", "show", "--value", "--property=StatusText", unit).stdout.strip()


def test_the_gateway_says_what_is_missing(public_server: PublicServer) -> None:
    until(lambda: NO_BOX.fullmatch(status(public_server)), f"the status is {status(public_server)}")


def test_a_start_that_is_refused_says_so(public_server: PublicServer) -> None:
    machine = public_server.machine
    machine.write(SETTINGS, 'brand_color = "mauve"\ndrain = "31s"\n')
    try:
        machine.run("systemctl", "restart", "runegate.service", check=False)
        refused = "Not started: 2 problems in the configuration: runegate check"
        until(lambda: status(public_server) == refused, "the status says why")
        told = machine.run(
            "journalctl", "--unit=runegate.service", "--priority=crit", "--output=json", "--lines=2"
        ).stdout.splitlines()
        entries = [json.loads(line) for line in told]
        assert {entry["PRIORITY"] for entry in entries} == {"2"}
        assert {entry["SYSLOG_IDENTIFIER"] for entry in entries} == {"runegate"}
        assert {entry["RUNEGATE_MODULE"] for entry in entries} == {"config"}
        problems = [entry["RUNEGATE_PROBLEM"] for entry in entries]
        assert any(problem.startswith(f"{SETTINGS}:2:") and "0s to 30s" in problem for problem in problems), problems
    finally:
        machine.run("rm", SETTINGS)
    until(lambda: NO_BOX.fullmatch(status(public_server)), "it starts once it may", within=20)


@pytest.mark.parametrize(
    ("unit", "words"),
    [
        ("runegate-mailer.service", "Waiting for mails"),
        ("runegate-wireguard.service", "wg0"),
        ("runegate-enroll.service", "Answering an aibox; ends when none has come for half a minute"),
    ],
)
def test_a_helper_says_what_it_does_and_stops_at_once(public_server: PublicServer, unit: str, words: str) -> None:
    machine = public_server.machine
    machine.write("/etc/runegate/config/email.toml", ACCOUNT, 0o600)
    try:
        machine.run("systemctl", "restart", unit)
        until(lambda: words in status(public_server, unit), f"{unit} says {status(public_server, unit)!r}")
        began = time.monotonic()
        machine.run("systemctl", "stop", unit)
        assert time.monotonic() - began < 5
        result = machine.run("systemctl", "show", "--value", "--property=Result", unit).stdout
        assert result == "success\n", machine.journal(unit)
    finally:
        machine.run("systemctl", "stop", "runegate-mailer.socket", check=False)
        machine.run("rm", "/etc/runegate/config/email.toml")
