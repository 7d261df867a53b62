"""Lets the process behind an abstract socket act: a line of standard input each, the kernel's answer to standard output.

    ask.py NAME

Each line has a connection of its own, which is a thread of its own on the other side.
"""

import socket
import sys

for line in sys.stdin:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(f"\0{sys.argv[1]}")
        connection.sendall(line.encode())
        connection.shutdown(socket.SHUT_WR)
        print(connection.makefile().readline().strip(), flush=True)
