"""Reloads while two hundred visitors are busy, every other one of a broken configuration."""

import random
import statistics
import time

from busy_site import BusySite
from form import Form
from stage.figures import Figures
from stage.polling import until

BROKEN = 'brand_color = "mauve"'
REFUSED = "The last reload was refused for 1 problem, the old configuration stays: runegate check"


def test_reloads_disturb_nobody(busy_site: BusySite, form: Form, figures: Figures) -> None:
    spans: list[tuple[float, float]] = []
    before = busy_site.shown("InvocationID")
    with busy_site.crowd() as seen:
        for number in range(form.reloads):
            is_broken = number % 2 == 1
            busy_site.configure(BROKEN if is_broken else f'brand_name = "Name {number}"')
            time.sleep(random.uniform(0, 0.5))
            began = time.monotonic()
            busy_site.reload()
            until(lambda expected=is_broken: (REFUSED in busy_site.status) == expected, "the status follows")
            spans.append((began, time.monotonic()))
    case = f"{len(spans)} reloads, 200 connections, every other refused"
    failed = [asked for asked in seen.asked if asked.problem]
    meanwhile = [
        asked.seconds
        for asked in seen.of("get")
        if any(asked.began < end and asked.ended > began for began, end in spans)
    ]
    figures.at_most(case, f"failed of {len(seen.asked)} requests, streams and WebSockets", len(failed), 0)
    figures.add(
        case, "a GET meanwhile, median and slowest",
        f"{statistics.median(meanwhile) * 1000:.0f} and {max(meanwhile) * 1000:.0f} ms",
    )  # fmt: skip
    assert not failed, failed[:10]
    assert busy_site.shown("InvocationID") == before, "it was never started anew"
    # As the next test expects it.
    busy_site.configure()
    busy_site.reload()
    until(lambda: "refused" not in busy_site.status, "the status follows")


def test_a_reload_names_what_waits_for_a_restart(busy_site: BusySite) -> None:
    busy_site.configure("workers = 3")
    busy_site.reload()
    waiting = "Changed, but waiting for a restart: RUNEGATE_WORKERS"
    until(lambda: waiting in busy_site.status, "the status names it")
    busy_site.configure("workers = 3", 'brand_name = "Another"')
    busy_site.reload()
    until(lambda: busy_site.shown("SubState") == "running", "the reload ends")
    assert waiting in busy_site.status, "a later reload does not forget it"
    busy_site.configure()
    busy_site.reload()
    until(lambda: waiting not in busy_site.status, "what was taken back waits no longer")


def test_a_refused_reload_is_told_at_its_level_with_its_place(busy_site: BusySite) -> None:
    busy_site.configure(BROKEN)
    busy_site.reload()
    until(lambda: REFUSED in busy_site.status, "the status says so")
    told = busy_site.machine.run(
        "journalctl", "--unit=runegate.service", "--priority=err", "--output=json", "--lines=1",
        "--output-fields=MESSAGE,PRIORITY,SYSLOG_IDENTIFIER,RUNEGATE_MODULE,RUNEGATE_EVENT,RUNEGATE_PROBLEM",
    ).stdout  # fmt: skip
    for field in (
        '"PRIORITY":"3"', '"SYSLOG_IDENTIFIER":"runegate"', '"RUNEGATE_MODULE":"config"',
        '"RUNEGATE_EVENT":"configuration refused, the old one stays"', "/etc/runegate/runegate.toml:3:",
    ):  # fmt: skip
        assert field in told.replace(" : ", ":"), (field, told)
    busy_site.configure()
    busy_site.reload()
    until(lambda: REFUSED not in busy_site.status, "a good one is taken")
