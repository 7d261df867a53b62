"""Runegate and its peers as processes: each is started for one application and a number of workers."""

import base64
import hashlib
import hmac
import json
import os
import secrets
import time
from dataclasses import dataclass
from pathlib import Path

from harness.process import BenchmarkError, Process, free_port
from harness.signin import ACCOUNT, Cookie, sign_in

_PEER_SECRET = "a-secret-of-forty-eight-bytes-for-the-benchmark!"
_START_ATTEMPTS = 3
_OPEN_FILES = 19_500


@dataclass
class Proxy:
    """A proxy that listens, and the cookie that lets a request through it."""

    process: Process
    port: int
    cookie: str


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def resigned(cookie: Cookie | None) -> str:
    """`cookie`'s header and claims under the secret HAProxy knows, so that both verify as many bytes.

    Runegate's own key is derived and not printable; HAProxy 2.6 takes a key as text only.
    """
    now = int(time.time())
    header = {"alg": "HS256", "typ": "runegate-session+jwt", "kid": "s1"}
    claims = {"sid": "A" * 22, "sub": ACCOUNT, "iat": now, "exp": now + 604_800}
    signed = f"{_base64url(json.dumps(header).encode())}.{_base64url(json.dumps(claims).encode())}"
    if cookie is not None:
        signed = cookie.value.rpartition(".")[0]
    tag = hmac.new(_PEER_SECRET.encode(), signed.encode(), hashlib.sha256).digest()
    return f"runegate_id={signed}.{_base64url(tag)}"


def _start(name: str, directory: Path, start_on_port) -> tuple[Process, int]:
    """Starts on a free port; another program may take it in between, so it is tried again."""
    for attempt in range(_START_ATTEMPTS):
        port = free_port()
        process = start_on_port(port)
        try:
            process.wait_until_listening(port)
            return process, port
        except BenchmarkError:
            process.stop()
            if attempt == _START_ATTEMPTS - 1:
                raise
    raise BenchmarkError(f"{name} did not start; see {directory}")


def _nginx(name: str, directory: Path, workers: int, server: str, cores: set[int] | None) -> tuple[Process, int]:
    """nginx in the foreground with everything it writes inside `directory`; `{port}` in `server` is filled in."""

    def start_on_port(port: int) -> Process:
        configuration = f"""
daemon off;
worker_processes {workers};
worker_rlimit_nofile {_OPEN_FILES};
pid {directory}/{name}.pid;
error_log stderr warn;
events {{ worker_connections {_OPEN_FILES - 100}; }}
http {{
    access_log off;
    default_type application/octet-stream;
    keepalive_requests 100000000;
    keepalive_timeout 1h;
    client_body_temp_path {directory}/{name}-body;
    proxy_temp_path {directory}/{name}-proxy;
    fastcgi_temp_path {directory}/{name}-fastcgi;
    uwsgi_temp_path {directory}/{name}-uwsgi;
    scgi_temp_path {directory}/{name}-scgi;
    {server.replace("@PORT@", str(port))}
}}
"""
        path = directory / f"{name}.conf"
        # nginx starts as root and works as nobody otherwise, which may not read a private directory.
        user = "user root;\n" if os.geteuid() == 0 else ""
        path.write_text(user + configuration)
        return Process(name, ["nginx", "-p", str(directory), "-c", str(path)], directory, cores=cores)

    return _start(name, directory, start_on_port)


def nginx_origin(directory: Path) -> tuple[Process, int]:
    """The application for requests: replies of 200 bytes at /200 and of 10 KiB at /10240."""
    site = directory / "site"
    site.mkdir(exist_ok=True)
    for size in (200, 10_240):
        (site / str(size)).write_bytes(b"x" * size)
    return _nginx("origin", directory, 1, f"""
    open_file_cache max=16 inactive=1h;
    server {{ listen 127.0.0.1:@PORT@ backlog=4096; root {site}; }}
""", None)


def nginx_proxy(directory: Path, origin_port: int, workers: int, cores: set[int]) -> Proxy:
    """nginx as a stream-through proxy: unbuffered in both directions, keep-alive to the application."""
    process, port = _nginx("nginx", directory, workers, f"""
    upstream application {{ server 127.0.0.1:{origin_port}; keepalive 256; keepalive_requests 100000000; }}
    map $http_upgrade $connection_header {{ default upgrade; "" ""; }}
    server {{
        listen 127.0.0.1:@PORT@ backlog=4096;
        client_max_body_size 0;
        location / {{
            proxy_pass http://application;
            proxy_http_version 1.1;
            proxy_set_header Host $http_host;
            proxy_set_header Upgrade $http_upgrade;
            proxy_set_header Connection $connection_header;
            proxy_buffering off;
            proxy_request_buffering off;
            proxy_read_timeout 1h;
        }}
    }}
""", cores)
    return Proxy(process, port, resigned(None))


def haproxy(directory: Path, origin_port: int, workers: int, cores: set[int],
            cookie: Cookie | None = None) -> Proxy:
    """HAProxy that verifies the session cookie's HS256 signature, and nothing more."""

    def start_on_port(port: int) -> Process:
        path = directory / "haproxy.cfg"
        path.write_text(f"""
global
    nbthread {workers}
    maxconn 9600
defaults
    mode http
    option http-keep-alive
    http-reuse always
    timeout connect 5s
    timeout client 1h
    timeout server 1h
    timeout tunnel 1h
frontend gate
    bind 127.0.0.1:{port} backlog 4096
    http-request set-var(txn.session) req.cook(runegate_id)
    http-request deny deny_status 401 unless {{ var(txn.session),jwt_verify("HS256","{_PEER_SECRET}") 1 }}
    default_backend application
backend application
    server one 127.0.0.1:{origin_port} pool-max-conn 256
""")
        return Process("haproxy", ["haproxy", "-db", "-q", "-f", str(path)], directory, cores=cores)

    process, port = _start("haproxy", directory, start_on_port)
    return Proxy(process, port, resigned(cookie))


class Runegate:
    """The gateway as a user starts it: limits on, request log off as in production, one sign-in through the outbox."""

    def __init__(self, program: Path, directory: Path, under: list[str] | None = None,
                 settings: dict[str, str] | None = None):
        """`under` is a command that runs the program it is given, such as a profiler; `settings` are added to ours."""
        self._settings = settings or {}
        self._command = [*(under or []), str(program), "serve"]
        self._directory = directory
        self._outbox = directory / "outbox"
        # Kept for the run: a session has to outlive the restart before each round.
        self._session_key = secrets.token_hex(64)
        self._link_secret = secrets.token_hex(32)
        self.cookie: Cookie | None = None

    def start(self, origin_port: int, workers: int | None, cores: set[int] | None) -> tuple[Process, int]:
        """`serve` on a free port, answering; `workers` nil leaves the default, the number of cores."""
        return _start("runegate", self._directory, lambda port: self.spawn(port, origin_port, workers, cores))

    def spawn(self, port: int, origin_port: int, workers: int | None, cores: set[int] | None = None) -> Process:
        """`serve` as a process that may not listen yet."""
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self._directory),
            "RUNEGATE_LISTEN": f"127.0.0.1:{port}",
            "RUNEGATE_BASE_URL": f"http://localhost:{port}",
            "RUNEGATE_TARGET_SERVICE": f"http://127.0.0.1:{origin_port}",
            "RUNEGATE_STATE_DIR": str(self._directory / "state"),
            "RUNEGATE_MAIL_TRANSPORT": f"outbox:{self._outbox}",
            "RUNEGATE_ALLOWED_EMAILS": ACCOUNT,
            "RUNEGATE_SESSION_KEY": self._session_key,
            "RUNEGATE_JWT_SECRET": self._link_secret,
            "RUNEGATE_REQUEST_LOGS": "false",
            "NO_COLOR": "1",
            **self._settings,
        }
        if workers is not None:
            environment["RUNEGATE_WORKERS"] = str(workers)
        self._outbox.mkdir(exist_ok=True)
        return Process("runegate", self._command, self._directory, environment, cores=cores)

    def proxy(self, origin_port: int, workers: int, cores: set[int]) -> Proxy:
        """A listening gateway with the session of the one sign-in, which survives its restarts."""
        process, port = self.start(origin_port, workers, cores)
        try:
            if self.cookie is None:
                self.cookie = sign_in(port, self._outbox)
        except BenchmarkError as error:
            process.stop()
            raise BenchmarkError(f"{error}\n{process.log_tail()}") from None
        return Proxy(process, port, f"{self.cookie.name}={self.cookie.value}")
