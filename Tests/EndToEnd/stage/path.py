"""A way to the app that can be cut: a relay on 127.0.0.1."""

import asyncio

from .background import Background


class CutPath:
    """Relays to the app. Silenced it still accepts and keeps every byte to itself, as a lost tunnel does."""

    def __init__(self, background: Background, port: int, app_port: int) -> None:
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        #: Requests that went through and were no probes.
        self.requests = 0
        self._app_port = app_port
        self._background = background
        self._flows = asyncio.Event()
        self._hangs_up = False
        self._writers: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None

    def start(self) -> "CutPath":
        async def listen() -> asyncio.Server:
            self._flows.set()
            return await asyncio.start_server(self._serve, "127.0.0.1", self.port)

        self._server = self._background.run(listen())
        return self

    def silence(self) -> None:
        """Nothing comes through any more, and nobody is told."""
        self._background.run(self._apply(self._flows.clear))

    def hang_up(self) -> None:
        """Closes every connection, those that come from now on as soon as they stand."""

        def close() -> None:
            self._hangs_up = True
            for writer in list(self._writers):
                writer.transport.abort()

        self._background.run(self._apply(close))

    def restore(self) -> None:
        def open_again() -> None:
            self._hangs_up = False
            self._flows.set()

        self._background.run(self._apply(open_again))

    def stop(self) -> None:
        def close() -> None:
            if self._server:
                self._server.close()
            for writer in list(self._writers):
                writer.transport.abort()
            # Whoever waits for better times ends.
            self._flows.set()

        self._background.run(self._apply(close))

    async def _apply(self, change) -> None:
        change()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._hangs_up:
            writer.transport.abort()
            return
        self._writers.add(writer)
        try:
            await self._flows.wait()
            if writer.is_closing():
                return
            to_app, from_gateway = await asyncio.open_connection("127.0.0.1", self._app_port), reader
            app_reader, app_writer = to_app
            self._writers.add(app_writer)
            try:
                await asyncio.gather(
                    self._pump(from_gateway, app_writer, counts=True), self._pump(app_reader, writer, counts=False)
                )
            finally:
                self._writers.discard(app_writer)
                app_writer.close()
        except (ConnectionError, OSError):
            pass
        finally:
            self._writers.discard(writer)
            writer.close()

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, counts: bool) -> None:
        while True:
            await self._flows.wait()
            data = await reader.read(1 << 16)
            await self._flows.wait()
            if not data:
                writer.write_eof()
                return
            if counts:
                self.requests += data.count(b"/load")
            writer.write(data)
            await writer.drain()
