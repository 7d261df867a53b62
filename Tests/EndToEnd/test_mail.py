"""The mail itself, its queue, and what happens when the mail server fails."""

import socket
import time

import pytest

from stage.certificates import Authority
from stage.gateway import email_toml
from stage.mail_server import PASSWORD, MailServer
from stage.polling import until
from stage.site import NO_LIMITS, Site, Stage


@pytest.fixture
def mailing(stage: Stage) -> tuple[Site, MailServer]:
    """A gateway of its own with a mail server of its own."""
    server = stage.mail_server()
    return stage.development("mailing", mail=server, **NO_LIMITS, **stage.keys()), server


def ask(site: Site, address: str) -> float:
    """Asks for a link; the seconds until the answer, which is always the same."""
    started = time.monotonic()
    answer = site.visitor().client.post("/.runegate/login", json={"email": address})
    assert answer.status_code == 200, answer.text
    return time.monotonic() - started


def mail_test(site: Site, address: str = "probe@example.com") -> tuple[int, str]:
    """Exit code and everything that `runegate mail test` printed."""
    result = site.gateway.verb("mail", "test", address, within=90)
    output = result.stdout + result.stderr
    assert PASSWORD not in output
    return result.returncode, output


def test_a_sign_in_mail_is_well_formed_and_was_sent_inside_tls(public: Site, mail_server: MailServer) -> None:
    mark = len(mail_server.commands)
    public.visitor().ask("reader@example.com")
    letter = mail_server.letter_to("reader@example.com")
    message = letter.message
    assert message.get_content_type() == "multipart/alternative"
    assert letter.link in letter.html.replace("&amp;", "&")
    assert letter.code and len(letter.code) == 8
    for name in ("From", "To", "Subject", "Date", "Message-ID", "MIME-Version"):
        assert len(message.get_all(name, [])) == 1, name
    assert message["From"].addresses[0].addr_spec == "runegate@example.com"
    assert message["Auto-Submitted"] == "auto-generated"
    assert all(len(line) <= 998 for line in letter.raw.splitlines())
    assert "15" in letter.text, "it says how long the link works"
    inside = [is_tls for command, is_tls in mail_server.commands[mark:] if command in ("MAIL", "RCPT", "DATA")]
    assert inside and all(inside)


def test_subject_and_body_template_may_hold_any_character(stage: Stage) -> None:
    server = stage.mail_server()
    site = stage.development("template", mail=server, start=False, **NO_LIMITS)
    site.gateway.write_email_toml(
        "localhost", server.port, subject="Dein Zugang: „Würfel“ 🎲",
        body_template="Grüße!\\n.\\n..zwei Punkte\\n{login_url}\\nGilt {expiry_minutes} Minuten. {unknown}\\n",
    )  # fmt: skip
    site.gateway.start()
    visitor = site.visitor()
    visitor.sign_in("ann@example.com")
    letter = server.letter_to("ann@example.com")
    assert letter.message["Subject"] == "Dein Zugang: „Würfel“ 🎲"
    lines = letter.text.replace("\r\n", "\n").split("\n")
    assert lines[:3] == ["Grüße!", ".", "..zwei Punkte"]
    assert "Gilt 15 Minuten. {unknown}" in letter.text


def test_an_international_domain_is_written_in_its_ascii_form(stage: Stage) -> None:
    server = stage.mail_server()
    site = stage.development("idn", mail=server, **NO_LIMITS)
    answer = site.visitor().client.post("/.runegate/login", json={"email": "ann@bücher.example"})
    assert answer.status_code == 200
    assert server.letter_to("ann@xn--bcher-kva.example").has_link


FAULTS = {
    "down": lambda server, authority: server.stop(),
    "no STARTTLS": lambda server, authority: setattr(server.faults, "offers_starttls", False),
    "busy": lambda server, authority: server.faults.answers.update(MAIL="451 try again later"),
    "closing": lambda server, authority: server.faults.answers.update(EHLO="421 closing"),
    "full": lambda server, authority: server.faults.answers.update(DATA="452 no room"),
    "silent": lambda server, authority: setattr(server.faults, "is_silent", True),
    "another's certificate": lambda server, authority: setattr(
        server.faults, "certificate", authority.sign("elsewhere.test").server_context()
    ),
    "expired certificate": lambda server, authority: setattr(
        server.faults, "certificate", authority.sign("localhost", days=-1).server_context()
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_failing_mail_server_changes_no_answer_and_the_mail_comes_later(
    mailing: tuple[Site, MailServer], authority: Authority, name: str
) -> None:
    site, server = mailing
    ask(site, "before@example.com")
    server.letter_to("before@example.com")
    FAULTS[name](server, authority)
    connections = server.connections
    assert ask(site, "waiting@example.com") < 1.0, "the answer does not wait for the mail server"
    if name != "down":
        until(lambda: server.connections > connections, "the mail server is tried")
    until(lambda: "mail waits" in site.gateway.log_text() or name == "silent", "the log says that the mail waits")
    assert server.letters_to("waiting@example.com") == []
    server.faults.__init__({})
    server.stop()
    server.start()
    assert server.letter_to("waiting@example.com", within=45).has_link


def test_a_refused_recipient_is_not_tried_again(mailing: tuple[Site, MailServer]) -> None:
    site, server = mailing
    server.faults.answers["RCPT"] = "550 no such user"
    ask(site, "gone@example.com")
    until(lambda: "mail refused" in site.gateway.log_text(), "the log says that the mail was refused")
    server.faults.answers.clear()
    ask(site, "other@example.com")
    server.letter_to("other@example.com")
    assert server.letters_to("gone@example.com") == []


def test_queued_mail_survives_a_restart(mailing: tuple[Site, MailServer]) -> None:
    site, server = mailing
    server.stop()
    visitor = site.visitor()
    visitor.ask("patient@example.com")
    site.gateway.kill()
    site.gateway.start()
    server.start()
    letter = server.letter_to("patient@example.com", within=45)
    assert visitor.visit(letter.link).status_code == 303
    assert len(server.letters_to("patient@example.com")) == 1


def test_nothing_said_in_clear_before_the_handshake_counts(mailing: tuple[Site, MailServer]) -> None:
    site, server = mailing
    server.faults.injected = "250-mail.test\r\n250 AUTH PLAIN LOGIN\r\n535 injected"
    mark = len(server.commands)
    ask(site, "injected@example.com")
    until(lambda: len(server.commands) > mark, "the mail server is tried")
    # Either it gives the connection up, or it asks again inside TLS; it never goes on with what it read before.
    server.settled()
    for letter in server.letters_to("injected@example.com"):
        assert ("EHLO", True) in server.commands[mark:], letter
    assert "injected" not in site.gateway.log_text().replace("injected@example.com", "")


def test_without_starttls_neither_password_nor_mail_is_sent(mailing: tuple[Site, MailServer]) -> None:
    site, server = mailing
    server.faults.offers_starttls = False
    mark = len(server.commands)
    ask(site, "clear@example.com")
    until(lambda: len(server.commands) > mark, "the mail server is tried")
    code, output = mail_test(site)
    assert code != 0 and "STARTTLS" in output
    assert {command for command, _ in server.commands[mark:]} <= {"EHLO"}


def test_mail_test_shows_the_conversation(mailing: tuple[Site, MailServer]) -> None:
    site, server = mailing
    code, output = mail_test(site)
    assert code == 0, output
    for word in ("EHLO", "STARTTLS", "AUTH", "MAIL FROM", "RCPT TO", "DATA", "250"):
        assert word in output, output
    assert server.letter_to("probe@example.com")


@pytest.mark.parametrize(
    "name, words",
    [("down", ["refuses"]), ("no STARTTLS", ["STARTTLS"]), ("busy", ["451"]), ("closing", ["421"]), ("full", ["452"]),
     ("another's certificate", ["certificate", "localhost"]), ("expired certificate", ["certificate", "expired"])],
)  # fmt: skip
def test_mail_test_says_what_is_wrong(
    mailing: tuple[Site, MailServer], authority: Authority, name: str, words: list[str]
) -> None:
    site, server = mailing
    FAULTS[name](server, authority)
    code, output = mail_test(site)
    assert code != 0
    for word in words:
        assert word.lower() in output.lower(), output


def test_an_untrusted_authority_is_refused(stage: Stage) -> None:
    server = stage.mail_server()
    other = Authority(stage.workspace, "stranger")
    site = stage.development("untrusted", mail=server, RUNEGATE_SMTP_CA_FILE=str(other.file), **NO_LIMITS)
    code, output = mail_test(site)
    assert code != 0 and "certificate" in output.lower()
    assert "RUNEGATE_SMTP_CA_FILE" in output, "it says what to do"


def test_a_wrong_password_is_said_and_not_shown(stage: Stage) -> None:
    server = stage.mail_server()
    site = stage.development("password", mail=server, start=False, **NO_LIMITS)
    wrong = "wrong-password-0815"
    stage.secrets.learn("wrong SMTP password", wrong)
    site.gateway.write_email_toml("localhost", server.port, password=wrong)
    site.gateway.start()
    assert ask(site, "ann@example.com") < 1.0
    until(lambda: "535" in site.gateway.log_text(), "the log says why")
    code, output = mail_test(site)
    assert code != 0 and "535" in output and "smtp_pass" in output
    assert wrong not in output + site.gateway.log_text()


def test_without_mail_the_sign_in_page_says_to_ask_the_owner(stage: Stage) -> None:
    site = stage.development("no-mail", RUNEGATE_MAIL_TRANSPORT="none")
    visitor = site.visitor()
    assert "owner" in visitor.visit("/.runegate/login").text.lower()
    issued = site.gateway.verb("login-link", "ann@example.com")
    assert issued.returncode == 0, issued


def test_the_external_mailer_delivers_over_the_lease_socket(stage: Stage) -> None:
    """`serve` without a mail account, `runegate mailer` with one, a socket between them."""
    server = stage.mail_server()
    site = stage.development("external", mail=server, start=False, RUNEGATE_MAILER="external", **NO_LIMITS)
    (site.gateway.directory / "config" / "email.toml").unlink()  # Only the mailer has the password.
    mailer = stage.mailer(server)
    site.gateway.options = ["--mail-socket", str(mailer.socket)]
    site.gateway.start()
    site.visitor().ask("outside@example.com")
    assert server.letter_to("outside@example.com", within=20).has_link
    mailer.kill()
    site.visitor().ask("again@example.com")
    mailer.start()
    assert server.letter_to("again@example.com", within=45).has_link


def test_a_mail_server_that_cannot_be_looked_up_is_said(stage: Stage) -> None:
    server = stage.mail_server()
    site = stage.development("lookup", mail=server, start=False, **NO_LIMITS)
    (site.gateway.directory / "config" / "email.toml").write_text(email_toml("mail.invalid", 587, PASSWORD))
    site.gateway.start()
    assert ask(site, "ann@example.com") < 1.0
    code, output = mail_test(site)
    assert code != 0 and "mail.invalid" in output


def test_plain_text_is_spoken_only_to_this_machine(stage: Stage) -> None:
    site = stage.development("plain", mail=stage.mail_server(), start=False)
    outside = socket.inet_ntoa(b"\xc0\x00\x02\x01")
    (site.gateway.directory / "config" / "email.toml").write_text(
        email_toml(outside, 25, PASSWORD, smtp_security="none")
    )
    process = site.gateway.launch()
    assert process.wait() == 78
    assert "smtp_security" in process.log_text()
