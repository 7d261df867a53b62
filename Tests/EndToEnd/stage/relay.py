"""A way to the app that can be cut: accepts and stays silent, as a dead tunnel does."""

import asyncio
import contextlib

from .background import Background


class Relay:
    """Listens on 127.0.0.1 and passes bytes on to a port there, until it is cut."""

    def __init__(self, background: Background, port: int, target: int) -> None:
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self._target = target
        self._background = background
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._open = asyncio.Event()
        self._open.set()

    def start(self) -> None:
        async def listen() -> asyncio.Server:
            return await asyncio.start_server(self._serve, "127.0.0.1", self.port)

        self._server = self._background.run(listen())

    def cut(self) -> None:
        """No byte passes any more, in either direction, and nobody is told."""
        self._background.run(self._set(False))

    def mend(self) -> None:
        """Bytes pass again, the ones that were held first."""
        self._background.run(self._set(True))

    def stop(self) -> None:
        """Closes the port and every connection."""
        server, self._server = self._server, None

        async def close() -> None:
            if server:
                server.close()
            for task in list(self._tasks):
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

        self._background.run(close())

    async def _set(self, is_open: bool) -> None:
        if is_open:
            self._open.set()
        else:
            self._open.clear()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._tasks.add(task)
        try:
            await self._open.wait()
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._target)
            try:
                await asyncio.gather(self._pass(reader, far_writer), self._pass(far_reader, writer))
            finally:
                far_writer.transport.abort()
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            writer.transport.abort()
            self._tasks.discard(task)

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(1 << 16):
            await self._open.wait()
            writer.write(data)
            await writer.drain()
        await self._open.wait()
        with contextlib.suppress(OSError):
            writer.write_eof()
