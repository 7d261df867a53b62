"""Restarts while two hundred visitors are busy: what is lost, and how long somebody waits."""

import random
import statistics
import subprocess
import time
from dataclasses import dataclass

from busy_site import DRAIN_SECONDS, Asked, BusySite, Seen
from form import Form
from stage.figures import Figures
from stage.polling import until

#: A drain for those who are there and one for those who come meanwhile, silent connections' 8 s, and the start.
LONGEST_RESTART = 2 * max(DRAIN_SECONDS, 9) + 5
AT_ONCE_SECONDS = 2
#: One that is still being agreed on is not open.
HANDSHAKE_SECONDS = 1
STOPPING = f"Stopping: transfers have {DRAIN_SECONDS:g} s to finish; visitors are served meanwhile"


@dataclass(frozen=True)
class Restart:
    began: float
    ended: float

    def meets(self, asked: Asked) -> bool:
        return asked.began < self.ended and asked.ended > self.began


def test_restarts_lose_nothing_that_could_finish(busy_site: BusySite, form: Form, figures: Figures) -> None:
    restarts: list[Restart] = []
    helped = busy_site.shown("NRestarts")
    with busy_site.crowd() as seen:
        for _ in range(form.restarts):
            # Anywhere between two requests of somebody.
            time.sleep(random.uniform(1, 3))
            began = time.monotonic()
            restart = subprocess.Popen(busy_site.machine.command("systemctl", "restart", "runegate.service"))
            until(lambda: busy_site.status == STOPPING, "the status tells of the stop")
            assert restart.wait(LONGEST_RESTART) == 0
            restarts.append(Restart(began, time.monotonic()))
        time.sleep(2)
    case = f"{len(restarts)} restarts, 200 connections"
    # Each of these takes less than the drain by itself.
    finite = seen.of("get", "upload", "stream")
    failed = [asked for asked in finite if asked.problem] + _wronged(seen, restarts)
    refused = sum(asked.problem == "refused" for asked in seen.asked)
    closings = _closings(seen, restarts)
    waits = [asked.seconds for asked in seen.of("get") if any(restart.meets(asked) for restart in restarts)]
    others = [asked.seconds for asked in seen.of("get") if not any(restart.meets(asked) for restart in restarts)]
    took = [restart.ended - restart.began for restart in restarts]
    figures.at_most(case, f"failed of {len(finite)} GETs, uploads and streams that could finish", len(failed), 0)
    figures.at_most(case, "refused connections", refused, 0)
    figures.below(case, f"slowest of {len(closings)} WebSockets to be closed", max(closings), AT_ONCE_SECONDS, "s")
    figures.add(case, "a GET meanwhile, median", f"{statistics.median(waits) * 1000:.0f} ms")
    figures.add(case, "a GET meanwhile, slowest", f"{max(waits):.2f} s")
    figures.add(case, "a GET otherwise, median", f"{statistics.median(others) * 1000:.0f} ms")
    figures.add(
        case, "streams without an end that were cut", str(sum(bool(each.problem) for each in seen.of("endless")))
    )
    figures.add(case, "stop and start, median and slowest", f"{statistics.median(took):.2f} and {max(took):.2f} s")

    assert not failed, failed[:10]
    assert refused == 0 and max(closings) < AT_ONCE_SECONDS and max(took) < LONGEST_RESTART
    assert busy_site.shown("NRestarts") == helped, "systemd never had to help"
    journal = busy_site.machine.journal("runegate.service")
    assert "timed out" not in journal and "Failed with result" not in journal


def _wronged(seen: Seen, restarts: list[Restart]) -> list[Asked]:
    """What has no end ends with a stop, and nothing else may happen to it."""
    return [
        asked
        for asked in seen.of("endless", "websocket")
        if asked.problem
        and (asked.problem.startswith("Wrong") or not any(restart.meets(asked) for restart in restarts))
    ]


def _closings(seen: Seen, restarts: list[Restart]) -> list[float]:
    """How long after the stop each WebSocket was closed that was open then."""
    return [
        asked.ended - restart.began
        for restart in restarts
        for asked in seen.of("websocket")
        if asked.began + HANDSHAKE_SECONDS < restart.began < asked.ended and asked.problem
    ]


def test_the_queue_for_the_next_start_is_as_long_as_the_socket_unit_says(busy_site: BusySite) -> None:
    listening = busy_site.machine.run("ss", "-Hltn", "sport = :7870").stdout.split()
    assert listening[2] == "4096", listening
