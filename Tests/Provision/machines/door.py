"""A way from a Unix socket to a TCP port in the network that it is started in.

door.py SOCKET ADDRESS PORT
"""

import asyncio
import contextlib
import sys


async def copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    writer.close()


async def relay(path: str, address: str, port: int) -> None:
    async def taken(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            far_reader, far_writer = await asyncio.open_connection(address, port)
        except OSError:
            writer.close()
            return
        await asyncio.gather(copy(reader, far_writer), copy(far_reader, writer))

    server = await asyncio.start_unix_server(taken, path)
    print("ready", flush=True)
    await server.serve_forever()


asyncio.run(relay(sys.argv[1], sys.argv[2], int(sys.argv[3])))
