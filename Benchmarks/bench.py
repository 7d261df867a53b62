"""Measures the gateway's bars, each as a ratio to a peer in the same run where the bar is one.

Exit status: 0 all bars met (or Runegate left out), 1 a bar missed, 2 something kept a figure from being taken.
"""

import argparse
import contextlib
import datetime
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from harness import idle, proxies, requests, streams, websockets
from harness.process import BenchmarkError, Process
from harness.report import Row, as_table, surroundings
from harness.rounds import Figure, alternate

ROOT = Path(__file__).parent.parent
MIB = 1 << 20
KIB = 1 << 10

ALL_CORES = os.sched_getaffinity(0)
# The load and the application share the last core, so that a proxy with one worker has the others for itself.
LOAD_CORES = {max(ALL_CORES)} if len(ALL_CORES) > 1 else ALL_CORES

# What the product holds itself to (bar) and works towards (reach).
REQUEST_BAR, REQUEST_REACH = 1.3, 1.0
STREAM_BAR = 0.75
STREAM_REACH_OF_HAPROXY = 1.0
SOCKET_BAR_KIB, SOCKET_REACH_KIB = 9, 6
IDLE_BAR_MIB, IDLE_REACH_MIB = 30, 15
START_BAR_MS, START_REACH_MS = 300, 50


class Bench:
    """One run: the options, the directory everything writes to, and the rows found so far."""

    def __init__(self, options: argparse.Namespace, directory: Path):
        self.options = options
        self.directory = directory
        self.runegate = proxies.Runegate(options.runegate, directory) if options.runegate else None
        self.rows: list[Row] = []

    def add(self, row: Row) -> None:
        self.rows.append(row)
        print("  " + " | ".join(cell for cell in row.cells() if cell), flush=True)

    def names(self, *peers: str) -> list[str]:
        return ["runegate", *peers] if self.runegate else list(peers)

    @contextlib.contextmanager
    def proxy(self, name: str, origin_port: int, workers: int) -> Iterator[proxies.Proxy]:
        """A running proxy; with one worker it stays off the core that the load and the application have."""
        cores = ALL_CORES - LOAD_CORES if workers == 1 else ALL_CORES
        if name == "runegate" and self.runegate:
            started = self.runegate.proxy(origin_port, workers, cores)
        elif name == "haproxy":
            cookie = self.runegate.cookie if self.runegate else None
            started = proxies.haproxy(self.directory, origin_port, workers, cores, cookie)
        else:
            started = proxies.nginx_proxy(self.directory, origin_port, workers, cores)
        with started.process:
            yield started

    @contextlib.contextmanager
    def origin(self, kind: str) -> Iterator[int]:
        """The port of a running application."""
        if kind == "pages":
            process, port = proxies.nginx_origin(self.directory)
            with process:
                yield port
            return
        command = [sys.executable, "-m", "harness.origin", kind]
        environment = {**os.environ, "PYTHONPATH": str(ROOT / "Benchmarks")}
        with Process(f"{kind}-origin", command, self.directory, environment, stdout=subprocess.PIPE) as process:
            yield int(process.stdout.readline() or 0)

    def measure(self, kind: str, names: list[str], rounds: int, workers: int,
                figure: Callable[[proxies.Proxy], float]) -> dict[str, Figure]:
        """`figure` of each named proxy in every round, each started afresh for its turn."""
        os.sched_setaffinity(0, LOAD_CORES if workers == 1 else ALL_CORES)
        with self.origin(kind) as origin_port:

            def once(name: str) -> float:
                with self.proxy(name, origin_port, workers) as proxy:
                    return figure(proxy)

            return alternate(names, rounds, once)

    def requests(self) -> None:
        seconds = self.options.seconds
        cases = [
            ("200 bytes, one worker, 64 visitors at once", requests.Load(200, 0, seconds), 1),
            ("200 bytes, one worker, about 2,500 a second", requests.Load(200, 25, seconds), 1),
            ("10 KiB, one worker, 64 visitors at once", requests.Load(10_240, 0, seconds), 1),
            ("200 bytes, two workers, 64 visitors at once", requests.Load(200, 0, seconds), 2),
        ]
        for what, load, workers in cases:
            found = self.measure("pages", self.names("haproxy"), self.options.rounds, workers,
                                 lambda proxy, load=load: requests.microseconds_per_request(proxy, load))
            self.add(Row(f"signed-in request, {what}", "CPU µs", found.get("runegate"), "HAProxy", found["haproxy"],
                         REQUEST_BAR, REQUEST_REACH))

    def streams(self) -> None:
        for what, transfer in (("downloaded", streams.seconds_per_gigabyte_down),
                               ("uploaded", streams.seconds_per_gigabyte_up)):
            found = self.measure("streams", self.names("nginx", "haproxy"), self.options.rounds, 1,
                                 lambda proxy, transfer=transfer: transfer(proxy, self.options.stream_bytes))
            self.add(Row(f"GB {what}", "CPU s", found.get("runegate"), "nginx", found["nginx"], STREAM_BAR))
            self.add(Row(f"GB {what}", "CPU s", found.get("runegate"), "HAProxy", found["haproxy"],
                         reach=STREAM_REACH_OF_HAPROXY))

    def websockets(self) -> None:
        count = self.options.sockets
        dirty: dict[str, list[float]] = {}

        def grown(proxy: proxies.Proxy) -> float:
            memory = websockets.memory_of_idle(proxy, count, self.directory)
            dirty.setdefault(proxy.process.name, []).append(memory.private_dirty / count / KIB)
            return memory.resident / count / KIB

        rounds = min(self.options.rounds, 3)
        found = self.measure("websockets", self.names("nginx", "haproxy"), rounds, 1, grown)
        for peer, label in (("nginx", "nginx"), ("haproxy", "HAProxy")):
            self.add(Row(f"each of {count:,} idle WebSockets, resident", "KiB", found.get("runegate"), label, found[peer],
                         SOCKET_BAR_KIB if peer == "nginx" else None, SOCKET_REACH_KIB if peer == "nginx" else None))
        mine = Figure(tuple(dirty["runegate"])) if "runegate" in dirty else None
        self.add(Row(f"each of {count:,} idle WebSockets, private dirty", "KiB", mine, "nginx",
                     Figure(tuple(dirty["nginx"]))))

    def idle(self) -> None:
        if self.runegate is None:
            return
        os.sched_setaffinity(0, ALL_CORES)
        with self.origin("pages") as origin_port:
            # The first start makes the database; a restart is what a visitor may wait for.
            idle.milliseconds_to_answer(self.runegate, origin_port)
            starts = [idle.milliseconds_to_answer(self.runegate, origin_port) for _ in range(4 * self.options.rounds)]
            memories = [idle.idle_memory(self.runegate, origin_port) for _ in range(min(self.options.rounds, 3))]
        self.add(Row("start to the first answer", "ms", Figure(tuple(starts)), bar=START_BAR_MS, reach=START_REACH_MS,
                     bar_is_below=True))
        self.add(Row("idle process, resident", "MiB", Figure(tuple(memory.resident / MIB for memory in memories)),
                     bar=IDLE_BAR_MIB, reach=IDLE_REACH_MIB, bar_is_below=True))
        self.add(Row("idle process, private dirty", "MiB",
                     Figure(tuple(memory.private_dirty / MIB for memory in memories))))


def document(rows: list[Row], facts: list[str], options: argparse.Namespace) -> str:
    """docs/BENCHMARKS.md: the table and what it holds for."""
    today = datetime.date.today().isoformat()
    listed = "\n".join(f"- {fact}" for fact in facts)
    return f"""# Benchmarks

Measured {today} by `make bench`; `Benchmarks/README.md` says how each figure is taken. A figure is the median of
{options.rounds} rounds (at most 3 for memory), in parentheses the smallest and the largest. CPU is that of the proxy alone, user and system.
A ratio is taken within each round. *met*: the bar is held; *reached*: the goal beyond it as well.

{as_table(rows)}

{listed}
"""


def parse(arguments: list[str]) -> argparse.Namespace:
    parts = ["requests", "streams", "websockets", "idle"]
    parser = argparse.ArgumentParser(prog="Benchmarks/run.sh", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"what to measure ({', '.join(parts)}); all by default")
    parser.add_argument("--runegate", type=Path, default=ROOT / ".build/release/runegate", metavar="FILE")
    parser.add_argument("--peers-only", action="store_true", help="leave Runegate out")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=6, help="of load in each round of requests")
    parser.add_argument("--stream-bytes", type=int, default=4_000_000_000, help="in each round of streams")
    parser.add_argument("--sockets", type=int, default=9_000)
    parser.add_argument("--quick", action="store_true", help="one short round: does it run, not how fast")
    parser.add_argument("--write", action="store_true", help="also write docs/BENCHMARKS.md")
    options = parser.parse_args(arguments)
    unknown = [part for part in options.parts if part not in parts]
    if unknown:
        parser.error(f"no such part: {', '.join(unknown)} ({', '.join(parts)})")
    options.parts = options.parts or parts
    if options.quick:
        options.rounds, options.seconds, options.stream_bytes, options.sockets = 1, 2, 400_000_000, 500
    if options.peers_only:
        options.runegate = None
    elif not options.runegate.is_file():
        parser.error(f"{options.runegate} is not there; `make release` builds it, --peers-only leaves it out")
    else:
        options.runegate = options.runegate.resolve()
    return options


def main() -> int:
    options = parse(sys.argv[1:])
    facts = surroundings(options.runegate)
    with tempfile.TemporaryDirectory(prefix="runegate-bench-") as directory:
        bench = Bench(options, Path(directory))
        try:
            for part in options.parts:
                print(f"== {part}", flush=True)
                getattr(bench, part)()
        except BenchmarkError as error:
            print(f"bench: {error}", file=sys.stderr)
            return 2
    print("\n" + as_table(bench.rows) + "\n\n" + "\n".join(facts))
    if options.write:
        (ROOT / "docs" / "BENCHMARKS.md").write_text(document(bench.rows, facts, options))
    return 1 if any(row.verdict == "MISSED" for row in bench.rows) else 0


if __name__ == "__main__":
    sys.exit(main())
