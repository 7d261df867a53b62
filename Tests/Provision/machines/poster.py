"""Posts to the gateway on this machine: a path and hexadecimal octets a line in, the status and the answer's octets out.

poster.py PORT
"""

import http.client
import sys

connection = http.client.HTTPConnection("127.0.0.1", int(sys.argv[1]), timeout=60)
print("ready", flush=True)
for line in sys.stdin:
    path, _, octets = line.rstrip("\n").partition(" ")
    try:
        connection.request("POST", path, bytes.fromhex(octets), {"Host": "app.example.com"})
        answer = connection.getresponse()
        print(answer.status, answer.read().hex(), flush=True)
    finally:
        connection.close()
