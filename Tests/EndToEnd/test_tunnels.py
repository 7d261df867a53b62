"""`runegate tunnels` beside a gateway whose two paths a test can break."""

import contextlib
import json
import os
import pty
import re
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from stage.gateway import run_verb
from stage.path import CutPath
from stage.polling import until
from stage.site import NO_LIMITS, Site, Stage


@dataclass
class Tunnels:
    """A gateway with two ways to its app."""

    site: Site
    wireguard: CutPath
    rathole: CutPath

    def verb(self, *words: str) -> subprocess.CompletedProcess[str]:
        return self.site.gateway.verb("tunnels", *words, within=60)

    def report(self) -> dict[str, Any]:
        return json.loads(self.verb("--json").stdout)

    def become(self, code: int, first_words: str, within: float = 40) -> subprocess.CompletedProcess[str]:
        """Waits until the verb ends with that code and begins so."""
        seen: list[str] = []

        def has_become() -> subprocess.CompletedProcess[str] | None:
            result = self.verb()
            seen.append(result.stdout + result.stderr)
            return result if result.returncode == code and result.stdout.startswith(first_words) else None

        try:
            return until(has_become, first_words, within, every=0.1)
        except AssertionError as error:
            raise AssertionError(f"{error}; last seen:\n{seen[-1]}") from None

    def passed_drill(self, *words: str) -> subprocess.CompletedProcess[str]:
        """A drill that passed; a busy machine loses a probe now and then, and then it is refused or fails."""
        seen: list[subprocess.CompletedProcess[str]] = []

        def has_passed() -> subprocess.CompletedProcess[str] | None:
            seen.append(self.verb("drill", *words))
            return seen[-1] if seen[-1].returncode == 0 else None

        try:
            return until(has_passed, "a drill passes", within=60)
        except AssertionError as error:
            raise AssertionError(f"{error}; last seen:\n{seen[-1]}") from None


@pytest.fixture
def tunnels(stage: Stage) -> Iterator[Tunnels]:
    site = stage.development("tunnels", start=False, **NO_LIMITS, **stage.keys())
    wireguard, rathole = (CutPath(stage.background, stage.workspace.port(), site.app.port).start() for _ in range(2))
    site.gateway.settings |= {
        "RUNEGATE_WIREGUARD_TARGET": wireguard.url,
        "RUNEGATE_WIREGUARD_INTERFACE": "",
        "RUNEGATE_RATHOLE_TARGET": rathole.url,
        "RUNEGATE_FAILBACK_AFTER": "1s",
        "RUNEGATE_FAILBACK_MAX": "1s",
    }
    site.gateway.start()
    yield Tunnels(site, wireguard, rathole)
    wireguard.stop()
    rathole.stop()


def test_all_is_well_in_one_line_and_a_row_a_path(tunnels: Tunnels) -> None:
    lines = tunnels.become(0, "OK - serving over wireguard since ").stdout.splitlines()
    assert lines[0].endswith("(fallback ready)")
    assert lines[2].split() == ["PATH", "ROLE", "STATE", "EVIDENCE", "SINCE", "RTT", "p50/p95", "REQUESTS",
                                "IN/OUT", "SWITCHES", "24h"]  # fmt: skip
    assert re.match(r"→ +wireguard +active +up +handshake not used, probe 200 in \d+ms +\d+s ", lines[3])
    assert re.match(r" +rathole +standby +up +probe 200 in \d+ms +\d+s ", lines[4])
    assert any(line.startswith("Next: traffic moves to rathole when wireguard is silent for ") for line in lines)
    assert not any(line.startswith("#") for line in lines)
    report = tunnels.report()
    assert report["verdict"] == "ok" and report["paths"][0]["is_active"] and report["preference"] == "auto"
    assert all(path["probes_sent"] > 0 and not path["is_simulated"] for path in report["paths"])
    why = tunnels.verb("why")
    assert why.returncode == 0 and "first configured path" in why.stdout and "\nNext: traffic " in why.stdout
    assert json.loads(tunnels.verb("why", "--json").stdout)["lines"][0].startswith("Traffic is on wireguard")


def test_requests_and_bytes_are_told_by_the_path_that_served_them(tunnels: Tunnels) -> None:
    tunnels.become(0, "OK")
    visitor = tunnels.site.visitor()
    visitor.sign_in("ann@example.com")
    before = tunnels.report()["paths"]
    for _ in range(3):
        assert visitor.get("/").status_code == 200
    tunnels.verb("prefer", "rathole")
    assert visitor.get("/").status_code == 200
    after = tunnels.report()["paths"]
    assert [now["requests"] - then["requests"] for now, then in zip(after, before, strict=True)] == [3, 1]
    for now, then in zip(after, before, strict=True):
        assert now["traffic"]["received_bytes"] > then["traffic"]["received_bytes"]
    row = tunnels.verb().stdout.splitlines()[4]
    assert re.match(rf"→ +rathole +active .* {after[1]['requests']} +[\d.]+ K?i?B/0 B ", row)


def test_streams_are_charged_to_the_switch_that_ended_them(tunnels: Tunnels) -> None:
    tunnels.become(0, "OK")
    visitor = tunnels.site.visitor()
    visitor.sign_in("ann@example.com")

    def told(cause: str) -> dict[str, int]:
        (newest, *_) = tunnels.report()["switches"]
        assert newest["cause"] == cause, newest
        return until(lambda: tunnels.report()["switches"][0].get("streams"), "the streams are counted")

    with contextlib.suppress(httpx.TransportError), visitor.client.stream("GET", "/events") as events:
        next(events.iter_lines())
        tunnels.verb("prefer", "rathole")
        assert told("operator") == {"kept": 1, "ended": 0}
        # Nothing moves: WireGuard carries no new requests any more, but the stream on it ends.
        tunnels.wireguard.silence()
        until(lambda: tunnels.report()["live"]["streams"] == 0, "the stream has ended")
    tunnels.wireguard.restore()
    until(lambda: tunnels.report()["paths"][0]["state"] == "up", "WireGuard is back")
    tunnels.verb("prefer", "auto")
    assert told("operator") == {"kept": 0, "ended": 0}
    tunnels.become(0, "OK")
    tunnels.wireguard.silence()
    until(lambda: tunnels.report()["switches"][0]["cause"] == "probes-lost", "traffic moves")
    assert told("probes-lost") == {"kept": 0, "ended": 0}


def test_live_users_and_streams_are_counted(tunnels: Tunnels) -> None:
    tunnels.become(0, "OK")
    visitor = tunnels.site.visitor()
    visitor.sign_in("ann@example.com")
    with visitor.client.stream("GET", "/events"):
        until(lambda: tunnels.report()["live"] == {"streams": 1, "users": 1}, "one user, one stream")
        assert "\nLive: 1 user, 1 stream\n" in tunnels.verb().stdout
        tunnels.site.app.gate.set()
    until(lambda: tunnels.report()["live"]["streams"] == 0, "no stream")


def test_a_lost_primary_is_told_with_cause_gap_and_history(tunnels: Tunnels) -> None:
    tunnels.become(0, "OK")
    visitor = tunnels.site.visitor()
    visitor.sign_in("ann@example.com")
    with contextlib.suppress(httpx.TransportError), visitor.client.stream("GET", "/events") as events:
        next(events.iter_lines())
        tunnels.wireguard.silence()
        degraded = tunnels.become(1, "DEGRADED - serving over rathole: wireguard is down, its probes stay unanswered")
    assert re.search(r"# Probes over wireguard stay unanswered\.\n#   .*`sudo runegate tunnels`", degraded.stdout)
    until(lambda: tunnels.report()["switches"][0].get("streams"), "the streams are counted")
    (switch,) = tunnels.report()["switches"]
    assert switch["cause"] == "probes-lost" and switch["streams"] == {"kept": 0, "ended": 1}
    assert 300 <= switch["gap_milliseconds"] < 5000
    assert re.search(r"wireguard → rathole +probes-lost +\d+ms +0 kept, 1 ended", tunnels.verb().stdout)
    assert "The cause was probes-lost of wireguard" in tunnels.verb("why").stdout
    tunnels.wireguard.restore()
    tunnels.become(0, "OK")
    history = tunnels.verb("--history")
    assert history.returncode == 0
    assert "1 switch away from a failing path this week." in history.stdout
    assert re.search(r"On the fallback: \d+s \(", history.stdout)
    told = json.loads(tunnels.verb("--history", "--json").stdout)
    assert [switch["cause"] for switch in told["switches"]] == ["recovered", "probes-lost"]
    assert {path["name"] for path in told["paths"]} == {"wireguard", "rathole"}

    # It outlives the process.
    assert tunnels.site.gateway.stop() == 0
    tunnels.site.gateway.start()
    again = json.loads(tunnels.verb("--history", "--json").stdout)
    assert [switch["cause"] for switch in again["switches"]] == ["recovered", "probes-lost"]
    assert again["switches"][1]["streams"] == {"kept": 0, "ended": 1}
    assert sum(path["probes"] for path in again["paths"]) >= sum(path["probes"] for path in told["paths"])
    assert tunnels.report()["paths"][0]["departures_last_day"] == 1


def test_both_paths_lost_is_down(tunnels: Tunnels) -> None:
    tunnels.become(0, "OK")
    tunnels.wireguard.silence()
    tunnels.rathole.silence()
    down = tunnels.become(2, "DOWN - the box answers on neither path")
    assert "\n# " in down.stdout and "sudo" in down.stdout
    assert tunnels.report()["verdict"] == "down"


def test_an_app_that_stopped_is_no_lost_path(tunnels: Tunnels) -> None:
    tunnels.become(0, "OK")
    tunnels.site.app.stop()
    down = tunnels.become(2, "APP DOWN - ", within=60)
    assert "Start the app on the aibox" in down.stdout
    tunnels.site.app.start()
    tunnels.become(0, "OK")


def test_an_unproven_fallback_degrades_and_is_not_tried(tunnels: Tunnels) -> None:
    tunnels.rathole.stop()
    tunnels.become(1, "DEGRADED - serving over wireguard: the fallback rathole is not proven")
    # It may have said so before the first probe was refused.
    until(lambda: "no Rathole client is joined" in tunnels.verb().stdout, "the reason is said", 20)
    refused = tunnels.verb("drill")
    assert refused.returncode == 1 and not refused.stdout
    assert re.match(
        r"The fallback rathole has not answered its last probes\.\nSee `runegate tunnels why`", refused.stderr
    )
    assert tunnels.report()["switches"] == []


def test_a_drill_goes_there_and_back(tunnels: Tunnels) -> None:
    tunnels.become(0, "OK")
    passed = tunnels.passed_drill()
    lines = passed.stdout.splitlines()
    assert re.fullmatch(r"wireguard → rathole +\d+ms", lines[1]) and re.fullmatch(
        r"rathole → wireguard +\d+ms", lines[2]
    )
    assert re.fullmatch(r"Requests: \d+ sent, 0 failed", lines[3])
    assert lines[-1].startswith("PASS - ")
    # They went to the app, over both paths, as a visitor's.
    asked = [request for request in tunnels.site.app.requests if request.first("User-Agent") == "runegate-drill"]
    assert len(asked) > 20
    assert {request.first("X-Runegate-User") for request in asked} == {"drill@runegate.invalid"}
    report = tunnels.report()
    assert [switch["cause"] for switch in report["switches"]][:2] == ["drill", "drill"]
    assert report["paths"][0]["is_active"] and "drill" not in report
    assert tunnels.site.sessions("drill@runegate.invalid") == []
    result = json.loads(tunnels.passed_drill("--json").stdout)
    assert result["is_passed"] and result["gap_there_milliseconds"] < 1000 and result["problems"] == []


def test_a_drill_whose_verb_is_killed_leaves_traffic_where_it_was(tunnels: Tunnels) -> None:
    tunnels.become(0, "OK")
    gateway = tunnels.site.gateway
    environment = gateway.environment | {"RUNEGATE_CONTROL_SOCKET": str(gateway.control_socket)}
    words = [gateway.workspace.binary, "tunnels", "drill"]
    drill = subprocess.Popen(words, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def has_begun() -> bool:
        nonlocal drill
        if drill.poll() is not None:
            # Refused: a busy machine loses a probe now and then.
            drill.communicate()
            drill = subprocess.Popen(words, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        return "drill" in tunnels.report()

    until(has_begun, "the drill has begun", within=30)
    drill.kill()
    drill.communicate()
    tunnels.become(0, "OK - serving over wireguard")


def test_a_preference_outlives_a_restart(tunnels: Tunnels) -> None:
    tunnels.become(0, "OK")
    preferred = tunnels.verb("prefer", "rathole")
    assert preferred.returncode == 0
    assert preferred.stdout == (
        "Traffic is on rathole.\nThis is kept across restarts. Undo it: runegate tunnels prefer auto\n"
    )
    held = tunnels.become(1, "DEGRADED - serving over rathole: held there by `runegate tunnels prefer rathole`")
    assert "(held by `runegate tunnels prefer rathole`)" in held.stdout
    assert tunnels.site.gateway.stop() == 0
    tunnels.site.gateway.start()
    tunnels.become(1, "DEGRADED - serving over rathole: held there by `runegate tunnels prefer rathole`")
    assert tunnels.report()["preference"] == "rathole"
    assert json.loads(tunnels.verb("prefer", "auto", "--json").stdout)["preference"] == "auto"
    tunnels.become(0, "OK - serving over wireguard")
    wrong = tunnels.verb("prefer", "carrier-pigeon")
    assert wrong.returncode == 64 and "wireguard" in wrong.stderr


def test_watching_without_a_terminal_adds_a_line_for_each_change(tunnels: Tunnels) -> None:
    tunnels.become(0, "OK")
    gateway = tunnels.site.gateway
    log = gateway.directory / "watch.log"
    environment = gateway.environment | {"RUNEGATE_CONTROL_SOCKET": str(gateway.control_socket)}
    with log.open("wb") as output:
        watch = subprocess.Popen([gateway.workspace.binary, "tunnels", "--watch"], env=environment, stdout=output)
    until(lambda: " OK - serving over wireguard" in log.read_text(), "the first line")
    tunnels.wireguard.silence()
    until(lambda: "DEGRADED - serving over rathole" in log.read_text(), "the change", within=20)
    text = log.read_text()
    assert re.search(
        r"^\d\d:\d\d:\d\d switched from wireguard to rathole: probes-lost, gap \d+ms$", text, re.MULTILINE
    )
    assert "\x1b" not in text
    assert len(text.splitlines()) <= 8
    watch.send_signal(signal.SIGINT)
    assert watch.wait(timeout=10) == 0


def test_watching_on_a_terminal_draws_over_itself_and_ends_with_control_c(tunnels: Tunnels) -> None:
    tunnels.become(0, "OK")
    gateway = tunnels.site.gateway
    environment = gateway.environment | {"RUNEGATE_CONTROL_SOCKET": str(gateway.control_socket), "TERM": "xterm"}
    ours, theirs = pty.openpty()
    watch = subprocess.Popen(
        [gateway.workspace.binary, "tunnels", "--watch"], env=environment, stdin=theirs, stdout=theirs
    )
    os.close(theirs)
    text = ""
    while text.count("\x1b[H") < 3:
        text += os.read(ours, 65536).decode(errors="ignore")
    assert text.startswith("\x1b[2J\x1b[H\x1b[1;32mOK - serving over wireguard")
    watch.send_signal(signal.SIGINT)
    with contextlib.suppress(OSError):
        while os.read(ours, 65536):
            pass
    os.close(ours)
    assert watch.wait(timeout=10) == 0


def test_without_tunnels_the_app_is_looked_at(stage: Stage) -> None:
    site = stage.development("direct", **NO_LIMITS)
    result = site.gateway.verb("tunnels")
    assert result.returncode == 0, result
    assert result.stdout.startswith(f"OK - no tunnels are configured; serving {site.app.url} directly\n")
    refused = site.gateway.verb("tunnels", "drill")
    assert refused.returncode == 1 and refused.stderr.startswith("No tunnels are configured.\n")
    site.app.stop()
    down = site.gateway.verb("tunnels")
    assert down.returncode == 2 and down.stdout.startswith("APP DOWN - no tunnels are configured")
    assert "# The app at " in down.stdout and "RUNEGATE_TARGET_SERVICE" in down.stdout


def test_without_a_daemon_every_form_exits_3_and_says_how_to_start_it(stage: Stage) -> None:
    environment = {
        "PATH": os.environ["PATH"],
        "RUNEGATE_CONTROL_SOCKET": str(stage.workspace.directory("nobody") / "control.sock"),
    }
    for words in ([], ["--json"], ["--watch"], ["--history"], ["why"], ["drill"], ["prefer", "auto"]):
        result = run_verb(stage.workspace, "tunnels", *words, environment=environment)
        assert result.returncode == 3, (words, result)
        assert "systemctl start runegate.service" in result.stderr and not result.stdout


def test_metrics_say_the_same(tunnels: Tunnels) -> None:
    tunnels.become(0, "OK")
    tunnels.wireguard.silence()
    tunnels.become(1, "DEGRADED - serving over rathole")
    transport = httpx.HTTPTransport(uds=str(tunnels.site.gateway.control_socket))
    with httpx.Client(transport=transport, base_url="http://localhost", trust_env=False) as client:
        text = client.get("/metrics").text
    for line in (
        'runegate_path_active{path="rathole"} 1',
        'runegate_path_state{path="wireguard",state="down"} 1',
        'runegate_path_switches_total{cause="probes-lost"} 1',
        'runegate_path_switches_total{cause="drill"} 0',
        "runegate_wireguard_handshake_age_seconds NaN",
    ):
        assert f"\n{line}\n" in text
    lost = re.search(r'^runegate_probes_lost_total\{path="wireguard"\} (\d+)$', text, re.MULTILINE)
    assert lost and int(lost[1]) >= 5
