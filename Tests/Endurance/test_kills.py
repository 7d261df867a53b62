"""`kill -9` at random moments while people sign in and out: what was answered holds, and a link counts once."""

import os
import random
import statistics
import threading
import time

from form import Form
from ledger import Ledger, SignIn
from stage.figures import Figures
from stage.polling import until
from stage.site import NO_LIMITS, Site, Stage

#: So many sign in at once, so that every moment falls into something.
GUESTS = 4
#: The longest that a run may live, in seconds: a few sign-ins of each guest.
LONGEST_RUN = 0.4


def test_nobody_is_signed_out_and_no_link_counts_twice(stage: Stage, figures: Figures, form: Form) -> None:
    notify = stage.notify_socket()
    site = stage.development("killed", start=False, **NO_LIMITS, **stage.keys())
    dice = random.Random(os.environ.get("RUNEGATE_KILL_SEED", "2026"))
    ledger = Ledger(site)
    ready_seconds = [notify.start(site.gateway)]
    for _ in range(form.kills):
        under_way = _guests_until_killed(site, ledger, dice.uniform(0, LONGEST_RUN))
        ready_seconds.append(notify.start(site.gateway))
        ledger.check(under_way)
    ledger.check_members(list(ledger.members))

    case = "kill -9 under sign-ins"
    figures.add(case, "kills", str(form.kills))
    figures.add(case, "sign-ins answered, and ended again", f"{ledger.signed_in}, {ledger.signed_out}")
    figures.add(case, "links being spent at a kill, of them spent", f"{ledger.unanswered}, {ledger.spent_unanswered}")
    figures.at_most(case, "signed-in users lost", len(ledger.lost), 0)
    figures.at_most(case, "links used twice", len(ledger.twice), 0)
    figures.at_most(case, "signed-out users signed in again", len(ledger.returned), 0)
    figures.at_most(case, "mails lost", len(ledger.unsent), 0)
    slowest = max(ready_seconds)
    figures.below(case, "start to READY after a kill, slowest", slowest, 5, "s")
    figures.add(case, "the same, median", f"{statistics.median(ready_seconds):.3g} s")
    assert not ledger.lost + ledger.twice + ledger.returned + ledger.unsent, ledger
    assert slowest < 5
    assert ledger.signed_in and ledger.unanswered, "the moments were not spread over the whole of signing in"


def _guests_until_killed(site: Site, ledger: Ledger, after: float) -> list[SignIn]:
    """Guests who sign in again and again; kills the program after so many seconds.

    Returns their sign-ins of this run, finished or not.
    """
    sign_ins: list[SignIn] = []
    killed = threading.Event()

    def guest() -> None:
        while not killed.is_set():
            sign_in = ledger.new_sign_in()
            sign_ins.append(sign_in)
            sign_in.run(killed)

    guests = [threading.Thread(target=guest) for _ in range(GUESTS)]
    for thread in guests:
        thread.start()
    until(lambda: any(sign_in.is_asked for sign_in in sign_ins), "the first guest has asked for a link")
    time.sleep(after)
    # Whoever waits for mail stops there: what counts are the requests that are under way.
    killed.set()
    site.gateway.kill()
    for thread in guests:
        thread.join(timeout=30)
    return sign_ins
