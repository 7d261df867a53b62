"""Two gigabytes through nginx and the gateway: right to the byte, in flat memory."""

import hashlib
import json
import os
import subprocess
import threading
import time

import pytest

from stage import bulk
from stage.process import Process
from stage.site import Site

TOTAL_BYTES = int(os.environ.get("RUNEGATE_BULK_BYTES", 2 << 30))
MOST_GROWTH_BYTES = 24 << 20


class MemoryWatch:
    """The most resident memory of a process while it is watched."""

    def __init__(self, process: Process) -> None:
        self.before = self.peak = process.resident_bytes()
        self._process = process
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def _watch(self) -> None:
        while not self._stop.wait(0.02):
            self.peak = max(self.peak, self._process.resident_bytes())

    def __enter__(self) -> "MemoryWatch":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()


def curl(site: Site, cookie: str, path: str, *options: str) -> list[str]:
    assert site.front
    _, _, port = site.base_url.rpartition(":")
    return [
        "curl", "--silent", "--show-error", "--fail", "--max-time", "170", "--cacert", str(site.authority_file),
        "--resolve", f"gate.test:{port}:127.0.0.1", "--cookie", cookie, *options, site.base_url + path,
    ]  # fmt: skip


@pytest.fixture(scope="module")
def cookie(public: Site) -> str:
    visitor = public.visitor()
    visitor.sign_in("bulk@example.com")
    return visitor.cookie_header


def report(record_property, what: str, total: int, watch: MemoryWatch, seconds: float, cpu: float) -> None:
    figures = (
        f"{what}: {total / 2**30:.2f} GiB in {seconds:.1f} s, gateway {cpu:.2f} s CPU, "
        f"resident {watch.before / 2**20:.1f} MiB before, {watch.peak / 2**20:.1f} MiB at most"
    )
    record_property(what, figures)
    print(figures)


def test_a_large_download_arrives_whole_in_flat_memory(public: Site, cookie: str, record_property) -> None:
    expected = bulk.checksum(TOTAL_BYTES)
    process = public.gateway.process
    started, cpu = time.monotonic(), process.cpu_seconds()
    digest = hashlib.sha256()
    with (
        MemoryWatch(process) as watch,
        subprocess.Popen(curl(public, cookie, f"/download?bytes={TOTAL_BYTES}"), stdout=subprocess.PIPE) as client,
    ):
        assert client.stdout
        while data := client.stdout.read(1 << 20):
            digest.update(data)
    report(record_property, "download", TOTAL_BYTES, watch, time.monotonic() - started, process.cpu_seconds() - cpu)
    assert client.returncode == 0
    assert digest.hexdigest() == expected
    assert watch.peak - watch.before < MOST_GROWTH_BYTES


@pytest.mark.parametrize("length", ["known", "chunked"])
def test_a_large_upload_arrives_whole_in_flat_memory(public: Site, cookie: str, record_property, length: str) -> None:
    total = TOTAL_BYTES if length == "known" else TOTAL_BYTES // 8
    expected = bulk.checksum(total)
    process = public.gateway.process
    started, cpu = time.monotonic(), process.cpu_seconds()
    options = ["--http1.1", "--request", "POST", "--upload-file", "-", "--header", "Expect:"]
    if length == "known":
        options += ["--header", f"Content-Length: {total}", "--header", "Transfer-Encoding:"]
    with (
        MemoryWatch(process) as watch,
        subprocess.Popen(
            curl(public, cookie, "/upload", *options), stdin=subprocess.PIPE, stdout=subprocess.PIPE
        ) as client,
    ):
        assert client.stdin and client.stdout
        for block in bulk.stream(total):
            client.stdin.write(block)
        client.stdin.close()
        seen = json.loads(client.stdout.read())
    seconds, spent = time.monotonic() - started, process.cpu_seconds() - cpu
    report(record_property, f"upload, {length}", total, watch, seconds, spent)
    assert seen["body_bytes"] == total
    assert seen["body_sha256"] == expected
    assert watch.peak - watch.before < MOST_GROWTH_BYTES


def test_a_slow_reader_stops_the_app_instead_of_filling_memory(public: Site, cookie: str) -> None:
    """Back-pressure: with a client that does not read, the app can send only what the sockets hold."""
    process = public.gateway.process
    before = process.resident_bytes()
    command = curl(public, cookie, f"/download?bytes={64 << 20}", "--limit-rate", "64k", "--output", "/dev/null")
    clients = [subprocess.Popen(command) for _ in range(8)]
    try:
        deadline = time.monotonic() + 4
        while time.monotonic() < deadline:
            assert process.resident_bytes() - before < 64 << 20
            time.sleep(0.05)
    finally:
        for client in clients:
            client.kill()
            client.wait()
