"""What visitors were told, and whether it still holds."""

import threading
from dataclasses import dataclass, field

import httpx

from stage.kept_connection import KeptConnection
from stage.letter import Letter
from stage.outbox import Outbox
from stage.polling import until
from stage.site import Site
from stage.visitor import Visitor


@dataclass
class SignIn:
    """One sign-in under an address of its own, and how far it was answered."""

    address: str
    visitor: Visitor
    #: Whether this visitor signs out again.
    leaves: bool
    is_asked: bool = False
    link: str = ""
    is_spending: bool = False
    is_signed_in: bool = False
    is_leaving: bool = False
    has_left: bool = False

    def run(self, killed: threading.Event) -> None:
        """Goes on until it is done or the program dies."""
        try:
            self.is_asked = self.visitor.ask(self.address).status_code == 200
            letter = until(lambda: killed.is_set() or self._letter(), f"mail to {self.address}")
            if not isinstance(letter, Letter):
                return
            self.link = letter.link
            self.is_spending = True
            self.is_signed_in = self.visitor.visit(self.link).status_code == 303
            if self.leaves:
                self.is_leaving = True
                self.has_left = self.visitor.sign_out().status_code == 303
        except httpx.TransportError:
            # Killed before it answered; a visitor who meets nobody at all does not come again at once.
            killed.wait(timeout=30)

    def _letter(self) -> Letter | None:
        letters = self.visitor.mailbox.letters_to(self.address)
        return letters[-1] if letters else None


@dataclass
class Ledger:
    """Everything that was answered so far; the lists name what did not hold."""

    site: Site
    #: Cookies of everybody who is signed in, by address.
    members: dict[str, str] = field(default_factory=dict)
    signed_in: int = 0
    signed_out: int = 0
    unanswered: int = 0
    spent_unanswered: int = 0
    lost: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    returned: list[str] = field(default_factory=list)
    unsent: list[str] = field(default_factory=list)
    _count: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def new_sign_in(self) -> SignIn:
        with self._lock:
            self._count += 1
            number = self._count
        site = self.site
        visitor = Visitor(site.base_url, site.mailbox, site.secrets)
        return SignIn(f"guest{number}@example.com", visitor, leaves=number % 2 == 0)

    def check(self, sign_ins: list[SignIn]) -> None:
        """Looks after a restart at what the run before it answered."""
        for sign_in in sign_ins:
            if sign_in.is_asked and not sign_in.link:
                self._wait_for_mail(sign_in)
        sessions = self.site.sessions()
        for sign_in in sign_ins:
            if sign_in.link:
                self._check(sign_in, sum(sign_in.address in session.values() for session in sessions))
            sign_in.visitor.close()
        assert isinstance(self.site.mailbox, Outbox)
        self.site.mailbox.clear()

    def check_members(self, addresses: list[str]) -> None:
        """Whether they are signed in."""
        for address in addresses:
            connection = KeptConnection(self.site, self.members[address])
            if connection.get() != 200:
                self.lost.append(address)
            connection.close()

    def _wait_for_mail(self, sign_in: SignIn) -> None:
        """It was promised before the kill, and it comes after it."""
        try:
            sign_in.link = self.site.mailbox.letter_to(sign_in.address).link
        except AssertionError:
            self.unsent.append(sign_in.address)

    def _check(self, sign_in: SignIn, sessions: int) -> None:
        address = sign_in.address
        if sessions > 1:
            self.twice.append(address)
        if sign_in.has_left:
            self.signed_out += 1
            if sessions or sign_in.visitor.is_signed_in():
                self.returned.append(address)
        elif sign_in.is_leaving:
            # Not answered: signed in or out, both are right.
            pass
        elif sign_in.is_signed_in:
            self.signed_in += 1
            self.members[address] = sign_in.visitor.cookie_header
            self.check_members([address])
        else:
            self._check_unanswered(sign_in, sessions)
        if self._stranger(sign_in.link) != 401:
            self.twice.append(address)

    def _check_unanswered(self, sign_in: SignIn, sessions: int) -> None:
        """A link of which nobody was told that it counted: spent with its session, or not at all."""
        self.unanswered += sign_in.is_spending
        self.spent_unanswered += sessions
        status = sign_in.visitor.visit(sign_in.link).status_code
        if sessions and status != 401:
            self.twice.append(sign_in.address)
        if not sessions and status != 303:
            self.lost.append(sign_in.address)

    def _stranger(self, link: str) -> int:
        """What somebody else is answered to a link that was used."""
        stranger = Visitor(self.site.base_url, self.site.mailbox, self.site.secrets)
        status = stranger.visit(link).status_code
        stranger.close()
        return status
