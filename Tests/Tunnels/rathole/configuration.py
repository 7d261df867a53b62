"""Rathole's configuration file: its tables, its defaults, and its refusal of every key that it does not know."""

import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path
from typing import Any

NOISE_PATTERN = "Noise_NK_25519_ChaChaPoly_BLAKE2s"


class ConfigurationError(Exception):
    """The file cannot be used; the message says why as Rathole does."""


@dataclass
class TCP:
    nodelay: bool = True
    keepalive_secs: int = 20
    keepalive_interval: int = 8
    proxy: str | None = None


@dataclass
class TLS:
    hostname: str | None = None
    trusted_root: str | None = None
    pkcs12: str | None = None
    pkcs12_password: str | None = None


@dataclass
class Noise:
    pattern: str = NOISE_PATTERN
    local_private_key: str | None = None
    remote_public_key: str | None = None


@dataclass
class WebSocket:
    tls: bool


@dataclass
class Transport:
    type: str = "tcp"
    tcp: TCP = field(default_factory=TCP)
    tls: TLS | None = None
    noise: Noise | None = None
    websocket: WebSocket | None = None


@dataclass
class ServerService:
    bind_addr: str
    type: str = "tcp"
    token: str | None = None
    nodelay: bool | None = None


@dataclass
class Server:
    bind_addr: str
    services: dict[str, ServerService]
    default_token: str | None = None
    transport: Transport = field(default_factory=Transport)
    #: Seconds; 0 switches it off.
    heartbeat_interval: int = 30


@dataclass
class ClientService:
    local_addr: str
    type: str = "tcp"
    token: str | None = None
    nodelay: bool | None = None
    retry_interval: int | None = None


@dataclass
class Client:
    remote_addr: str
    services: dict[str, ClientService]
    default_token: str | None = None
    transport: Transport = field(default_factory=Transport)
    #: Seconds; 0 switches it off.
    heartbeat_timeout: int = 40
    retry_interval: int = 1


@dataclass
class Configuration:
    server: Server | None = None
    client: Client | None = None


#: Tables inside tables; `services` is a table of them.
_TABLES: Mapping[tuple[type, str], type] = {
    (Configuration, "server"): Server,
    (Configuration, "client"): Client,
    (Server, "transport"): Transport,
    (Client, "transport"): Transport,
    (Server, "services"): ServerService,
    (Client, "services"): ClientService,
    (Transport, "tcp"): TCP,
    (Transport, "tls"): TLS,
    (Transport, "noise"): Noise,
    (Transport, "websocket"): WebSocket,
}
_WORDS = {
    (Transport, "type"): ("tcp", "tls", "noise", "websocket"),
    (ServerService, "type"): ("tcp", "udp"),
    (ClientService, "type"): ("tcp", "udp"),
}


def load(path: Path) -> Configuration:
    try:
        text = path.read_text()
    except OSError as error:
        raise ConfigurationError(f"Failed to read the config: {error}") from None
    return parse(text)


def parse(text: str) -> Configuration:
    try:
        configuration = _table(Configuration, tomllib.loads(text), "")
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"Failed to parse the config: {error}") from None
    if not configuration.server and not configuration.client:
        raise ConfigurationError("Neither of `[server]` or `[client]` is defined")
    for side in (configuration.server, configuration.client):
        if side:
            _validate(side)
    return configuration


def _table(kind: type, content: Any, where: str) -> Any:
    """One table as a value of its class."""
    if not isinstance(content, dict):
        raise _problem(f"invalid type, expected struct {kind.__name__}", where)
    known = {member.name: member for member in fields(kind)}
    for key in content:
        if key not in known:
            raise _problem(f"unknown field `{key}`, expected {_choices(list(known))}", where)
    for key, member in known.items():
        is_required = member.default is MISSING and member.default_factory is MISSING
        # A transport block without a type is refused, although the block may be left out.
        if key not in content and (is_required or (kind is Transport and key == "type")):
            raise _problem(f"missing field `{key}`", where)
    return kind(**{key: _value(kind, known[key], value, _below(where, key)) for key, value in content.items()})


def _value(kind: type, member: Any, value: Any, where: str) -> Any:
    inner = _TABLES.get((kind, member.name))
    if inner and member.name == "services":
        if not isinstance(value, dict):
            raise _problem("invalid type, expected a map", where)
        return {name: _table(inner, table, _below(where, name)) for name, table in value.items()}
    if inner:
        return _table(inner, value, where)
    words = _WORDS.get((kind, member.name))
    if words and value not in words:
        raise _problem(f"unknown variant `{value}`, expected {_choices(list(words))}", where)
    wanted = member.type if isinstance(member.type, type) else member.type.__args__[0]
    is_negative = wanted is int and isinstance(value, int) and value < 0
    if type(value) is not wanted or is_negative:
        raise _problem(f"invalid type: `{value!r}`, expected {wanted.__name__}", where)
    return value


def _validate(side: Server | Client) -> None:
    for name, service in side.services.items():
        service.token = service.token or side.default_token
        if not service.token:
            raise ConfigurationError(f"The token of service {name} is not set")
        if service.type == "udp":
            raise ConfigurationError(f"Service {name} is UDP, which this stand-in does not know")
    transport = side.transport
    if transport.type in ("tls", "websocket"):
        raise ConfigurationError(f"This stand-in does not know the transport `{transport.type}`")
    if transport.type == "noise" and not transport.noise:
        raise ConfigurationError("Missing noise configuration")


def _choices(names: list[str]) -> str:
    quoted = [f"`{name}`" for name in names]
    return quoted[0] if len(quoted) == 1 else f"one of {', '.join(quoted)}"


def _below(where: str, key: str) -> str:
    return f"{where}.{key}" if where else key


def _problem(what: str, where: str) -> ConfigurationError:
    place = f" for key `{where}`" if where else ""
    return ConfigurationError(f"Failed to parse the config: {what}{place}")
