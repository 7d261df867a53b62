"""Each process broken open: what whoever runs code of his own in it still cannot do.

Each deed is done twice: inside the unit's sandbox, where it has to be refused, and by the same program as root without one,
where it has to succeed: what cannot succeed is not worth refusing.
"""

from collections.abc import Callable, Iterator

import pytest

import deeds
from deeds import Deed
from intruder import Intruder
from server import ELSEWHERE, UNITS
from stage.figures import Figures

SERVE = (
    deeds.MAIL_PASSWORD
    | deeds.ROOTS_FILES
    | deeds.memory_of("mailer", "reader")
    | deeds.NETLINK
    | deeds.FAR_ADDRESSES
)
MAILER = deeds.SIGNING_KEYS | deeds.DATABASE | deeds.ROOTS_FILES | deeds.memory_of("serve", "reader") | deeds.NETLINK
READER = (
    deeds.MAIL_PASSWORD | deeds.SIGNING_KEYS | deeds.DATABASE | deeds.ROOTS_FILES
    | deeds.memory_of("serve", "mailer") | deeds.NETWORK
)  # fmt: skip
EVERYBODY = deeds.WRITING | deeds.RAW_NETWORK | deeds.PROGRAMS | deeds.RIGHTS

FORBIDDEN = [
    pytest.param(name, deed, id=f"{name} {what}")
    for name, forbidden in {"serve": SERVE, "mailer": MAILER, "reader": READER}.items()
    for what, deed in (forbidden | EVERYBODY).items()
]
REFUSALS = {"EPERM", "EACCES", "EROFS", "ENOENT", "ESRCH", "EAFNOSUPPORT"}
#: A connection whose first packet is dropped goes on trying.
DROPPED = {"EINPROGRESS"}


@pytest.fixture(scope="module")
def answers(figures: Figures) -> Iterator[dict[str, list[str]]]:
    """What the kernel answered in each sandbox."""
    told: dict[str, list[str]] = {name: [] for name in UNITS}
    yield told
    for name, unit in UNITS.items():
        figures.add(unit, "deeds of an intruder tried inside its sandbox", str(len(told[name])))
        figures.at_most(unit, "of them let through", told[name].count("done"), 0)


@pytest.mark.parametrize(("name", "deed"), FORBIDDEN)
def test_an_intruder_is_refused(
    inside: Callable[[str], Intruder], answers: dict[str, list[str]], name: str, deed: Deed
) -> None:
    answer = deed(inside(name))
    answers[name].append(answer)
    assert answer in REFUSALS | DROPPED
    assert deed(inside("bare")) == "done", "without the sandbox"


ALLOWED = [
    pytest.param("serve", lambda him: him.writes("/var/lib/runegate/kept"), id="serve writes its state"),
    pytest.param("serve", lambda him: him.connects("127.0.0.1", 7870), id="serve reaches loopback"),
    pytest.param("serve", lambda him: him.sends("10.0.0.2"), id="serve reaches the aibox"),
    pytest.param("mailer", lambda him: him.sends(ELSEWHERE), id="mailer reaches mail servers"),
    pytest.param("reader", deeds.NETLINK["asks WireGuard's netlink"], id="reader asks netlink"),
]


@pytest.mark.parametrize(("name", "deed"), ALLOWED)
def test_each_can_do_its_own_part(inside: Callable[[str], Intruder], name: str, deed: Deed) -> None:
    assert deed(inside(name)) == "done"
