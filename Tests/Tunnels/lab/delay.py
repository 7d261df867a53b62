"""Holds every packet between the two WireGuard ends for a while; `netem` is not in every kernel.

python -m lab.delay SECONDS VPS_SIDE BOX_SIDE VPS BOX      each an `address:port`
"""

import asyncio
import sys


class Side(asyncio.DatagramProtocol):
    """One socket; what comes in on it leaves by the other."""

    def __init__(self, delay: float, target: tuple[str, int]) -> None:
        self.other: Side | None = None
        self._delay = delay
        self._target = target
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.DatagramTransport) -> None:
        self._transport = transport

    def datagram_received(self, data: bytes, _: tuple[str, int]) -> None:
        assert self.other
        asyncio.get_running_loop().call_later(self._delay, self.other.send, data)

    def send(self, data: bytes) -> None:
        assert self._transport
        self._transport.sendto(data, self._target)


async def relay(delay: float, vps_side: str, box_side: str, vps: str, box: str) -> None:
    loop = asyncio.get_running_loop()
    sides = []
    for own, target in ((vps_side, vps), (box_side, box)):
        _, side = await loop.create_datagram_endpoint(
            lambda target=target: Side(delay, _place(target)), local_addr=_place(own)
        )
        sides.append(side)
    sides[0].other, sides[1].other = sides[1], sides[0]
    print("relaying", flush=True)
    await asyncio.Event().wait()


def _place(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    return host, int(port)


if __name__ == "__main__":
    asyncio.run(relay(float(sys.argv[1]), *sys.argv[2:]))
