"""Shows where the gateway spends its CPU under one kind of load.

Takes samples with `perf` where it may, the kernel's part included; otherwise (or with --callgrind) counts instructions
with valgrind on a short run, which sees the program's own part only and does not see its start.
"""

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import bench
from harness import proxies, requests, streams
from harness.process import BenchmarkError, Process

_SAMPLES_PER_SECOND = 1999
_ROWS = 60


def loads(seconds: int) -> dict[str, tuple[str, Callable[[proxies.Proxy], object]]]:
    """The application each kind of load needs, and what drives it."""
    gigabytes = seconds * streams.GIGABYTE
    return {
        "requests": ("pages", lambda proxy: requests.microseconds_per_request(proxy, requests.Load(200, 0, seconds))),
        "paced": ("pages", lambda proxy: requests.microseconds_per_request(proxy, requests.Load(200, 25, seconds))),
        "download": ("streams", lambda proxy: streams.seconds_per_gigabyte_down(proxy, gigabytes)),
        "upload": ("streams", lambda proxy: streams.seconds_per_gigabyte_up(proxy, gigabytes)),
    }


def sampled(proxy: proxies.Proxy, drive: Callable[[proxies.Proxy], object], seconds: int, data: Path) -> str:
    """The report of `perf` on the proxy while it is driven: by symbol, then the callers of each."""
    recorder = Process("perf", ["perf", "record", "--quiet", "--freq", str(_SAMPLES_PER_SECOND), "--call-graph", "fp",
                                "--pid", str(proxy.process.pid), "--output", str(data), "sleep", str(seconds + 1)],
                       data.parent)
    with recorder:
        print(f"{drive(proxy):.2f} by the load's own measure")
        recorder.wait(seconds + 10)
    common = ["perf", "report", "--input", str(data), "--stdio", "--percent-limit", "0.4"]
    by_self = _output([*common, "--no-children", "--call-graph", "none", "--sort", "dso,symbol"])
    with_callees = _output([*common, "--children", "--call-graph", "none", "--sort", "symbol"])
    return "# own time\n" + _shortened(by_self) + "\n# with what it calls\n" + _shortened(with_callees)


def counted(program: Path, directory: Path, kind: str, drive: Callable[[proxies.Proxy], object]) -> str:
    """The report of callgrind on a gateway that ran under it."""
    data = directory / "callgrind.out"
    # Debian's valgrind gives up on the debug information that Swift writes; symbols are enough.
    lean = directory / "runegate-without-debug-information"
    subprocess.run(["strip", "--strip-debug", "-o", str(lean), str(program)], check=True)
    gateway = proxies.Runegate(lean, directory, [
        "valgrind", "--tool=callgrind", "--instr-atstart=no", f"--callgrind-out-file={data}"])
    run = bench.Bench(argparse.Namespace(runegate=lean), directory)
    with run.origin(kind) as origin_port:
        proxy = gateway.proxy(origin_port, 1, bench.ALL_CORES)
        with proxy.process:
            # Not the start: looking up types there would hide what a request costs.
            subprocess.run(["callgrind_control", "-i", "on", str(proxy.process.pid)], stdout=subprocess.DEVNULL,
                           stderr=subprocess.DEVNULL, check=True)
            drive(proxy)
    return _shortened(_output(["callgrind_annotate", "--threshold=90", str(data)]))


def _output(command: list[str]) -> str:
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=True).stdout


def _shortened(report: str) -> str:
    """The first rows, with Swift's names as they are written in source."""
    rows = [line for line in report.splitlines() if line.strip() and not line.startswith("#")][:_ROWS]
    # perf pads its columns and ends each row with two empty ones.
    rows = [re.sub(r"  +", "  ", line.rstrip(" -")) for line in rows]
    demangled = subprocess.run(["swift", "demangle", "--simplified"], input="\n".join(rows), stdout=subprocess.PIPE,
                               text=True, check=True)
    return demangled.stdout


def main() -> int:
    kinds = loads(1)
    parser = argparse.ArgumentParser(prog="Benchmarks/profile.sh", description=__doc__)
    parser.add_argument("load", choices=kinds, nargs="?", default="requests")
    parser.add_argument("--runegate", type=Path, default=bench.ROOT / ".build/release/runegate", metavar="FILE")
    parser.add_argument("--seconds", type=int, default=8)
    parser.add_argument("--callgrind", action="store_true")
    parser.add_argument("--keep", type=Path, metavar="FILE", help="keep perf's data here")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="runegate-profile-") as name:
        directory = Path(name)
        try:
            if options.callgrind or not _perf_works(directory):
                if shutil.which("valgrind") is None:
                    raise BenchmarkError("neither perf nor valgrind can be used; apt-get install linux-perf")
                kind, drive = loads(1)[options.load]
                print(counted(options.runegate.resolve(), directory, kind, drive))
                return 0
            kind, drive = loads(options.seconds)[options.load]
            run = bench.Bench(argparse.Namespace(runegate=options.runegate.resolve()), directory)
            data = (options.keep or directory / "perf.data").resolve()
            with run.origin(kind) as origin_port, run.proxy("runegate", origin_port, 1) as proxy:
                print(sampled(proxy, drive, options.seconds, data))
        except BenchmarkError as error:
            print(f"profile: {error}", file=sys.stderr)
            return 2
    return 0


def _perf_works(directory: Path) -> bool:
    """Whether perf is here and the kernel lets us use it."""
    try:
        command = ["perf", "record", "--quiet", "--output", str(directory / "trial"), "true"]
        return subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False).returncode == 0
    except FileNotFoundError:
        return False


if __name__ == "__main__":
    sys.exit(main())
