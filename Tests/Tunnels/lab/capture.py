"""Looks at every packet of a namespace, and writes down those for an address by the interface they were on.

python -m lab.capture ADDRESS
"""

import socket
import struct
import sys

_EVERYTHING = 0x0003
_IPV4 = 0x0800


def watch(address: str) -> None:
    wanted = socket.inet_aton(address)
    with socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(_EVERYTHING)) as packets:
        print("watching", flush=True)
        while True:
            data, (interface, protocol, *_) = packets.recvfrom(65_535)
            if protocol == _IPV4 and data[16:20] == wanted:
                (length,) = struct.unpack("!H", data[2:4])
                print(interface, length, flush=True)


if __name__ == "__main__":
    watch(sys.argv[1])
