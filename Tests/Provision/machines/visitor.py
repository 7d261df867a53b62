"""Opens the site again and again until its standard input ends, then tells as JSON what it saw.

    visitor.py ADDRESS NAME ROOT

Every connection is new and its certificate is checked: `serials` are those seen in their order, `failures` what was
refused or not trusted.
"""

import json
import select
import socket
import ssl
import sys

address, name, root = sys.argv[1:]
context = ssl.create_default_context(cafile=root)
seen: dict[str, object] = {"connections": 0, "serials": [], "failures": []}
print("ready", flush=True)
while not select.select([sys.stdin], [], [], 0.01)[0]:
    try:
        with (
            socket.create_connection((address, 443), timeout=5) as plain,
            context.wrap_socket(plain, server_hostname=name) as connection,
        ):
            connection.sendall(
                f"GET /.runegate/health HTTP/1.1\r\nHost: {name}\r\nConnection: close\r\n\r\n".encode()
            )
            status = connection.recv(4096).split(b"\r\n")[0].decode()
            serial = connection.getpeercert()["serialNumber"]
    except OSError as error:
        seen["failures"].append(str(error))
        continue
    seen["connections"] += 1
    if "200" not in status:
        seen["failures"].append(status)
    if serial not in seen["serials"]:
        seen["serials"].append(serial)
print(json.dumps(seen))
