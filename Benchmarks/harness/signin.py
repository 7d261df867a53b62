"""Signing in the way a visitor does: ask for a link, read the mail, open the link in the same browser."""

import email
import email.policy
import http.client
import re
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from harness.process import BenchmarkError

ACCOUNT = "bench@example.com"
_MAIL_SECONDS = 15


@dataclass(frozen=True)
class Cookie:
    name: str
    value: str


def sign_in(port: int, outbox: Path) -> Cookie:
    """The session cookie of one sign-in through the gateway on `port`."""
    seen = set(outbox.glob("*.eml"))
    status, _, cookies = _request(port, "POST", "/.runegate/login", {
        "Content-Type": "application/x-www-form-urlencoded",
        "Origin": f"http://localhost:{port}",
        "Sec-Fetch-Site": "same-origin",
    }, urlencode({"email": ACCOUNT}))
    if status != 200:
        raise BenchmarkError(f"asking for a link was answered with {status}, not 200")
    link = urlsplit(_link_in_mail(_next_mail(outbox, seen)))
    status, location, cookies = _request(port, "GET", f"{link.path}?{link.query}", {
        "Cookie": "; ".join(f"{cookie.name}={cookie.value}" for cookie in cookies),
        "Sec-Fetch-Mode": "navigate",
        "Sec-Fetch-Site": "none",
    })
    session = [cookie for cookie in cookies if cookie.name.endswith("runegate_id") and cookie.value.count(".") == 2]
    if status != 303 or len(session) != 1:
        raise BenchmarkError(f"opening the link was answered with {status} to {location}, cookies {len(cookies)}")
    return session[0]


def _request(port: int, method: str, target: str, headers: dict[str, str], body: str | None = None):
    """Status, Location and the cookies that were set."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=15)
    try:
        connection.request(method, target, body, {"Host": f"localhost:{port}", "Accept": "text/html", **headers})
        response = connection.getresponse()
        response.read()
    except OSError as error:
        raise BenchmarkError(f"{method} {target.partition('?')[0]}: {error}") from None
    finally:
        connection.close()
    pairs = (line.partition(";")[0].partition("=") for line in response.headers.get_all("Set-Cookie") or [])
    cookies = [Cookie(name.strip(), value.strip()) for name, _, value in pairs if value.strip()]
    return response.status, response.headers.get("Location"), cookies


def _next_mail(outbox: Path, seen: set[Path]) -> Path:
    deadline = time.monotonic() + _MAIL_SECONDS
    while time.monotonic() < deadline:
        new = sorted(set(outbox.glob("*.eml")) - seen)
        if new:
            return new[0]
        time.sleep(0.02)
    raise BenchmarkError(f"no mail arrived in {outbox} within {_MAIL_SECONDS} s")


def _link_in_mail(path: Path) -> str:
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    text = message.get_body(("plain", "html")).get_content()
    found = re.search(r"https?://\S+?/\.runegate/auth\?token=[A-Za-z0-9_.~-]+", text)
    if found is None:
        raise BenchmarkError(f"{path.name} holds no sign-in link")
    return found.group()
