"""Rathole's client: one control channel for each service, and a data channel whenever the server wants one."""

import asyncio
import logging
import random
import socket

from .configuration import Client, ClientService
from .noise import NoiseError
from .protocol import (
    CHOICE_BYTES,
    HELLO_BYTES,
    Ack,
    ControlCommand,
    DataCommand,
    Hello,
    ProtocolError,
    digest,
    read_choice,
    read_hello,
    write_hello,
)
from .tasks import Tasks
from .transport import Channels, PlainStream, connect, copy_both_ways

_FIRST_RETRY_SECONDS = 0.5
_RETRY_FACTOR = 3
_RETRY_JITTER = 0.2
#: A control channel that lived for so long starts the delays anew.
_LIVED_SECONDS = 3.0
_DATA_CHANNEL_SECONDS = 10.0
_DATA_CHANNEL_RETRY_SECONDS = 0.1

_log = logging.getLogger("rathole::client")
_Failure = (OSError, EOFError, ProtocolError, NoiseError, TimeoutError)


class RatholeClient:
    def __init__(self, settings: Client) -> None:
        self._settings = settings
        self._channels = Channels(settings.transport)
        self._channels.usable_as(is_initiator=True)

    async def run(self) -> None:
        async with asyncio.TaskGroup() as services:
            for name, service in self._settings.services.items():
                services.create_task(ControlChannel(name, service, self._settings, self._channels).run())
            # Without a service there is nothing to do, and it stays.
            await asyncio.Event().wait()


class ControlChannel:
    """One service's, made anew whenever it breaks."""

    def __init__(self, name: str, service: ClientService, settings: Client, channels: Channels) -> None:
        self._name = name
        self._service = service
        self._settings = settings
        self._channels = channels
        self._data = Tasks()

    async def run(self) -> None:
        loop = asyncio.get_running_loop()
        longest = self._service.retry_interval or self._settings.retry_interval
        delay = _FIRST_RETRY_SECONDS
        while True:
            started = loop.time()
            try:
                await self._run_once()
            except _Failure as error:
                if loop.time() - started > _LIVED_SECONDS:
                    delay = _FIRST_RETRY_SECONDS
                pause = min(delay, longest) * random.uniform(1 - _RETRY_JITTER, 1 + _RETRY_JITTER)
                delay = min(delay * _RETRY_FACTOR, longest)
                _log.error("%s. Retry in %.3fs...", error, pause)
                await asyncio.sleep(pause)

    async def _run_once(self) -> None:
        try:
            stream = await self._channels.connect(self._settings.remote_addr)
        except OSError as error:
            raise OSError(f"Failed to connect to {self._settings.remote_addr}: {error}") from error
        try:
            session_key = await self._join(stream)
            _log.info("Control channel established")
            while True:
                command = await self._next_command(stream)
                if command is ControlCommand.CREATE_DATA_CHANNEL:
                    self._data.start(self._open_data_channel(session_key))
        finally:
            stream.close()

    async def _join(self, stream: PlainStream) -> bytes:
        await stream.write(write_hello(Hello.CONTROL, digest(self._name.encode())))
        _, nonce = read_hello(await stream.read_exactly(HELLO_BYTES))
        session_key = digest((self._service.token or "").encode() + nonce)
        await stream.write(session_key)
        answer = read_choice(Ack, await stream.read_exactly(CHOICE_BYTES))
        if answer is not Ack.OK:
            raise ProtocolError(f"Authentication failed: {self._name}: {answer}")
        return session_key

    async def _next_command(self, stream: PlainStream) -> ControlCommand:
        try:
            async with asyncio.timeout(self._settings.heartbeat_timeout or None):
                message = await stream.read_exactly(CHOICE_BYTES)
        except TimeoutError:
            raise TimeoutError("Heartbeat timed out") from None
        except EOFError as error:
            raise EOFError(f"Failed to read cmd: {error}") from None
        return read_choice(ControlCommand, message)

    async def _open_data_channel(self, session_key: bytes) -> None:
        try:
            async with asyncio.timeout(_DATA_CHANNEL_SECONDS):
                stream = await self._connected()
        except _Failure as error:
            _log.warning("Failed to run the data channel: %s", error)
            return
        try:
            await stream.write(write_hello(Hello.DATA, session_key))
            command = read_choice(DataCommand, await stream.read_exactly(CHOICE_BYTES))
            if command is DataCommand.START_FORWARD_TCP:
                await self._forward(stream)
        except _Failure as error:
            _log.warning("Failed to run the data channel: %s", error)
        finally:
            stream.close()

    async def _connected(self) -> PlainStream:
        while True:
            try:
                return await self._channels.connect(self._settings.remote_addr)
            except OSError as error:
                _log.warning("%s. Retry in %gs", error, _DATA_CHANNEL_RETRY_SECONDS)
                await asyncio.sleep(_DATA_CHANNEL_RETRY_SECONDS)

    async def _forward(self, stream: PlainStream) -> None:
        try:
            app = await connect(self._service.local_addr)
        except OSError as error:
            _log.warning("Failed to connect to %s: %s", self._service.local_addr, error)
            return
        if self._service.nodelay is not None:
            app.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, self._service.nodelay)
        await copy_both_ways(stream, PlainStream(app))
