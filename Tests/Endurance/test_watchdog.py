"""What hangs is restarted by systemd's watchdog; what fails is not."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from busy_site import HERE, OWNER, BusySite
from form import Form
from stage.figures import Figures
from stage.polling import until

DROP_IN = "/run/systemd/system/runegate.service.d/watchdog.conf"
SHIPPED_SECONDS, SHORT_SECONDS = 20, 4

# Another program that writes to the database until its input ends.
HOLDER = """
import sqlite3, sys
database = sqlite3.connect("/var/lib/runegate/runegate.db", isolation_level=None)
database.execute("BEGIN IMMEDIATE")
print("locked", flush=True)
sys.stdin.read()
"""


@pytest.fixture(scope="module")
def watched(busy_site: BusySite, form: Form) -> Iterator[tuple[BusySite, int]]:
    """The site and the seconds of its watchdog: as shipped in the long form, fewer in the short one."""
    if form.is_long:
        yield busy_site, SHIPPED_SECONDS
        return
    busy_site.machine.write(DROP_IN, f"[Service]\nWatchdogSec={SHORT_SECONDS}\n")
    busy_site.machine.run("systemctl", "daemon-reload")
    busy_site.restart()
    yield busy_site, SHORT_SECONDS
    busy_site.machine.run("rm", DROP_IN)
    busy_site.machine.run("systemctl", "daemon-reload")
    busy_site.restart()


def test_systemd_is_fed_again_and_again(watched: tuple[BusySite, int]) -> None:
    site, seconds = watched
    before = site.shown("WatchdogTimestampMonotonic")
    until(lambda: site.shown("WatchdogTimestampMonotonic") != before, "a sign of life", seconds)


def process(site: BusySite) -> int:
    """The gateway's process, as it is numbered here."""
    inside = site.shown("MainPID")
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            numbers = next(line for line in status.read_text().splitlines() if line.startswith("NSpid:")).split()[1:]
            namespace = Path(f"/proc/{numbers[0]}/ns/pid").readlink()
        except (OSError, StopIteration):
            continue
        if numbers[-1] == inside and namespace == Path(f"/proc/{site.machine.process}/ns/pid").readlink():
            return int(numbers[0])
    raise ProcessLookupError(inside)


def freeze_loop(kind: str, group: int) -> Callable[[BusySite], list[str]]:
    """Stops an event loop of a group, by the order in which the groups of this kind were made."""

    def command(site: BusySite) -> list[str]:
        tasks = Path(f"/proc/{process(site)}/task").iterdir()
        threads = {(task / "comm").read_text(): task.name for task in tasks}
        groups = sorted({name.rpartition("-")[0] for name in threads if name.startswith(f"NIO-{kind}")})
        thread = next(number for name, number in threads.items() if name.startswith(groups[group]))
        return [sys.executable, str(HERE / "frozen_thread.py"), thread]

    return command


def freeze_disk(site: BusySite) -> list[str]:
    """Makes every write of the database wait for a disk that does not answer."""
    return ["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=fdatasync,fsync",
            "-e", "inject=fdatasync,fsync:delay_enter=600s", "-p", str(process(site))]  # fmt: skip


@pytest.mark.parametrize(
    ("part", "freeze"),
    [
        ("the owner's event loops", freeze_loop("SGLTN", 0)),
        ("the tunnels' event loop", freeze_loop("ELT", 0)),
        ("visitors' event loops", freeze_loop("ELT", 1)),
        ("the database", freeze_disk),
    ],
)
def test_what_hangs_is_restarted(
    watched: tuple[BusySite, int], figures: Figures, part: str, freeze: Callable[[BusySite], list[str]]
) -> None:
    site, seconds = watched
    restarts = int(site.shown("NRestarts"))
    debugger = subprocess.Popen(freeze(site), stdout=subprocess.DEVNULL)
    write = None
    try:
        began = time.monotonic()
        if freeze is freeze_disk:
            # Somebody wants a link, which is a write.
            write = subprocess.Popen(
                site.machine.command("runegate", "login-link", OWNER),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        until(lambda: f"unless it moves: {part}" in site.status, "the status names it", seconds)
        until(lambda: site.shown("SubState") != "running", "systemd loses its patience", seconds + 5)
        # A debugger that sleeps keeps the dead from being buried.
        debugger.kill()
        until(lambda: int(site.shown("NRestarts")) > restarts, "systemd restarts it", 15)
        until(lambda: '"ok"' in site.server.curl("/.runegate/health", "--max-time", "1").stdout, "it serves again")
        took = time.monotonic() - began
    finally:
        debugger.kill()
        debugger.wait()
        if write:
            write.kill()
            write.wait()
    figures.below(f"watchdog of {seconds} s", f"{part}: hangs until it serves again", took, seconds + 10, "s")
    journal = site.machine.journal("runegate.service")
    assert f'part="{part}"' in journal and "Watchdog timeout" in journal
    assert took < seconds + 10
    site.wait_until_well()


def test_a_database_that_only_fails_is_no_reason(watched: tuple[BusySite, int], figures: Figures) -> None:
    """Another program holds the lock: every write fails after two seconds, and a restart would not change that."""
    site, seconds = watched
    restarts = site.shown("NRestarts")
    other = subprocess.Popen(
        site.machine.command("/usr/bin/python3", "-c", HOLDER), stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    try:
        assert other.stdout and other.stdout.readline() == b"locked\n"
        deadline = time.monotonic() + 2 * seconds
        while time.monotonic() < deadline:
            asked = [subprocess.Popen(site.machine.command("runegate", "login-link", OWNER), stdout=subprocess.DEVNULL,
                                      stderr=subprocess.DEVNULL) for _ in range(4)]  # fmt: skip
            assert all(each.wait(timeout=60) != 0 for each in asked)
        assert "Nobody can sign in: the database" in site.status
        assert site.server.curl("/.runegate/health").stdout
    finally:
        other.communicate()
    until(
        lambda: site.machine.run("runegate", "login-link", OWNER, check=False).returncode == 0, "links are made again"
    )
    until(lambda: "Nobody can sign in" not in site.status, "the status follows")
    figures.add(f"watchdog of {seconds} s", f"a database that only fails, {2 * seconds} s long: restarts",
                str(int(site.shown("NRestarts")) - int(restarts)), "0")  # fmt: skip
    assert site.shown("NRestarts") == restarts
