"""A visitor with a browser's cookies and headers, without a browser."""

import ssl
from typing import Any, Protocol
from urllib.parse import urlsplit

import httpx

from .forms import form, forms
from .letter import Letter
from .secrets import Secrets

#: What a browser says when a person opens an address.
NAVIGATION = {
    "Accept": "text/html,application/xhtml+xml,*/*;q=0.8",
    "Sec-Fetch-Mode": "navigate",
    "Sec-Fetch-Dest": "document",
    "Sec-Fetch-Site": "none",
    "Sec-Fetch-User": "?1",
}
OUR_COOKIES = ("runegate_id", "runegate_nonce")


class Mailbox(Protocol):
    """Where a visitor's mail arrives: a mail server or an outbox."""

    def letter_to(self, recipient: str, number: int = 1, within: float = 10.0) -> Letter: ...

    def letters_to(self, recipient: str) -> list[Letter]: ...


class Visitor:
    """One browser profile. Redirects are shown, never followed."""

    def __init__(
        self,
        base_url: str,
        mailbox: Mailbox,
        secrets: Secrets,
        *,
        trust: ssl.SSLContext | None = None,
        address: str | None = None,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self.base_url = base_url
        self.mailbox = mailbox
        self._secrets = secrets
        # What a trusted proxy in front would say; ignored by nginx, which says it itself.
        headers = {"X-Forwarded-For": address} if address else {}
        self.client = httpx.Client(
            base_url=base_url,
            # Certificates are loaded only for whoever needs them: that takes long.
            verify=trust or base_url.startswith("https:"),
            transport=transport,
            timeout=20,
            headers=headers,
            trust_env=False,
            # A silent connection would keep the gateway from stopping for eight seconds.
            limits=httpx.Limits(max_keepalive_connections=0),
            event_hooks={"response": [self._remember]},
        )

    def get(self, path: str, **arguments: Any) -> httpx.Response:
        """A request as a script makes it."""
        return self.client.get(path, **arguments)

    def visit(self, address: str, **headers: str) -> httpx.Response:
        """Opens a path or a link, as a person does."""
        return self.client.get(address, headers=NAVIGATION | _dashed(headers))

    def submit(self, path: str, fields: dict[str, str], **headers: str) -> httpx.Response:
        """Sends a form of one of our pages."""
        ours = NAVIGATION | {"Origin": self.base_url, "Sec-Fetch-Site": "same-origin"}
        return self.client.post(path, data=fields, headers=ours | _dashed(headers))

    def ask(self, address: str, next: str | None = None, **headers: str) -> httpx.Response:
        """Fills in the sign-in page."""
        page = self.client.get(
            "/.runegate/login", params={"next": next} if next is not None else None, headers=NAVIGATION
        )
        assert page.status_code == 200, page
        sign_in = form(page.text, "/.runegate/login")
        return self.submit(sign_in.action, sign_in.fields | {"email": address}, **headers)

    def confirm(self, page: httpx.Response) -> httpx.Response:
        """Presses the button of the confirm page."""
        button = form(page.text, "/.runegate/auth")
        return self.submit(button.action, button.fields)

    def type_code(self, page: httpx.Response, code: str) -> httpx.Response:
        """Fills in the code on the "check your mail" page."""
        entry = form(page.text, "/.runegate/code")
        return self.submit(entry.action, entry.fields | {entry.visible[0]: code})

    def sign_in(self, address: str, next: str | None = None) -> httpx.Response:
        """Asks for a link and opens it in the same browser; the answer that signed in."""
        before = len(self.mailbox.letters_to(address))
        asked = self.ask(address, next)
        assert asked.status_code == 200, (asked, asked.text)
        answer = self.visit(self.mailbox.letter_to(address, before + 1).link)
        assert answer.status_code == 303, (answer, answer.text)
        assert self.session_cookie, answer.headers
        return answer

    def sign_out(self) -> httpx.Response:
        return self.submit("/.runegate/logout", {})

    def is_signed_in(self) -> bool:
        """Whether the app can be reached."""
        return self.get("/whoami").status_code == 200

    @property
    def session_cookie(self) -> str | None:
        return self._cookie("runegate_id")

    @property
    def nonce_cookie(self) -> str | None:
        return self._cookie("runegate_nonce")

    @property
    def cookie_header(self) -> str:
        """All cookies, for a request made by other means."""
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in self.client.cookies.jar)

    def close(self) -> None:
        self.client.close()

    def _cookie(self, name: str) -> str | None:
        for cookie in self.client.cookies.jar:
            if cookie.name.removeprefix("__Host-") == name:
                return cookie.value
        return None

    def _remember(self, response: httpx.Response) -> None:
        for header in response.headers.get_list("set-cookie"):
            name, _, rest = header.partition("=")
            value = rest.partition(";")[0]
            if name.removeprefix("__Host-").startswith("runegate") and len(value) >= 16:
                self._secrets.learn("cookie", value)


def path_of(location: str) -> str:
    """The path and query of a redirect."""
    parts = urlsplit(location)
    return parts.path + (f"?{parts.query}" if parts.query else "")


def _dashed(headers: dict[str, str]) -> dict[str, str]:
    """`Sec_Purpose="prefetch"` as a header; an empty value leaves the header out."""
    return {name.replace("_", "-"): value for name, value in headers.items()}


__all__ = ["NAVIGATION", "OUR_COOKIES", "Mailbox", "Visitor", "form", "forms", "path_of"]
