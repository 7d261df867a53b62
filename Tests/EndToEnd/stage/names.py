"""Names under `.test` and `.localhost` (RFC 6761) lead to this machine, without touching its resolver."""

import socket
from typing import Any

_resolve = socket.getaddrinfo


def _with_test_names(host: Any, *arguments: Any, **named: Any) -> Any:
    name = host.decode() if isinstance(host, bytes) else host
    if isinstance(name, str) and name.endswith((".test", ".localhost")):
        host = "127.0.0.1"
    return _resolve(host, *arguments, **named)


def install() -> None:
    """Makes it so in this process."""
    socket.getaddrinfo = _with_test_names
