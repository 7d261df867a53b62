"""Tokens against another implementation, in both directions, and forged ones."""

import base64
import json
import time
from collections.abc import Callable
from typing import Any

import jwt
import pytest

from stage import tokens
from stage.site import NO_LIMITS, Site, Stage
from stage.visitor import Visitor


def part(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


class Keys:
    """A gateway whose secrets the test knows."""

    def __init__(self, stage: Stage, algorithm: str) -> None:
        settings = stage.keys()
        self.algorithm = algorithm
        self.site: Site = stage.development(
            f"tokens-{algorithm.lower()}", **NO_LIMITS, **settings, RUNEGATE_JWT_ALGORITHM=algorithm
        )
        self.link_key = tokens.link_key(settings["RUNEGATE_JWT_SECRET"].encode(), algorithm)
        self.session_key = tokens.session_key(bytes.fromhex(settings["RUNEGATE_SESSION_KEY"]))


@pytest.fixture(scope="module", params=["HS256", "EdDSA"])
def keys(shared_stage: Stage, request: pytest.FixtureRequest) -> Keys:
    return Keys(shared_stage, request.param)


@pytest.fixture(scope="module")
def hs256(shared_stage: Stage) -> Keys:
    return Keys(shared_stage, "HS256")


def test_another_implementation_accepts_our_links(keys: Keys) -> None:
    keys.site.visitor().ask("ann@example.com")
    token = keys.site.mailbox.letter_to("ann@example.com").token
    origin = keys.site.base_url
    claims = tokens.read(token, keys.link_key, keys.algorithm, audience=origin, issuer=origin)
    header = jwt.get_unverified_header(token)
    assert header["typ"] == "runegate-magic+jwt" and header["alg"] == keys.algorithm and header["kid"]
    assert claims["sub"] == "ann@example.com"
    assert len(base64.urlsafe_b64decode(claims["jti"] + "==")) >= 16
    assert abs(claims["iat"] - time.time()) < 60 and claims["exp"] - claims["iat"] == 15 * 60
    assert "next" not in claims


def test_another_implementation_accepts_our_session_cookies(keys: Keys) -> None:
    visitor = keys.site.visitor()
    visitor.sign_in("cookie@example.com")
    assert visitor.session_cookie
    claims = tokens.read(visitor.session_cookie, keys.session_key, "HS256")
    header = jwt.get_unverified_header(visitor.session_cookie)
    assert header["typ"] == "runegate-session+jwt" and header["alg"] == "HS256" and header["kid"]
    assert claims["sub"] == "cookie@example.com"
    assert claims["exp"] - claims["iat"] == 7 * 86400


def test_we_accept_what_another_implementation_signed(keys: Keys) -> None:
    """The same claims and header, signed by PyJWT: a live link's and a live session's token count."""
    asking = keys.site.visitor()
    asking.ask("signed@example.com")
    token = keys.site.mailbox.letter_to("signed@example.com").token
    options = {"verify_aud": False}
    claims = tokens.read(token, keys.link_key, keys.algorithm, options=options)
    again = jwt.encode(claims, keys.link_key, keys.algorithm, headers=jwt.get_unverified_header(token))
    keys.site.secrets.learn("link token", again)
    assert asking.visit(f"/.runegate/auth?token={again}").status_code == 303

    cookie = asking.session_cookie
    assert cookie
    claims = tokens.read(cookie, keys.session_key, "HS256")
    again = jwt.encode(claims, keys.session_key, "HS256", headers=jwt.get_unverified_header(cookie))
    keys.site.secrets.learn("cookie", again)
    stranger = keys.site.visitor()
    assert stranger.get("/whoami", headers={"Cookie": f"runegate_id={again}"}).status_code == 200


Forge = Callable[[dict[str, Any], dict[str, Any], Any], str]


def signed(header: dict[str, Any], claims: object, key: bytes, algorithm: str = "HS256") -> str:
    """A token with any header and claims, signed as HS256 whatever the header says."""
    import hashlib
    import hmac

    body = f"{part(header)}.{part(claims)}"
    digest = hashlib.sha256 if algorithm == "HS256" else hashlib.sha512
    mac = hmac.new(key, body.encode(), digest).digest()
    return body + "." + base64.urlsafe_b64encode(mac).rstrip(b"=").decode()


#: Each takes the header, claims and right key of a token that counts, and makes one that must not.
FORGED: dict[str, Forge] = {
    "alg none": lambda h, c, k: f"{part(h | {'alg': 'none'})}.{part(c)}.",
    "alg None": lambda h, c, k: f"{part(h | {'alg': 'None'})}.{part(c)}.",
    "alg nOnE, signed": lambda h, c, k: signed(h | {"alg": "nOnE"}, c, k),
    "no alg": lambda h, c, k: signed({n: v for n, v in h.items() if n != "alg"}, c, k),
    "alg HS512": lambda h, c, k: signed(h | {"alg": "HS512"}, c, k, "HS512"),
    "alg RS256 over our MAC": lambda h, c, k: signed(h | {"alg": "RS256"}, c, k),
    "empty key": lambda h, c, k: signed(h, c, b""),
    "zero key": lambda h, c, k: signed(h, c, bytes(32)),
    "key is the word secret": lambda h, c, k: signed(h, c, b"secret"),
    "kid as a path": lambda h, c, k: signed(h | {"kid": "../../../../dev/null"}, c, b""),
    "kid as SQL": lambda h, c, k: signed(h | {"kid": "x' UNION SELECT 'a'--"}, c, b"a"),
    "unknown kid": lambda h, c, k: signed(h | {"kid": "AAAAAAAA"}, c, k),
    "no kid": lambda h, c, k: signed({n: v for n, v in h.items() if n != "kid"}, c, k),
    "kid a number": lambda h, c, k: signed(h | {"kid": 1}, c, k),
    "crit": lambda h, c, k: signed(h | {"crit": ["exp"]}, c, k),
    "crit unknown": lambda h, c, k: signed(h | {"crit": ["x"], "x": 1}, c, k),
    "b64 false": lambda h, c, k: signed(h | {"b64": False, "crit": ["b64"]}, c, k),
    "own key in the header": lambda h, c, k: signed(h | {"jwk": {"kty": "oct", "k": part("a")}}, c, b"a"),
    "typ JWT": lambda h, c, k: signed(h | {"typ": "JWT"}, c, k),
    "no typ": lambda h, c, k: signed({n: v for n, v in h.items() if n != "typ"}, c, k),
    "expired": lambda h, c, k: signed(h, c | {"exp": 1}, k),
    "no exp": lambda h, c, k: signed(h, {n: v for n, v in c.items() if n != "exp"}, k),
    "exp a string": lambda h, c, k: signed(h, c | {"exp": "9999999999"}, k),
    "exp a fraction": lambda h, c, k: signed(h, c | {"exp": 9999999999.5}, k),
    "exp beyond 64 bits": lambda h, c, k: signed(h, c | {"exp": 10**30}, k),
    "later exp": lambda h, c, k: signed(h, c | {"exp": c["exp"] + 86400}, k),
    "another sub": lambda h, c, k: signed(h, c | {"sub": "root@example.com"}, k),
    "sub a list": lambda h, c, k: signed(h, c | {"sub": [c["sub"]]}, k),
    "an extra claim": lambda h, c, k: signed(h, c | {"admin": True}, k),
    "claims a list": lambda h, c, k: signed(h, [c], k),
    "claims twice": lambda h, c, k: signed(h, json.dumps(c)[:-1] + ',"sub":"root@example.com"}', k),
    "claims with bytes behind": lambda h, c, k: signed(h, json.dumps(c) + " {}", k),
    "claims null": lambda h, c, k: signed(h, "null", k),
    "deep claims": lambda h, c, k: signed(h, "[" * 500 + "]" * 500, k),
    "over 2 KiB": lambda h, c, k: signed(h, c | {"x": "a" * 3000}, k),
    "padded base64": lambda h, c, k: "=.".join(signed(h, c, k).split(".")) + "=",
    "standard base64": lambda h, c, k: signed(h, c, k).replace("-", "+").replace("_", "/") + "+",
    "two parts": lambda h, c, k: signed(h, c, k).rpartition(".")[0],
    "four parts": lambda h, c, k: signed(h, c, k) + ".x",
    "space behind": lambda h, c, k: signed(h, c, k) + " ",
    "empty": lambda h, c, k: "",
    "dots": lambda h, c, k: "..",
}


@pytest.fixture(scope="module")
def session(hs256: Keys) -> tuple[dict[str, Any], dict[str, Any], bytes, str]:
    visitor = hs256.site.visitor()
    visitor.sign_in("forged@example.com")
    cookie = visitor.session_cookie
    assert cookie
    return (
        jwt.get_unverified_header(cookie),
        tokens.read(cookie, hs256.session_key, "HS256"),
        hs256.session_key,
        cookie,
    )


# Blanks around a cookie belong to the header, not to the value.
@pytest.mark.parametrize("name", [name for name in FORGED if name != "space behind"])
def test_a_forged_session_cookie_does_not_count(
    hs256: Keys, session: tuple[dict[str, Any], dict[str, Any], bytes, str], name: str
) -> None:
    header, claims, key, cookie = session
    mark = hs256.site.app.mark()
    stranger = hs256.site.visitor()
    forged = FORGED[name](dict(header), dict(claims), key)
    assert stranger.get("/whoami", headers={"Cookie": f"runegate_id={forged}"}).status_code in (401, 431)
    assert hs256.site.app.since(mark) == []
    assert stranger.get("/whoami", headers={"Cookie": f"runegate_id={cookie}"}).status_code == 200, (
        "the true one does"
    )


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_link_does_not_count(hs256: Keys, name: str) -> None:
    address = f"forged-{abs(hash(name))}@example.com"
    visitor = hs256.site.visitor()
    visitor.ask(address)
    token = hs256.site.mailbox.letter_to(address).token
    header = jwt.get_unverified_header(token)
    claims = tokens.read(token, hs256.link_key, "HS256", options={"verify_aud": False})
    forged = FORGED[name](dict(header), claims, hs256.link_key)
    answer = visitor.client.get("/.runegate/auth", params={"token": forged})
    assert answer.status_code in ((400,) if forged == "" else (401,)), answer
    assert visitor.session_cookie is None
    assert visitor.visit(f"/.runegate/auth?token={token}").status_code == 303, "the true one does"


def test_every_flipped_bit_of_the_signature_voids_a_cookie(
    hs256: Keys, session: tuple[dict[str, Any], dict[str, Any], bytes, str]
) -> None:
    cookie = session[3]
    body, _, signature = cookie.rpartition(".")
    raw = base64.urlsafe_b64decode(signature + "=")
    stranger = hs256.site.visitor()
    for bit in range(len(raw) * 8):
        changed = bytearray(raw)
        changed[bit // 8] ^= 1 << bit % 8
        forged = f"{body}.{base64.urlsafe_b64encode(bytes(changed)).rstrip(b'=').decode()}"
        assert stranger.get("/whoami", headers={"Cookie": f"runegate_id={forged}"}).status_code == 401, bit
    # The last character has two bits that base64 leaves over: another spelling of the same bytes is no token.
    last = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".index(cookie[-1])
    other = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"[last ^ 1]
    assert stranger.get("/whoami", headers={"Cookie": f"runegate_id={cookie[:-1]}{other}"}).status_code == 401


def test_a_token_of_one_kind_is_none_of_the_other(hs256: Keys) -> None:
    visitor: Visitor = hs256.site.visitor()
    visitor.ask("kinds@example.com")
    token = hs256.site.mailbox.letter_to("kinds@example.com").token
    assert visitor.get("/whoami", headers={"Cookie": f"runegate_id={token}"}).status_code == 401
    visitor.visit(f"/.runegate/auth?token={token}")
    stranger = hs256.site.visitor()
    assert stranger.visit(f"/.runegate/auth?token={visitor.session_cookie}").status_code == 401


def test_after_a_rotation_old_cookies_and_links_count_and_are_issued_anew(stage: Stage) -> None:
    old, new = stage.keys(), stage.keys()
    site = stage.development("rotation", **NO_LIMITS, **old)
    member, waiting = site.visitor(), site.visitor()
    member.sign_in("member@example.com")
    waiting.ask("waiting@example.com")
    link = site.mailbox.letter_to("waiting@example.com").link
    assert site.gateway.stop() == 0
    previous = {f"{name}_PREVIOUS": value for name, value in old.items()}
    site.gateway.settings.update(new | previous)
    site.gateway.start()
    before = member.session_cookie
    assert member.is_signed_in()
    assert member.session_cookie != before, "re-issued under the new key"
    assert waiting.visit(link).status_code == 303
    assert site.gateway.stop() == 0
    for name in previous:
        del site.gateway.settings[name]
    site.gateway.start()
    assert member.is_signed_in()
    assert site.visitor().get("/whoami", headers={"Cookie": f"runegate_id={before}"}).status_code == 401
