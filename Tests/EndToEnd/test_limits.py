"""The limits, step by step with curl as the README shows them."""

import json
import subprocess

from stage.site import Site, Stage


def curl(site: Site, path: str, *options: str) -> tuple[int, dict[str, str], str]:
    """Status, headers (lower-case names) and body of one request."""
    command = ["curl", "--silent", "--show-error", "--include", "--max-time", "20", *options, site.base_url + path]
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    head, _, body = output.replace("\r\n", "\n").partition("\n\n")
    status_line, *lines = head.split("\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    return int(status_line.split()[1]), headers, body


def ask(site: Site, address: str, *options: str) -> tuple[int, dict[str, str], str]:
    body = json.dumps({"email": address})
    return curl(site, "/login", "--header", "Content-Type: application/json", "--data", body, *options)


def test_the_sixth_sign_in_request_of_one_address_in_a_minute_gets_429_ip(stage: Stage) -> None:
    site = stage.development("limit-ip")
    for number in range(5):
        assert ask(site, f"visitor{number}@example.com")[0] == 200
    status, headers, body = ask(site, "visitor5@example.com")
    assert status == 429
    assert headers["x-ratelimit-exceeded"] == "IP"
    assert 1 <= int(headers["x-ratelimit-reset"]) <= 60
    assert headers["retry-after"] == headers["x-ratelimit-reset"]
    assert json.loads(body)
    status, headers, page = curl(site, "/login", "--data", "email=v@example.com", "--header", "Accept: text/html")
    assert status == 429 and "<html" in page.lower()


def test_the_same_address_twice_gets_429_email_with_the_seconds_left(stage: Stage) -> None:
    site = stage.development("limit-email")
    assert ask(site, "ann@example.com")[0] == 200
    status, headers, _ = ask(site, "Ann@Example.COM")
    assert status == 429
    assert headers["x-ratelimit-exceeded"] == "Email"
    assert 290 <= int(headers["x-ratelimit-reset"]) <= 300
    assert headers["retry-after"] == headers["x-ratelimit-reset"]
    # Every well-formed address has the cooldown, so that it says nothing about who is listed.
    assert ask(site, "stranger@elsewhere.org")[0] == 200
    assert ask(site, "stranger@elsewhere.org")[0] == 429


def test_requests_that_were_refused_for_the_address_count_for_the_ip(stage: Stage) -> None:
    site = stage.development("limit-both")
    exceeded = [ask(site, "ann@example.com")[1].get("x-ratelimit-exceeded") for _ in range(6)]
    assert exceeded == [None, "Email", "Email", "Email", "Email", "IP"]


def test_signing_in_clears_the_cooldown_of_the_address(stage: Stage) -> None:
    site = stage.development("limit-cleared")
    site.visitor().sign_in("ann@example.com")
    assert ask(site, "ann@example.com")[0] == 200


def test_the_eleventh_bad_token_in_a_minute_gets_429(stage: Stage) -> None:
    site = stage.development("limit-token")
    statuses = [curl(site, "/auth?token=invalid_token")[0] for _ in range(10)]
    assert statuses == [401] * 10
    status, headers, _ = curl(site, "/auth?token=invalid_token")
    assert status == 429
    assert headers["x-ratelimit-exceeded"] == "IP"


def test_with_the_limits_off_nothing_is_limited(stage: Stage) -> None:
    site = stage.development("limit-off", RUNEGATE_RATE_LIMIT_ENABLED="false")
    assert [ask(site, "ann@example.com")[0] for _ in range(8)] == [200] * 8
    assert [curl(site, "/auth?token=invalid_token")[0] for _ in range(12)] == [401] * 12


def test_the_limits_can_be_set(stage: Stage) -> None:
    settings = {
        "RUNEGATE_LOGIN_RATE_LIMIT": "2",
        "RUNEGATE_TOKEN_RATE_LIMIT": "3",
        "RUNEGATE_EMAIL_COOLDOWN": "60",
    }
    site = stage.development("limit-set", **settings)
    assert [ask(site, f"visitor{number}@example.com")[0] for number in range(3)] == [200, 200, 429]
    assert [curl(site, "/auth?token=invalid_token")[0] for _ in range(4)] == [401, 401, 401, 429]
    values = json.loads(curl(site, "/rate_limit_info")[2])
    assert {2, 3, 60} <= set(_numbers(values))


def _numbers(value: object) -> list[int]:
    if isinstance(value, dict):
        return [number for inner in value.values() for number in _numbers(inner)]
    return [value] if isinstance(value, int) else []


def test_a_client_behind_the_proxy_is_counted_by_the_last_hop_only(stage: Stage) -> None:
    site = stage.development("limit-forwarded")

    # The last entry is what the trusted proxy saw; the ones before it are the client's own words.
    def forwarded(number: int, seen: str) -> int:
        header = f"X-Forwarded-For: 203.0.113.{number}, {seen}"
        return ask(site, f"visitor{number}-{seen.replace(':', '-')}@example.com", "--header", header)[0]

    assert [forwarded(number, "198.51.100.1") for number in range(6)] == [200] * 5 + [429]
    assert forwarded(7, "198.51.100.2") == 200, "another client has its own count"


def test_an_ipv6_block_of_64_bits_is_one_client(stage: Stage) -> None:
    site = stage.development("limit-ipv6")
    statuses = [
        ask(site, f"visitor{number}@example.com", "--header", f"X-Forwarded-For: 2001:db8:1:2::{number:x}")[0]
        for number in range(6)
    ]
    assert statuses == [200] * 5 + [429]
    assert ask(site, "other@example.com", "--header", "X-Forwarded-For: 2001:db8:1:3::1")[0] == 200
