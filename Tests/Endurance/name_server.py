"""A name server that can fall silent, and a program that asks only it."""

import asyncio
import socket
import struct

from stage.site import Site, Stage


class NameServer(asyncio.DatagramProtocol):
    """Answers every question for an IPv4 address with 127.0.0.1, on an address of loopback that nobody else uses."""

    def __init__(self, stage: Stage, options: str) -> None:
        """Whoever asks it does so with these options (resolv.conf(5)); without any he waits ten seconds."""
        self.is_silent = False
        self.questions = 0
        # resolv.conf names no port.
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        address = next(f"127.53.{number}.1" for number in range(1, 255) if self._binds(f"127.53.{number}.1"))
        self._stage = stage
        self._configuration = stage.workspace.directory("names") / "resolv.conf"
        stage.workspace.write(self._configuration, f"nameserver {address}\n{options}\n", 0o644)
        self._configuration.parent.chmod(0o755)

        async def listen() -> asyncio.BaseTransport:
            transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(lambda: self, sock=self._socket)
            return transport

        transport = stage.background.run(listen())
        stage.at_end(lambda: stage.background.call(transport.close))

    def serve(self, site: Site) -> None:
        """Has the gateway, not started yet, look names up here and nowhere else."""
        mount = 'mount --bind "$0" /etc/resolv.conf && exec "$@"'
        site.gateway.wrapper = ["unshare", "--mount", "bash", "-c", mount, self._configuration]
        site.gateway.wrapper += self._stage.workspace.as_user

    def _binds(self, address: str) -> bool:
        try:
            self._socket.bind((address, 53))
        except OSError:
            return False
        return True

    def connection_made(self, transport: asyncio.DatagramTransport) -> None:  # type: ignore[override]
        self._transport = transport

    def datagram_received(self, question: bytes, sender: tuple[str, int]) -> None:
        """RFC 1035 §4.1: the question back, with one answer to type A and none to others."""
        self.questions += 1
        if self.is_silent:
            return
        end = question.index(b"\0", 12) + 5
        is_address = question[end - 4 : end - 2] == b"\0\x01"
        answer = b"\xc0\x0c" + struct.pack("!HHIH", 1, 1, 0, 4) + socket.inet_aton("127.0.0.1")
        head = question[:2] + b"\x81\x80\0\x01" + struct.pack("!HHH", is_address, 0, 0)
        self._transport.sendto(head + question[12:end] + (answer if is_address else b""), sender)
