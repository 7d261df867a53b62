"""`next` leads back into this origin or nowhere."""

from urllib.parse import urljoin, urlsplit

import pytest

from stage.forms import form
from stage.site import Site
from stage.visitor import NAVIGATION
from stage.wording import short

_SLASHES = ["//", "///", "////", "/\\", "\\/", "\\\\", "/\\/", "\\", "/%5c", "/%2f", "%2f%2f", "/%09/", "/\t/", "/\n/", "/\r/",
            "\t//", " //", "/ /", "/\x00/", "/.//", "/..//", "/./\\", "//\\", "/\\\\", "/;//", "\u2028//", "/\u3000/", "/\u00a0/",
            "\u2215\u2215", "\uff0f\uff0f", "/%0d%0a/", "/%00/", "/%5c%5c", "/%2f%2f", "/x/../\\", "/x/..//"]  # fmt: skip
_HOSTS = [
    "evil.test",
    "evil.test/",
    "evil.test/path",
    "localhost@evil.test",
    "evil.test%23",
    "evil.test?x=/",
    "[::1]",
    "evil%2etest",
]

VECTORS = [slashes + host for slashes in _SLASHES for host in _HOSTS[:3]] + ["//" + host for host in _HOSTS] + [
    "http://evil.test", "https://evil.test", "https:evil.test", "http:/evil.test", "https:///evil.test", "HTTPS://evil.test",
    "ftp://evil.test", "javascript:alert(1)", "JaVaScRiPt:alert(1)", "java\nscript:alert(1)", " javascript:alert(1)",
    "data:text/html,x", "vbscript:x", "blob:x", "file:///etc/passwd", "evil.test", "www.evil.test", "@evil.test", ":80",
    "?next=//evil.test", "#//evil.test", ".evil.test", "..", ".", "/x\r\nLocation: https://evil.test", "/x\nSet-Cookie: a=b",
    "/x\x00", "/x\x7f", "/\u202e", "/é", "https://localhost", "http://localhost:1", "//localhost", "/" + "a" * 5000, "*", "",
    "/.runegate/logout", "/.runegate/auth?token=x", "/%2erunegate/logout", "//.runegate/logout",
]  # fmt: skip


def leaves(base_url: str, location: str) -> bool:
    """Whether a browser at our sign-in page would leave the origin for this `Location` (WHATWG URL: tabs and line
    ends vanish, a backslash is a slash)."""
    read = "".join(c for c in location if c not in "\t\r\n").strip(" \x00\x1f").replace("\\", "/")
    there, here = urlsplit(urljoin(base_url + "/.runegate/auth", read)), urlsplit(base_url)
    return (there.scheme, there.netloc) != (here.scheme, here.netloc)


@pytest.mark.parametrize("vector", VECTORS, ids=short)
def test_the_sign_in_page_never_carries_a_foreign_next(local: Site, vector: str) -> None:
    visitor = local.visitor()
    page = visitor.client.get("/.runegate/login", params={"next": vector}, headers=NAVIGATION)
    assert page.status_code in (200, 400)
    if page.status_code == 200:
        carried = form(page.text, "/.runegate/login").fields.get("next", "")
        assert not leaves(local.base_url, carried)
        assert ".runegate" not in carried


def test_signing_in_never_leaves_the_origin(local: Site) -> None:
    """All vectors the whole way: posted as the form would, followed to where signing in sends the visitor."""
    asked = {}
    for number, vector in enumerate(VECTORS):
        visitor = local.visitor()
        page = visitor.visit("/.runegate/login")
        address = f"redirect{number}@example.com"
        fields = form(page.text, "/.runegate/login").fields | {"email": address, "next": vector}
        answer = visitor.submit("/.runegate/login", fields)
        # A form that no browser could have made from our page may be refused.
        assert answer.status_code in (200, 400), vector
        if answer.status_code == 200:
            asked[address] = (visitor, vector)
    assert len(asked) > len(VECTORS) / 2
    for address, (visitor, vector) in asked.items():
        answer = visitor.visit(local.mailbox.letter_to(address).link)
        assert answer.status_code == 303, vector
        location = answer.headers["location"]
        assert not leaves(local.base_url, location), (vector, location)
        assert ".runegate" not in location, (vector, location)


@pytest.mark.parametrize("next", ["/", "/a/b?c=d&e=%2F", "/a%20b", "/x;y/z", "/view?u=https://example.org/"])
def test_an_honest_next_is_kept(local: Site, next: str) -> None:
    answer = local.visitor().sign_in(f"honest{abs(hash(next))}@example.com", next=next)
    assert urljoin(local.base_url, answer.headers["location"]) == local.base_url + next
