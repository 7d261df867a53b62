"""What the program says about its configuration, and when it refuses to start."""

import os
import re
import secrets as random_secrets
from pathlib import Path

import pytest

from stage.gateway import run_verb
from stage.site import Site, Stage
from stage.workspace import Workspace

#: Faults, and what each message has to name: the variable, what is there or what is allowed.
WRONG = {
    "RUNEGATE_LISTEN": ("nowhere", "127.0.0.1:7870"),
    "RUNEGATE_BASE_URL": ("example.com/path", "https://"),
    "RUNEGATE_TARGET_SERVICE": ("tcp://x", "http"),
    "RUNEGATE_MAGIC_LINK_EXPIRY": ("soon", "minutes"),
    "RUNEGATE_SESSION_TTL": ("7 parsecs", "duration"),
    "RUNEGATE_RATE_LIMIT_ENABLED": ("perhaps", "true"),
    "RUNEGATE_LOGIN_RATE_LIMIT": ("-5", "1"),
    "RUNEGATE_ALLOWED_EMAILS": ("ann@example.com,not-an-address", "not-an-address"),
    "RUNEGATE_ALLOWED_DOMAINS": ("example..com", "example..com"),
    "RUNEGATE_TRUSTED_PROXIES": ("10.0.0.0/99", "10.0.0.0/99"),
    "RUNEGATE_JWT_ALGORITHM": ("none", "EdDSA"),
    "RUNEGATE_LOG_FORMAT": ("xml", "journald"),
    "RUNEGATE_LOG": ("gateway=loud", "loud"),
    "RUNEGATE_WORKERS": ("0", "1"),
    "RUNEGATE_MAIL_TRANSPORT": ("pigeon", "outbox"),
    "RUNEGATE_BRAND_COLOR": ("reddish", "reddish"),
}


def check(stage: Stage, environment: dict[str, str], **files: str) -> tuple[int, str]:
    """Exit code and output of `runegate check` with an environment and files below its working directory."""
    directory = stage.workspace.directory("check")
    for name, content in files.items():
        stage.workspace.write(directory / name.replace("__", "."), content)
    result = run_verb(
        stage.workspace, "check", environment={"PATH": os.environ["PATH"]} | environment, directory=directory
    )
    return result.returncode, result.stdout + result.stderr


def test_check_reports_every_problem_at_once(stage: Stage) -> None:
    code, output = check(stage, {name: value for name, (value, _) in WRONG.items()})
    assert code == 78, output
    for name, (_, word) in WRONG.items():
        lines = [line for line in output.splitlines() if name in line]
        assert lines, f"{name} is not in:\n{output}"
        assert any(word in line for line in lines) or word in output, (name, lines)


def test_serve_refuses_to_start_on_the_same_problems(stage: Stage) -> None:
    settings = {name: value for name, (value, _) in WRONG.items()}
    site = stage.development("wrong", start=False)
    site.gateway.settings.update(settings)
    process = site.gateway.launch()
    assert process.wait() == 78
    for name in WRONG:
        assert name in process.log_text()


def test_a_problem_in_a_file_is_said_with_line_and_column(stage: Stage) -> None:
    code, output = check(stage, {}, __env="# first\nRUNEGATE_SESSION_TTL=7d\nRUNEGATE_WORKERS=many\n")
    assert code == 78
    assert re.search(r"\.env:3:\d+", output), output
    assert "RUNEGATE_WORKERS" in output and "many" in output


def test_an_unknown_name_is_said_with_the_nearest_one(stage: Stage) -> None:
    _, output = check(stage, {"RUNEGATE_LISTEM": "127.0.0.1:7870"})
    assert "RUNEGATE_LISTEM" in output and "RUNEGATE_LISTEN" in output


def test_a_good_configuration_passes(stage: Stage) -> None:
    code, output = check(stage, {})
    assert code == 0, output


def test_a_secret_is_never_shown(stage: Stage) -> None:
    short = "short-secret-value"
    stage.secrets.learn("short secret", short)
    code, output = check(stage, {"RUNEGATE_JWT_SECRET": short, "RUNEGATE_SESSION_KEY": short})
    assert code == 78
    assert "RUNEGATE_JWT_SECRET" in output and "(hidden)" in output
    assert short not in output


@pytest.mark.parametrize(
    "settings",
    [
        {"RUNEGATE_BASE_URL": "https://app.example.com"},
        {"RUNEGATE_BASE_URL": "http://192.0.2.1:7870"},
        {"RUNEGATE_LISTEN": "0.0.0.0:0"},
        {"RUNEGATE_LISTEN": "[::]:0"},
        {"RUNEGATE_LISTEN": "192.0.2.1:7870"},
    ],
    ids=str,
)
def test_development_behind_a_public_name_refuses_to_start(stage: Stage, settings: dict[str, str]) -> None:
    site = stage.development("exposed", start=False)
    site.gateway.settings.update(settings)
    process = site.gateway.launch()
    assert process.wait() == 78
    assert next(iter(settings)) in process.log_text()
    assert "RUNEGATE_ENV" in process.log_text(), "it says what to do"


PRODUCTION = {
    "no https": ({"RUNEGATE_BASE_URL": "http://app.example.com"}, "RUNEGATE_BASE_URL"),
    "no policy": ({"RUNEGATE_ALLOWED_DOMAINS": None}, "RUNEGATE_ALLOWED_EMAILS"),
    "no credentials": ({"CREDENTIALS_DIRECTORY": None}, "jwt-secret"),
    "secret in the environment": ({"RUNEGATE_JWT_SECRET": random_secrets.token_hex(32)}, "RUNEGATE_JWT_SECRET"),
    "no state directory": ({"RUNEGATE_STATE_DIR": None}, "RUNEGATE_STATE_DIR"),
}


@pytest.mark.parametrize("name", PRODUCTION)
def test_production_refuses_to_start_with(stage: Stage, name: str) -> None:
    changes, word = PRODUCTION[name]
    site = stage.production("refused", mail=stage.mail_server(), start=False)
    site.gateway.settings.update(changes)  # type: ignore[arg-type]
    process = site.gateway.launch()
    assert process.wait() == 78, process.log_text()
    assert word in process.log_text()


def test_production_refuses_to_run_as_root(stage: Stage, workspace: Workspace) -> None:
    if workspace.user is None:
        pytest.skip("the tests do not run as root")
    site = stage.production("root", mail=stage.mail_server(), start=False)
    user, workspace.user = workspace.user, None
    try:
        process = site.gateway.launch()
    finally:
        workspace.user = user
    assert process.wait() == 78
    assert "root" in process.log_text()


def test_a_credential_that_is_too_short_is_refused(stage: Stage) -> None:
    site = stage.production("short", mail=stage.mail_server(), start=False)
    credential = os.path.join(site.gateway.settings["CREDENTIALS_DIRECTORY"], "session-key")
    os.chmod(credential, 0o600)
    with open(credential, "w", encoding="ascii") as file:
        file.write("too short")
    process = site.gateway.launch()
    assert process.wait() == 78
    assert "session-key" in process.log_text() and "too short" not in process.log_text()


def test_a_production_start_says_where_it_listens_and_no_secret(public: Site) -> None:
    line = public.gateway.process.says("listening")
    assert str(public.front and public.front.gateway_socket) in line.replace("\\/", "/")


def test_secrets_are_neither_in_the_arguments_nor_readable(public: Site, workspace: Workspace) -> None:
    process = public.gateway.process
    arguments = Path(f"/proc/{process.pid}/cmdline").read_bytes()
    assert arguments.count(b"\0") == 2
    if workspace.user is not None:
        status = os.stat(f"/proc/{process.pid}/mem")
        assert status.st_uid == 0, "not dumpable: /proc/PID belongs to root"


def test_the_samples_are_good_configurations(stage: Stage) -> None:
    from stage.workspace import ROOT

    sample = ROOT / "config" / "email.toml.example"
    directory = stage.workspace.directory("samples")
    config = directory / "config"
    config.mkdir()
    stage.workspace.give(config)
    stage.workspace.write(config / "email.toml", sample.read_bytes())
    result = run_verb(stage.workspace, "check", environment={"PATH": os.environ["PATH"]}, directory=directory)
    assert result.returncode == 0, result.stdout + result.stderr
