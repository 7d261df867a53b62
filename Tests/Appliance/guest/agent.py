#!/usr/bin/python3
"""Runs on the machine what the tests ask for, as root, over a serial port: a line of JSON in, a line of JSON out.

In: {"number", "command", "input" in base64}. Out: {"number", "status", "output" and "errors" in base64}; and once at the
start {"boot"}, the name of this run of the kernel.
"""

import base64
import json
import os
import subprocess
import threading
import time
from pathlib import Path

PORT = "/dev/virtio-ports/agent"
ENVIRONMENT = {
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "HOME": "/root",
    "LC_ALL": "C.UTF-8",
}


class Agent:
    def __init__(self) -> None:
        self._port = os.open(PORT, os.O_RDWR)
        self._writing = threading.Lock()

    def say(self, what: dict) -> None:
        line = json.dumps(what).encode() + b"\n"
        with self._writing:
            while line:
                line = line[os.write(self._port, line) :]

    def run(self, asked: dict) -> None:
        try:
            done = subprocess.run(
                asked["command"],
                input=base64.b64decode(asked["input"]),
                capture_output=True,
                env=ENVIRONMENT,
                cwd="/",
            )
            status, output, errors = done.returncode, done.stdout, done.stderr
        except OSError as error:
            status, output, errors = 127, b"", str(error).encode()
        texts = {"output": base64.b64encode(output).decode(), "errors": base64.b64encode(errors).decode()}
        self.say({"number": asked["number"], "status": status} | texts)

    def serve(self) -> None:
        self.say({"boot": Path("/proc/sys/kernel/random/boot_id").read_text().strip()})
        read = bytearray()
        while True:
            octets = os.read(self._port, 1 << 20)
            if not octets:
                # Nobody is at the other end.
                time.sleep(0.1)
            read += octets
            if b"\n" in octets:
                *lines, read = read.split(b"\n")
                for line in lines:
                    threading.Thread(target=self.run, args=(json.loads(line),), daemon=True).start()


Agent().serve()
