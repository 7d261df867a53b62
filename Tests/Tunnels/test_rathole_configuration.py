"""The stand-in reads Rathole's files, and refuses what Rathole refuses."""

import pytest

from rathole.configuration import ConfigurationError, parse

SERVER = """
[server]
bind_addr = "0.0.0.0:2333"
[server.services.app]
token = "t"
bind_addr = "127.0.0.1:5202"
"""
CLIENT = """
[client]
remote_addr = "vps.example:2333"
[client.services.app]
token = "t"
local_addr = "127.0.0.1:7860"
"""


def test_what_is_left_out_has_ratholes_defaults() -> None:
    server, client = parse(SERVER).server, parse(CLIENT).client
    assert server and client
    assert (server.heartbeat_interval, client.heartbeat_timeout, client.retry_interval) == (30, 40, 1)
    assert server.transport.type == "tcp"
    tcp = server.transport.tcp
    assert (tcp.nodelay, tcp.keepalive_secs, tcp.keepalive_interval) == (True, 20, 8)


def test_both_sides_may_be_in_one_file() -> None:
    both = parse(SERVER + CLIENT)
    assert both.server and both.client


def test_every_table_of_the_reference_is_read() -> None:
    content = """
[client]
remote_addr = "vps.example:2333"
default_token = "t"
heartbeat_timeout = 12
retry_interval = 2
[client.transport]
type = "noise"
[client.transport.tcp]
nodelay = false
keepalive_secs = 10
keepalive_interval = 3
proxy = "socks5://127.0.0.1:1080"
[client.transport.tls]
hostname = "vps.example"
trusted_root = "ca.pem"
[client.transport.noise]
pattern = "Noise_KK_25519_ChaChaPoly_BLAKE2s"
local_private_key = "a"
remote_public_key = "b"
[client.transport.websocket]
tls = true
[client.services.app]
type = "tcp"
local_addr = "127.0.0.1:7860"
nodelay = false
retry_interval = 5
"""
    client = parse(content).client
    assert client and client.transport.noise and client.transport.websocket
    assert client.services["app"].token == "t"
    assert client.services["app"].retry_interval == 5


def _with(line: str, table: str) -> str:
    """`SERVER` with one more line in a table, which is added when it is not there."""
    heading = f"[{table}]"
    if heading in SERVER:
        return SERVER.replace(heading, f"{heading}\n{line}")
    return f"{SERVER}[server.transport]\ntype = 'noise'\n" + (
        f"{line}\n" if table == "server.transport" else f"{heading}\n{line}\n"
    )


@pytest.mark.parametrize(
    ("line", "table", "expected"),
    [
        ("prefer_ipv6 = true", "server", "`bind_addr`"),
        ("name = 'app'", "server.services.app", "`bind_addr`"),
        ("local_addr = '127.0.0.1:1'", "server.services.app", "`token`"),
        ("http2 = {}", "server.transport", "`websocket`"),
        ("psk = 'x'", "server.transport.noise", "`local_private_key`"),
        ("mtu = 1", "server.transport.tcp", "`keepalive_secs`"),
        ("ca = 'x'", "server.transport.tls", "`pkcs12`"),
        ("path = '/'", "server.transport.websocket", "`tls`"),
    ],
)
def test_an_unknown_key_is_refused_in_every_table(line: str, table: str, expected: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        parse(_with(line, table))
    key = line.split(" ")[0]
    assert f"unknown field `{key}`, expected " in str(refused.value)
    assert expected in str(refused.value)


def test_an_unknown_table_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="unknown field `servers`, expected one of `server`, `client`"):
        parse(SERVER + "[servers]\n")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "Neither of `.server.` or `.client.` is defined"),
        ("[server]\n[server.services]\n", "missing field `bind_addr`"),
        ("[client]\nremote_addr = 'a:1'\n", "missing field `services`"),
        (SERVER.replace('token = "t"\n', ""), "The token of service app is not set"),
        (SERVER + "[server.transport]\n", "missing field `type`"),
        (SERVER + "[server.transport]\ntype = 'quic'\n", "unknown variant `quic`, expected one of `tcp`"),
        (SERVER + "[server.transport]\ntype = 'noise'\n", "Missing noise configuration"),
        (SERVER.replace('"t"', "3"), "invalid type"),
        (SERVER.replace("[server]", "[server]\nheartbeat_interval = -1"), "invalid type"),
        (SERVER.replace("[server]", "[server]\nheartbeat_interval = true"), "invalid type"),
        ("[server", "Failed to parse the config"),
    ],
)
def test_what_is_missing_or_wrong_is_named(content: str, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        parse(content)
