"""Holds a port: listener.py tcp|udp ADDRESS PORT."""

import signal
import socket
import sys

kind, address, port = sys.argv[1:]
family = socket.AF_INET6 if ":" in address else socket.AF_INET
with socket.socket(family, socket.SOCK_STREAM if kind == "tcp" else socket.SOCK_DGRAM) as holder:
    holder.bind((address, int(port)))
    if kind == "tcp":
        holder.listen()
    print("ready", flush=True)
    signal.pause()
