"""A certificate that is really issued, through the nginx that was set up, by an authority of the tests."""

import time

from machines.public_server import NAME, SETTING_UP, PublicServer
from stage.polling import until


def test_one_command_brings_a_trusted_certificate(public_server: PublicServer) -> None:
    done = public_server.first_run
    assert done.returncode == 0, done.stdout + done.stderr
    # nginx takes it into use in the background.
    until(lambda: public_server.curl("/.runegate/health").returncode == 0, "browsers trust the site")
    assert '"ok"' in public_server.curl("/.runegate/health").stdout


def test_the_key_is_for_root_alone(public_server: PublicServer) -> None:
    stat = public_server.machine.run("stat", "--format=%a %U", "/etc/runegate/tls/site.pem", "/etc/runegate/tls")
    assert stat.stdout == "600 root\n700 root\n"


def test_a_second_run_asks_for_none(public_server: PublicServer) -> None:
    before = public_server.serial()
    done = public_server.machine.run(*SETTING_UP)
    assert "Nothing to change." in done.stdout
    assert public_server.serial() == before


def test_a_renewed_one_is_taken_into_use_and_nobody_is_refused(public_server: PublicServer) -> None:
    machine = public_server.machine
    # The distribution's timer starts this unit twice a day; certbot's own setting makes it due now.
    machine.run(
        "sed",
        "-i",
        "s/^.*renew_before_expiry.*/renew_before_expiry = 9999 days/",
        f"/etc/letsencrypt/renewal/{NAME}.conf",
    )
    before = public_server.serial()
    with public_server.visited() as seen:
        machine.run("systemctl", "start", "certbot.service")
        time.sleep(1)
    after = public_server.serial()
    assert after != before
    assert seen["failures"] == []
    assert seen["serials"] == [before, after] and seen["connections"] > 50


def test_somebody_elses_renewal_is_not_ours(public_server: PublicServer) -> None:
    before = public_server.serial()
    hook = "/etc/letsencrypt/renewal-hooks/deploy/runegate"
    public_server.machine.run("env", "RENEWED_LINEAGE=/etc/letsencrypt/live/other.example.com", hook)
    assert public_server.serial() == before
