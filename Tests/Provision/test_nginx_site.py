"""What the site does, in a running nginx with the distribution's own nginx.conf around it."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import pytest

from machines.machine import Machine

Make = Callable[[str], Machine]

# Connects, reads an answer to its end, connects again with what it was given, and says whether that was taken.
TWICE = """
import socket, ssl, sys
context = ssl._create_unverified_context()
context.minimum_version = context.maximum_version = ssl.TLSVersion[sys.argv[1]]
session = None
for _ in range(2):
    with socket.create_connection(("127.0.0.1", 443)) as plain:
        connection = context.wrap_socket(plain, server_hostname="app.example.com", session=session)
        connection.sendall(b"GET / HTTP/1.1\\r\\nHost: app.example.com\\r\\nConnection: close\\r\\n\\r\\n")
        while connection.recv(4096):
            pass
        print(connection.session_reused)
        session = connection.session
"""


class Site:
    def __init__(self, machine: Machine) -> None:
        self.machine = machine

    def curl(self, url: str, *options: str, host: str = "app.example.com") -> subprocess.CompletedProcess[str]:
        command = ["curl", "--silent", "--show-error", "--insecure", "--max-time", "10", "--noproxy", "*"]
        for port in (80, 443):
            command += ["--resolve", f"{host}:{port}:127.0.0.1"]
        return subprocess.run(
            self.machine.on_network(*command, *options, url), capture_output=True, text=True, check=False
        )

    def echoed(self, *options: str, path: str = "/") -> dict[str, object]:
        done = self.curl(f"https://app.example.com{path}", *options)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)


@pytest.fixture(scope="module")
def site(lasting_machine: Make) -> Iterator[Site]:
    here = lasting_machine("vps")
    here.run("rm", "/etc/nginx/sites-enabled/default")
    here.echo("127.0.0.1", 7870)
    here.run("mkdir", "-p", "/run", "/var/lib/runegate-acme/.well-known/acme-challenge")
    here.run("sh", "-c", "echo proof >/var/lib/runegate-acme/.well-known/acme-challenge/token")
    here.run("nginx")
    yield Site(here)
    here.run("nginx", "-s", "quit")
    deadline = time.monotonic() + 10
    while here.run("test", "-e", "/run/nginx.pid", check=False).returncode == 0 and time.monotonic() < deadline:
        time.sleep(0.05)


def headers(answer: dict[str, object]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in answer["headers"]:
        found.setdefault(name.lower(), []).append(value)
    return found


def test_what_a_visitor_says_about_himself_is_replaced(site: Site) -> None:
    forged = {
        "X-Forwarded-For": "6.6.6.6", "X-Real-IP": "6.6.6.6", "X-Forwarded-Proto": "http",
        "X-Forwarded-Host": "evil.example", "Forwarded": "for=6.6.6.6",
    }  # fmt: skip
    options = [word for name, value in forged.items() for word in ("-H", f"{name}: {value}")]
    got = headers(site.echoed(*options))
    assert got["host"] == ["app.example.com"]
    assert got["x-forwarded-for"] == got["x-real-ip"] == ["127.0.0.1"]
    assert got["x-forwarded-proto"] == ["https"] and got["x-forwarded-host"] == ["app.example.com"]
    assert "forwarded" not in got


def test_the_app_does_not_rule_nginx(site: Site) -> None:
    answer = site.echoed("-H", "X-Answer: X-Accel-Redirect: /elsewhere", path="/asked")
    assert answer["target"] == "/asked"


@pytest.mark.parametrize("version", ["TLSv1_2", "TLSv1_3"])
def test_a_visitor_who_comes_again_needs_no_whole_handshake(site: Site, version: str) -> None:
    done = subprocess.run(
        site.machine.on_network(sys.executable, "-c", TWICE, version), capture_output=True, text=True, check=True
    )
    assert done.stdout == "False\nTrue\n"


def test_the_host_is_the_literal_name(site: Site) -> None:
    assert headers(site.echoed("-H", "Host: APP.example.com:443"))["host"] == ["app.example.com"]


@pytest.mark.parametrize("path", ["/a%2Fb//c;d=1/..%2fe?x=%0a", "/%F0%9F%92%A9", "/?token=a&b"])
def test_a_path_gets_through_byte_for_byte(site: Site, path: str) -> None:
    assert site.echoed("--path-as-is", path=path)["target"] == path


def test_a_large_body_gets_through(site: Site) -> None:
    done = subprocess.run(
        site.machine.on_network(
            "sh", "-c",
            "head -c 50000000 /dev/zero | curl -sk --noproxy '*' --resolve app.example.com:443:127.0.0.1"
            " --data-binary @- https://app.example.com/",
        ), capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert json.loads(done.stdout)["body_bytes"] == 50_000_000


@pytest.mark.parametrize("version", ["--http1.1", "--http2"])
def test_the_version_is_spoken(site: Site, version: str) -> None:
    done = site.curl("https://app.example.com/", version, "-o", "/dev/null", "-w", "%{http_version}")
    assert done.stdout == ("2" if version == "--http2" else "1.1")


def test_an_upgrade_gets_through(site: Site) -> None:
    script = (
        "printf 'GET /ws HTTP/1.1\\r\\nHost: app.example.com\\r\\nConnection: Upgrade\\r\\nUpgrade: echo\\r\\n\\r\\n'; "
        "sleep 0.5; printf hello; sleep 0.5"
    )
    done = subprocess.run(
        site.machine.on_network(
            "sh", "-c",
            f"({script}) | openssl s_client -quiet -no_ign_eof -connect 127.0.0.1:443 -servername app.example.com 2>/dev/null",
        ), capture_output=True, text=True,
    )  # fmt: skip
    assert done.stdout.startswith("HTTP/1.1 101") and done.stdout.endswith("hello")


def test_the_distributions_own_site_may_stay(machine: Make) -> None:
    here = machine("vps")
    here.run("test", "-e", "/etc/nginx/sites-enabled/default")
    here.run("nginx", "-t")


def test_other_hosts_are_hung_up_on(site: Site) -> None:
    assert site.curl("http://stranger.example/", host="stranger.example").returncode == 52, "empty reply"
    assert site.curl("https://stranger.example/", host="stranger.example").returncode == 35, "no handshake"
    assert site.curl("https://127.0.0.1/").returncode == 35


def test_plain_http_leads_to_https(site: Site) -> None:
    done = site.curl("http://app.example.com/a?b=c", "-o", "/dev/null", "-w", "%{http_code} %{redirect_url}")
    assert done.stdout == "301 https://app.example.com/a?b=c"


def test_the_authority_finds_its_proof(site: Site) -> None:
    assert site.curl("http://app.example.com/.well-known/acme-challenge/token").stdout == "proof\n"
    missing = site.curl(
        "http://app.example.com/.well-known/acme-challenge/none", "-o", "/dev/null", "-w", "%{http_code}"
    )
    assert missing.stdout == "404"


def test_the_version_of_nginx_is_not_told(site: Site) -> None:
    for url in ("https://app.example.com/", "http://app.example.com/"):
        said = site.curl(url, "-D", "-", "-o", "/dev/null").stdout
        assert "server: nginx\n" in said.lower()
    assert "strict-transport-security" in site.curl("https://app.example.com/", "-D", "-").stdout.lower()


def test_a_token_lands_in_no_log(site: Site) -> None:
    site.curl("https://app.example.com/.runegate/auth?token=s3cret")
    site.curl("http://app.example.com/.runegate/auth?token=s3cret")
    logs = site.machine.run("sh", "-c", "cat /var/log/nginx/*.log").stdout
    assert "/.runegate/auth" in logs and "s3cret" not in logs


def test_a_renewed_certificate_is_taken_into_use(site: Site, site_certificate: str) -> None:
    key, certificate = site_certificate.split("-----END PRIVATE KEY-----\n")
    lineage = "/etc/letsencrypt/live/app.example.com"
    renewed = site.machine
    renewed.run("mkdir", "-p", lineage)
    renewed.run("sh", "-c", f"umask 077; rm -f /etc/runegate/tls/site.pem; cat >{lineage}/privkey.pem",
                input=key + "-----END PRIVATE KEY-----\n")  # fmt: skip
    renewed.run("sh", "-c", f"cat >{lineage}/fullchain.pem", input=certificate)
    hook = "/etc/letsencrypt/renewal-hooks/deploy/runegate"
    renewed.run("env", "RENEWED_LINEAGE=/etc/letsencrypt/live/somebodys.example", hook)
    assert renewed.run("test", "-e", "/etc/runegate/tls/site.pem", check=False).returncode != 0
    renewed.run("env", f"RENEWED_LINEAGE={lineage}", hook)
    assert renewed.run("stat", "-c", "%a %U", "/etc/runegate/tls/site.pem").stdout == "600 root\n"
    assert renewed.run("sh", "-c", "ls /etc/runegate/tls").stdout == "site.pem\n"
    assert site.echoed()["method"] == "GET"
