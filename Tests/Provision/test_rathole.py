"""Rathole's own rules: it refuses a key that it does not know, and both sides must fit."""

from pathlib import Path

import pytest

from machines.rendered import CASES, files
from rathole import configuration as rathole

FILES = [(case, path) for case in CASES for path in files(case) if path.startswith("/etc/rathole/")]


def text(case: str, path: str) -> str:
    return files(case)[path].decode()


@pytest.mark.parametrize(("case", "path"), FILES)
def test_rathole_takes_its_configuration(tmp_path: Path, case: str, path: str) -> None:
    (tmp_path / "rathole.toml").write_text(text(case, path))
    configuration = rathole.load(tmp_path / "rathole.toml")
    assert (configuration.server is None) == path.endswith("client.toml")
    side = configuration.server or configuration.client
    assert side.transport.noise.pattern == "Noise_KK_25519_ChaChaPoly_BLAKE2s"
    assert side.transport.noise.local_private_key and side.transport.noise.remote_public_key


def test_an_unknown_key_would_be_refused() -> None:
    wrong = text("vps", "/etc/rathole/server.toml").replace("heartbeat_interval", "heartbeat_intervall")
    with pytest.raises(rathole.ConfigurationError):
        rathole.parse(wrong)


def test_both_sides_speak_of_the_same() -> None:
    server = rathole.parse(text("vps", "/etc/rathole/server.toml")).server
    client = rathole.parse(text("aibox", "/etc/rathole/client.toml")).client
    (here,), (there,) = server.services.items(), client.services.items()
    assert here[0] == there[0] and here[1].token == there[1].token
    assert here[1].bind_addr == "127.0.0.1:5202" and there[1].local_addr == "127.0.0.1:7860"
    assert client.heartbeat_timeout > 2 * server.heartbeat_interval
