"""Rathole's command line."""

import argparse
import asyncio
import base64
import contextlib
import logging
import signal
import sys
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from .client import RatholeClient
from .configuration import Configuration, ConfigurationError, load
from .server import RatholeServer
from .transport import TransportError

_log = logging.getLogger("rathole")

# As the real one says it, with the little that anybody reads.
VERSION = """
Build Version:       0.5.0
cargo Features:      client,noise,server
"""


def main() -> None:
    with contextlib.suppress(OSError):
        # Who asks which program holds its port hears the name of what it stands for.
        Path("/proc/self/comm").write_text("rathole")
    words = _parser().parse_args()
    if words.version:
        print(VERSION)
        return
    if words.genkey:
        print(_new_keys())
        return
    if words.config is None:
        _parser().error("the following required arguments were not provided: <CONFIG>")
    logging.basicConfig(
        stream=sys.stdout, level=logging.INFO, format="%(asctime)s %(levelname)5s %(name)s: %(message)s"
    )
    try:
        configuration = load(words.config)
        is_server = _is_server(configuration, words)
    except ConfigurationError as error:
        sys.exit(f"Error: {error}")
    asyncio.run(_run(configuration, is_server))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("rathole", description="A stand-in for Rathole 0.5.0")
    parser.add_argument("-V", "--version", action="store_true", help="say what this is")
    side = parser.add_mutually_exclusive_group()
    side.add_argument("-s", "--server", action="store_true", help="run as a server")
    side.add_argument("-c", "--client", action="store_true", help="run as a client")
    side.add_argument("--genkey", nargs="?", const="x25519", choices=["x25519"], help="make a pair of keys")
    parser.add_argument("config", nargs="?", type=Path, metavar="CONFIG", help="the configuration file")
    return parser


def _is_server(configuration: Configuration, words: argparse.Namespace) -> bool:
    """Which side to run: as told, else as configured."""
    if configuration.server and configuration.client and not (words.server or words.client):
        raise ConfigurationError("Both of `[server]` and `[client]` are defined: say `--server` or `--client`")
    is_server = words.server or (configuration.server is not None and not words.client)
    if (configuration.server if is_server else configuration.client) is None:
        missing = "server" if is_server else "client"
        raise ConfigurationError(
            f"Try to run as a {missing}, but the configuration is missing. Please add `[{missing}]`"
        )
    return is_server


async def _run(configuration: Configuration, is_server: bool) -> None:
    loop = asyncio.get_running_loop()
    running = asyncio.current_task()
    assert running
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, running.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        await _run_side(configuration, is_server)


async def _run_side(configuration: Configuration, is_server: bool) -> None:
    try:
        if is_server:
            assert configuration.server
            await RatholeServer(configuration.server).run()
        else:
            assert configuration.client
            await RatholeClient(configuration.client).run()
    except (OSError, TransportError) as error:
        # As Rathole does: the process stays and does nothing, until its configuration changes.
        _log.error("%s", error)
        await asyncio.Event().wait()


def _new_keys() -> str:
    private = X25519PrivateKey.generate()
    private_text = base64.b64encode(private.private_bytes_raw()).decode()
    public_text = base64.b64encode(private.public_key().public_bytes_raw()).decode()
    return f"Private Key:\n{private_text}\n\nPublic Key:\n{public_text}\n"
