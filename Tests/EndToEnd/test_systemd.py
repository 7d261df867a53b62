"""What systemd sees: readiness, passed sockets, reload. systemd itself is played by the test."""

import os
import signal
import socket
from pathlib import Path

import httpx
import pytest

from stage.gateway import Gateway
from stage.polling import until
from stage.process import Process
from stage.site import NO_LIMITS, Site, Stage


def launch_with_sockets(stage: Stage, service: Gateway, /, **sockets: socket.socket) -> Process:
    """Starts `serve` with listening sockets from descriptor 3 on, as systemd passes them (sd_listen_fds(3))."""
    names = ":".join(sockets)
    environment = service.environment | {"LISTEN_FDS": str(len(sockets)), "LISTEN_FDNAMES": names}
    # The shell moves the descriptors to their places and becomes the service: LISTEN_PID is its own.
    moves = " ".join(f"{3 + index}<&{passed.fileno()}" for index, passed in enumerate(sockets.values()))
    script = f'exec {moves}; export LISTEN_PID=$$; exec "$0" serve'
    process = Process(
        stage.workspace, service.name, ["bash", "-c", script, stage.workspace.binary],
        environment=environment, directory=service.directory,
        passed=[passed.fileno() for passed in sockets.values()],
    )  # fmt: skip
    service.processes.append(process)
    return process


def listening(port: int) -> socket.socket:
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    listener.listen(128)
    return listener


def test_ready_is_said_once_it_is_true(stage: Stage) -> None:
    notify = stage.notify_socket()
    site = stage.development("notify", start=False)
    site.gateway.settings["NOTIFY_SOCKET"] = str(notify.path)
    process = site.gateway.launch()
    notify.wait_for("READY=1")
    assert site.gateway.health() is not None, "whoever connects after READY is answered"
    process.send(signal.SIGTERM)
    notify.wait_for("STOPPING=1")
    assert process.wait() == 0


def test_a_start_that_fails_is_never_ready(stage: Stage) -> None:
    notify = stage.notify_socket()
    site = stage.development("never-ready", start=False)
    site.gateway.settings |= {"NOTIFY_SOCKET": str(notify.path), "RUNEGATE_LISTEN": f"127.0.0.1:{site.app.port}"}
    assert site.gateway.launch().wait() != 0
    assert not notify.has("READY=1")


def test_a_passed_socket_keeps_visitors_waiting_over_a_restart(stage: Stage) -> None:
    site = stage.development("passed", start=False, **NO_LIMITS, **stage.keys())
    port = int(site.base_url.rpartition(":")[2])
    site.gateway.settings["RUNEGATE_LISTEN"] = "127.0.0.1:1"  # The passed socket wins.
    with listening(port) as listener:
        first = launch_with_sockets(stage, site.gateway, gateway=listener)
        visitor = site.visitor()
        assert visitor.get("/.runegate/health").status_code == 200
        visitor.sign_in("ann@example.com")
        visitor.client.close()
        assert first.stop() == 0
        # Nobody runs: the connection waits in the socket's queue.
        with socket.create_connection(("127.0.0.1", port)) as waiting:
            waiting.sendall(f"GET /.runegate/health HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n".encode())
            second = launch_with_sockets(stage, site.gateway, gateway=listener)
            waiting.settimeout(20)
            assert waiting.recv(64).startswith(b"HTTP/1.1 200")
        assert second.stop() == 0


def test_a_passed_socket_of_an_unknown_name_is_refused(stage: Stage) -> None:
    site = stage.development("unknown", start=False)
    with listening(stage.workspace.port()) as listener:
        process = launch_with_sockets(stage, site.gateway, surprise=listener)
        assert process.wait() not in (0, -signal.SIGABRT, -signal.SIGSEGV, -signal.SIGILL)
        assert "surprise" in process.log_text()


def test_development_refuses_a_passed_socket_that_others_can_reach(stage: Stage) -> None:
    site = stage.development("wide", start=False)
    with socket.socket() as listener:
        listener.bind(("0.0.0.0", 0))
        listener.listen()
        process = launch_with_sockets(stage, site.gateway, gateway=listener)
        assert process.wait() not in (0, -signal.SIGABRT, -signal.SIGSEGV, -signal.SIGILL)
        assert "RUNEGATE_ENV" in process.log_text()


@pytest.fixture
def reloadable(stage: Stage) -> tuple[Site, Path]:
    """A gateway whose policy comes from a file that a test can change."""
    site = stage.development("reload", start=False, **NO_LIMITS)
    del site.gateway.settings["RUNEGATE_ALLOW_ANY_EMAIL"]
    file = stage.workspace.write(site.gateway.directory / ".env", "RUNEGATE_ALLOWED_EMAILS=ann@example.com\n")
    site.gateway.start()
    return site, file


def can_sign_in(site: Site, address: str) -> bool:
    return site.gateway.verb("login-link", address).returncode == 0


def test_a_reload_changes_the_policy_without_a_stop(reloadable: tuple[Site, Path]) -> None:
    site, file = reloadable
    visitor = site.visitor()
    visitor.sign_in("ann@example.com")
    assert can_sign_in(site, "ann@example.com") and not can_sign_in(site, "bob@example.com")
    file.write_text("RUNEGATE_ALLOWED_EMAILS=bob@example.com\n")
    site.gateway.process.send(signal.SIGHUP)
    until(lambda: can_sign_in(site, "bob@example.com"), "the new policy counts")
    assert not can_sign_in(site, "ann@example.com")
    assert not visitor.is_signed_in(), "who may no longer sign in is signed out"
    assert len(site.gateway.processes) == 1 and site.gateway.process.exit_code is None


def test_a_broken_configuration_is_refused_and_the_old_one_stays(reloadable: tuple[Site, Path]) -> None:
    site, file = reloadable
    file.write_text("RUNEGATE_ALLOWED_EMAILS=not an address\nRUNEGATE_BRAND_COLOR=mauve\n")
    site.gateway.process.send(signal.SIGHUP)
    until(lambda: "RUNEGATE_BRAND_COLOR" in site.gateway.log_text(), "the log lists what is wrong")
    assert can_sign_in(site, "ann@example.com")
    file.write_text("RUNEGATE_ALLOWED_EMAILS=ann@example.com,bob@example.com\n")
    site.gateway.process.send(signal.SIGHUP)
    until(lambda: can_sign_in(site, "bob@example.com"), "a later, good one counts")


def test_metrics_are_on_their_own_address_only(stage: Stage) -> None:
    port = stage.workspace.port()
    site = stage.development("metrics", **NO_LIMITS, RUNEGATE_METRICS_LISTEN=f"127.0.0.1:{port}")
    visitor = site.visitor()
    visitor.sign_in("ann@example.com")
    mark = site.app.mark()
    text = httpx.get(f"http://127.0.0.1:{port}/metrics", trust_env=False).text
    assert "# TYPE" in text and "ann@example.com" not in text
    assert httpx.get(f"http://127.0.0.1:{port}/v1/sessions", trust_env=False).status_code == 404
    visitor.get("/metrics")
    assert site.app.received(mark).target == "/metrics", "on the visitors' side it is the app's"


def test_the_process_is_not_dumpable(public: Site) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root may look")
    limits = Path(f"/proc/{public.gateway.process.pid}/limits").read_text()
    core = next(line for line in limits.splitlines() if line.startswith("Max core file size"))
    assert core.split()[4:6] == ["0", "0"]
