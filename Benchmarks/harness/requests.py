"""What one signed-in request through a proxy costs in CPU."""

import os
import subprocess
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from harness.process import BenchmarkError
from harness.proxies import Proxy

_SCRIPT = Path(__file__).parent.parent / "load" / "requests.lua"
_CONNECTIONS = 64
_WARM_UP_SECONDS = 1


@dataclass(frozen=True)
class Load:
    """How requests arrive: `pause_milliseconds` 0 is as fast as the answers come (the proxy is never idle)."""

    body_bytes: int
    pause_milliseconds: int
    seconds: int


def microseconds_per_request(proxy: Proxy, load: Load) -> float:
    """CPU time of the proxy alone, user and system, for each answered request."""
    _check_one_answer(proxy, load)
    _run_wrk(proxy, load, _WARM_UP_SECONDS)
    before = proxy.process.cpu_seconds()
    answered = _run_wrk(proxy, load, load.seconds)
    # What was under way when wrk stopped is the same for all; it ends before the counter is read.
    time.sleep(0.2)
    return (proxy.process.cpu_seconds() - before) / answered * 1e6


def _check_one_answer(proxy: Proxy, load: Load) -> None:
    request = urllib.request.Request(f"http://127.0.0.1:{proxy.port}/{load.body_bytes}", headers={
        "Cookie": proxy.cookie, "Host": f"localhost:{proxy.port}"})
    with urllib.request.urlopen(request, timeout=10) as response:
        if len(response.read()) != load.body_bytes:
            raise BenchmarkError(f"{proxy.process.name} did not answer with the application's page")


def _run_wrk(proxy: Proxy, load: Load, seconds: int) -> int:
    """The number of answered requests; any error or foreign answer makes the round worthless."""
    finished = subprocess.run(
        ["wrk", "--threads", "1", "--connections", str(_CONNECTIONS), "--duration", f"{seconds}s", "--timeout", "10s",
         "--script", str(_SCRIPT), "--header", f"Host: localhost:{proxy.port}",
         f"http://127.0.0.1:{proxy.port}/{load.body_bytes}"],
        env={**os.environ, "BENCH_COOKIE": proxy.cookie, "BENCH_DELAY_MS": str(load.pause_milliseconds)},
        capture_output=True, text=True, check=False)
    result = next((line.split() for line in finished.stdout.splitlines() if line.startswith("RESULT ")), None)
    if finished.returncode != 0 or result is None:
        raise BenchmarkError(f"wrk failed: {finished.stderr or finished.stdout}")
    answered, received, errors, _ = map(int, result[1:])
    if errors or answered == 0 or received < answered * load.body_bytes:
        raise BenchmarkError(f"{proxy.process.name}: {answered} answers, {errors} errors, {received} bytes\n"
                             + proxy.process.log_tail())
    return answered
