"""A sign-in mail as its reader sees it."""

import email
import email.policy
import re
from dataclasses import dataclass
from email.message import EmailMessage

from .secrets import Secrets

_LINK = re.compile(r"https?://[^\s\"'<>]+/\.runegate/auth\?token=([A-Za-z0-9_\-.]+)")
#: Crockford's base32: digits and letters without I, L, O and U.
_DIGIT = "[0-9A-HJKMNP-TV-Z]"
_CODE = re.compile(rf"(?<![\w.=\-])({_DIGIT}{{4}})[ -]?({_DIGIT}{{4}})(?![\w.=\-])")


@dataclass(frozen=True)
class Letter:
    message: EmailMessage
    raw: bytes

    @classmethod
    def read(cls, raw: bytes, secrets: Secrets) -> "Letter":
        letter = cls(email.message_from_bytes(raw, policy=email.policy.default), raw)  # type: ignore[arg-type]
        if letter.has_link:
            secrets.learn("link token", letter.token)
            code = letter.code
            if code:
                secrets.learn("code", code)
                secrets.learn("code", f"{code[:4]}-{code[4:]}")
        return letter

    @property
    def recipient(self) -> str:
        return self.message["To"].addresses[0].addr_spec

    @property
    def text(self) -> str:
        return self._part("plain")

    @property
    def html(self) -> str:
        return self._part("html")

    @property
    def has_link(self) -> bool:
        return _LINK.search(self.text) is not None

    @property
    def link(self) -> str:
        found = _LINK.search(self.text)
        assert found, f"no link in this mail:\n{self.text}"
        return found[0]

    @property
    def token(self) -> str:
        return self.link.partition("token=")[2]

    @property
    def code(self) -> str | None:
        """The short code without its separator."""
        found = _CODE.search(self.text.replace(self.link, ""))
        return found[1] + found[2] if found else None

    def _part(self, kind: str) -> str:
        part = self.message.get_body((kind,))
        assert part is not None, f"no {kind} part in this mail"
        return part.get_content()
