"""The mail server or the name server is away: no visitor notices, mails wait as long as their links live, then leave."""

import time
from dataclasses import dataclass, field

from form import Form
from name_server import NameServer
from stage.figures import Figures
from stage.kept_connection import KeptConnection
from stage.mail_server import MailServer
from stage.polling import until
from stage.site import NO_LIMITS, Site, Stage

#: From the server's return until every mail that is still of use has left.
RECOVERY = 30.0
#: As many mails may wait.
ROOM = 1000
#: Of a visitor who has nothing to do with mail, and of one who asks for a link; a lookup takes ten seconds.
SLOWEST = 2.0


@dataclass
class Asking:
    """Visitors who ask for links, one address each, and one who is signed in and looks at the app meanwhile."""

    site: Site
    member: KeptConnection
    usual_answer: str
    #: When each address asked (`time.monotonic`).
    asked: dict[str, float] = field(default_factory=dict)
    slowest_request: float = 0.0
    slowest_get: float = 0.0

    @staticmethod
    def begin(site: Site) -> "Asking":
        visitor = site.visitor()
        visitor.sign_in("member@example.com")
        return Asking(site, KeptConnection(site, visitor.cookie_header), _request(site, "usual@example.com"))

    def ask(self) -> None:
        address = f"asking{len(self.asked)}@example.com"
        began = time.monotonic()
        self.asked[address] = began
        assert _request(self.site, address) == self.usual_answer, "the answer is the same as ever"
        self.slowest_request = max(self.slowest_request, time.monotonic() - began)

    def ask_for(self, seconds: float, every: float) -> None:
        """Asks again and again; the member looks 20 times a second."""
        end = time.monotonic() + seconds
        next_request = time.monotonic()
        while time.monotonic() < end:
            if time.monotonic() >= next_request:
                self.ask()
                next_request += every
            began = time.monotonic()
            assert self.member.get() == 200
            self.slowest_get = max(self.slowest_get, time.monotonic() - began)
            time.sleep(0.05)

    def alive(self, life: float) -> list[str]:
        """The addresses whose links will not end before everything may have left."""
        now = time.monotonic()
        return [address for address, began in self.asked.items() if now - began < life - RECOVERY - 5]


def test_a_mail_server_that_is_away(stage: Stage, figures: Figures, form: Form) -> None:
    server = stage.mail_server()
    life = 240.0 if form.is_long else 900.0
    expiry = {"RUNEGATE_MAGIC_LINK_EXPIRY": f"{life:.0f}s"}
    site = stage.development("away", mail=server, **expiry, **NO_LIMITS, **stage.keys())
    asking = Asking.begin(site)
    server.letter_to("usual@example.com")
    server.stop()
    before = site.gateway.process.resident_bytes()
    away = 420.0 if form.is_long else 6.0
    asking.ask_for(away, every=2.0)

    mail = site.gateway.status()["mail"]
    assert mail["waiting"] and "refuses connections" in mail["problem"], mail
    site.gateway.process.says("mail waits")
    grown = site.gateway.process.resident_bytes() - before
    case = "mail server away"
    figures.add(case, "away, a link's life", f"{away:.0f} s, {life:.0f} s")
    _recover(site, server, asking, life, figures, case, server.start)
    figures.add(case, "resident memory grew by", f"{grown / (1 << 20):.1f} MiB")
    if form.is_long:
        _fill_the_queue(site, server, asking, figures, case)


def test_a_name_server_that_is_silent(stage: Stage, figures: Figures, form: Form) -> None:
    server = stage.mail_server("mail.gate.test")
    names = NameServer(stage, "" if form.is_long else "options timeout:1 attempts:1")
    # One event loop: if a lookup held it, everybody would wait.
    site = stage.development("names", mail=server, start=False, RUNEGATE_WORKERS="1", **NO_LIMITS, **stage.keys())
    site.gateway.write_email_toml("mail.gate.test", server.port)
    names.serve(site)
    site.gateway.start()
    asking = Asking.begin(site)
    server.letter_to("usual@example.com")
    names.is_silent = True
    silent = 300.0 if form.is_long else 3.0
    asking.ask_for(silent, every=2.0)
    mails = len(server.letters)
    site.gateway.process.says("mail waits", within=25)
    assert "mail.gate.test" in site.gateway.status()["mail"]["problem"]
    assert len(server.letters) == mails and names.questions > 1

    def speak() -> None:
        names.is_silent = False

    case = "name server silent"
    figures.add(case, "silent", f"{silent:.0f} s")
    _recover(site, server, asking, 900, figures, case, speak)


def _recover(site: Site, server: MailServer, asking: Asking, life: float, figures: Figures, case: str, mend) -> None:
    """Mends what was broken, and looks at what arrives."""
    awaited = asking.alive(life)
    late = [address for address, began in asking.asked.items() if time.monotonic() - began > life]
    mend()
    back = time.monotonic()
    until(lambda: all(server.letters_to(address) for address in awaited), "all mails arrive", 2 * RECOVERY, every=0.1)
    seconds = time.monotonic() - back
    server.settled(1)
    doubled = [address for address in asking.asked if len(server.letters_to(address)) > 1]
    useless = [address for address in late if server.letters_to(address)]
    visitor = site.visitor()
    assert visitor.confirm(visitor.visit(server.letters_to(awaited[-1])[0].link)).status_code == 303
    figures.below(case, f"until the {len(awaited)} mails of living links have left", seconds, RECOVERY, "s")
    figures.at_most(case, "mails sent twice", len(doubled), 0)
    figures.at_most(case, f"mails of {len(late)} dead links sent", len(useless), 0)
    figures.below(case, "slowest answer to who asked for a link", asking.slowest_request, SLOWEST, "s")
    figures.below(case, "slowest answer to who is signed in", asking.slowest_get, SLOWEST, "s")
    assert seconds < RECOVERY and not doubled and not useless
    assert asking.slowest_request < SLOWEST and asking.slowest_get < SLOWEST


def _fill_the_queue(site: Site, server: MailServer, asking: Asking, figures: Figures, case: str) -> None:
    """More people ask than mails may wait, and are answered as ever."""
    server.stop()
    for _ in range(ROOM + 100):
        asking.ask()
    waiting = site.gateway.status()["mail"]["waiting"]
    figures.at_most(case, f"mails that wait after {ROOM + 100} more requests", waiting, ROOM)
    assert waiting == ROOM


def _request(site: Site, address: str) -> str:
    answer = site.visitor().client.post("/.runegate/login", json={"email": address})
    assert answer.status_code == 200, answer
    return answer.text
