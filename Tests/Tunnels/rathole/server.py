"""Rathole's server: a port for the client, and a port for visitors of each service a client has joined for.

The structure is Rathole's own, since its failures follow from it: nobody reads the control channel, the visitors'
listener ends only at the first visitor after the control channel broke, and visitors wait for a data channel without
limit.
"""

import asyncio
import logging
import os
import socket

from .configuration import Server, ServerService
from .noise import NoiseError
from .protocol import (
    DIGEST_BYTES,
    HELLO_BYTES,
    Ack,
    ControlCommand,
    DataCommand,
    Hello,
    ProtocolError,
    digest,
    read_hello,
    write_choice,
    write_hello,
)
from .tasks import Tasks
from .transport import Channels, PlainStream, TransportError, copy_both_ways, listen

#: How many data channels a service keeps ready.
POOL_SIZE = 8
_HANDSHAKE_SECONDS = 5.0
_BIND_RETRY_SECONDS = (0.5, 1.0)

_log = logging.getLogger("rathole::server")


class RatholeServer:
    def __init__(self, settings: Server) -> None:
        self._settings = settings
        self._channels = Channels(settings.transport)
        self._channels.usable_as(is_initiator=False)
        self._services = {digest(name.encode()): (name, service) for name, service in settings.services.items()}
        self._joined: dict[bytes, JoinedService] = {}
        self._tasks = Tasks()

    async def run(self) -> None:
        loop = asyncio.get_running_loop()
        with listen(self._settings.bind_addr) as listener:
            _log.info("Listening at %s", self._settings.bind_addr)
            while True:
                connection, address = await loop.sock_accept(listener)
                connection.setblocking(False)
                # Awaited here and not beside: one silent client holds up all others, as in Rathole.
                try:
                    async with asyncio.timeout(_HANDSHAKE_SECONDS):
                        stream = await self._channels.accept(connection)
                except (OSError, EOFError, TimeoutError, NoiseError, TransportError) as error:
                    _log.error("Failed in handshake with %s: %s", address, error)
                    connection.close()
                    continue
                self._tasks.start(self._handle(stream))

    async def _handle(self, stream: PlainStream) -> None:
        try:
            kind, content = read_hello(await stream.read_exactly(HELLO_BYTES))
            if kind is Hello.CONTROL:
                await self._join(stream, content)
            else:
                self._add_to_pool(stream, content)
        except (OSError, EOFError, ProtocolError, NoiseError) as error:
            _log.error("Failed to read hello: %s", error)
            stream.close()

    async def _join(self, stream: PlainStream, service_digest: bytes) -> None:
        nonce = os.urandom(DIGEST_BYTES)
        await stream.write(write_hello(Hello.CONTROL, nonce))
        if service_digest not in self._services:
            await self._refuse(stream, Ack.SERVICE_NOT_EXIST, f"No such a service {service_digest.hex()}")
            return
        name, service = self._services[service_digest]
        session_key = digest((service.token or "").encode() + nonce)
        if await stream.read_exactly(DIGEST_BYTES) != session_key:
            await self._refuse(stream, Ack.AUTH_FAILED, f"Service {name} failed the authentication")
            return
        if previous := self._joined.pop(service_digest, None):
            _log.warning("Dropping previous control channel for service %s", name)
            previous.drop()
        await stream.write(write_choice(Ack.OK))
        _log.info("Service %s control channel established", name)
        self._joined[service_digest] = JoinedService(stream, service, session_key, self._settings.heartbeat_interval)

    async def _refuse(self, stream: PlainStream, answer: Ack, why: str) -> None:
        await stream.write(write_choice(answer))
        _log.error("%s", why)
        stream.close()

    def _add_to_pool(self, stream: PlainStream, session_key: bytes) -> None:
        for service in self._joined.values():
            if service.session_key == session_key:
                service.pool.put_nowait(stream)
                return
        _log.warning("Data channel has incorrect nonce")
        stream.close()


class JoinedService:
    """What exists while a client is joined for a service, and until a newer one takes its place."""

    def __init__(
        self, control: PlainStream, service: ServerService, session_key: bytes, heartbeat_interval: int
    ) -> None:
        self.session_key = session_key
        self.pool: asyncio.Queue[PlainStream] = asyncio.Queue()
        self._control = control
        self._service = service
        self._heartbeat_interval = heartbeat_interval
        #: Requests for data channels; nothing when the control channel has ended.
        self._wanted: asyncio.Queue[None] | None = asyncio.Queue()
        for _ in range(POOL_SIZE):
            self._wanted.put_nowait(None)
        self._visitors: asyncio.Queue[socket.socket] = asyncio.Queue()
        #: What ends when a newer client takes over; what carries a visitor goes on.
        self._watch = Tasks()
        self._forwarding = Tasks()
        for work in (self._command(self._wanted), self._listen(), self._serve_visitors()):
            self._watch.start(work)

    def drop(self) -> None:
        """Ends it: who waits for a data channel is closed, who has one goes on."""
        self._watch.cancel()
        self._control.close()
        for queue in (self._visitors, self.pool):
            while not queue.empty():
                queue.get_nowait().close()

    async def _command(self, wanted: asyncio.Queue[None]) -> None:
        """Writes to the control channel until a write fails; nothing is ever read from it."""
        try:
            while True:
                await self._control.write(write_choice(await self._next_command(wanted)))
        except OSError as error:
            _log.error("Failed to write control cmds: %s", error)
        self._wanted = None
        self._control.close()
        _log.info("Control channel shutdown")

    async def _next_command(self, wanted: asyncio.Queue[None]) -> ControlCommand:
        try:
            async with asyncio.timeout(self._heartbeat_interval or None):
                await wanted.get()
        except TimeoutError:
            return ControlCommand.HEARTBEAT
        return ControlCommand.CREATE_DATA_CHANNEL

    def _want_data_channel(self) -> bool:
        """Asks the client for one; false when there is no control channel any more."""
        if self._wanted is None:
            return False
        self._wanted.put_nowait(None)
        return True

    async def _listen(self) -> None:
        loop = asyncio.get_running_loop()
        with await self._bind() as listener:
            _log.info("Listening at %s", self._service.bind_addr)
            while True:
                visitor, _ = await loop.sock_accept(listener)
                visitor.setblocking(False)
                if not self._want_data_channel():
                    visitor.close()
                    break
                self._visitors.put_nowait(visitor)
        _log.info("TCPListener shutdown")

    async def _bind(self) -> socket.socket:
        delay, longest = _BIND_RETRY_SECONDS
        while True:
            try:
                return listen(self._service.bind_addr)
            except OSError as error:
                _log.error("%s. Retry in %gs", error, delay)
                await asyncio.sleep(delay)
                delay = min(delay * 1.5, longest)

    async def _serve_visitors(self) -> None:
        while True:
            visitor = PlainStream(await self._visitors.get())
            try:
                channel = await self._started_channel()
            except BaseException:
                visitor.close()
                raise
            if channel is None:
                visitor.close()
                return
            if self._service.nodelay is not None:
                visitor.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, self._service.nodelay)
            self._forwarding.start(copy_both_ways(channel, visitor))

    async def _started_channel(self) -> PlainStream | None:
        """The next data channel that takes the order to forward."""
        while True:
            channel = await self.pool.get()
            try:
                await channel.write(write_choice(DataCommand.START_FORWARD_TCP))
                return channel
            except OSError:
                channel.close()
                if not self._want_data_channel():
                    return None
