"""Stands where the gateway or the app is: answers every request with what arrived, as JSON.

    echo.py ADDRESS PORT

A request with `Upgrade` gets a 101, and then its bytes back. `X-Answer: NAME: VALUE` adds that field to the answer.
"""

import contextlib
import json
import socketserver
import sys


class Echo(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        # Whoever asks may go at any time.
        with contextlib.suppress(ConnectionError):
            self.answer()

    def answer(self) -> None:
        while request := self.rfile.readline():
            method, target, _ = request.decode("latin-1").split(" ", 2)
            fields = []
            while (line := self.rfile.readline().decode("latin-1").strip()) != "":
                fields.append(line.split(": ", 1) if ": " in line else [line.rstrip(":"), ""])
            headers = {name.lower(): value for name, value in fields}
            if "upgrade" in headers:
                self.wfile.write(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: upgrade\r\n\r\n")
                while block := self.rfile.read1(4096):
                    self.wfile.write(block)
                return
            body = self.rfile.read(int(headers.get("content-length", 0)))
            answer = {"method": method, "target": target, "headers": fields, "body_bytes": len(body)}
            text = json.dumps(answer | {"peer": self.client_address[0]}).encode()
            more = "".join(f"{value}\r\n" for name, value in fields if name == "X-Answer").encode()
            head = b"HTTP/1.1 200 OK\r\n%sContent-Length: %d\r\n\r\n" % (more, len(text))
            self.wfile.write(head if method == "HEAD" else head + text)


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


with Server((sys.argv[1], int(sys.argv[2])), Echo) as server:
    print("ready", flush=True)
    server.serve_forever()
