"""Writes tools/build/start-order.txt: the functions that the program runs from its start until it rests.

That is what a gateway with two tunnels does while nobody is there: it starts, answers once, and goes on asking over both.

The release is linked with those side by side. The kernel maps a program in windows of 64 KiB around each page that is
touched; functions strewn over 20 MiB of libraries would bring in most of it. A name that is gone is skipped, and a
function that is missing only stays where it was: write the list anew for another compiler, or when the start has changed.
"""

import contextlib
import http.server
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from harness import idle
from harness.process import BenchmarkError, free_port
from harness.proxies import Runegate

ROOT = Path(__file__).parent.parent
LIST = ROOT / "tools" / "build" / "start-order.txt"
_LONGEST_SECONDS = 180
# Long enough for a few probes of each kind under valgrind.
_RESTING_SECONDS = 40
# VMA, LMA, size and alignment; then an output section, an input section further in, a symbol further in still.
_MAP_LINE = re.compile(r" *[0-9a-f]+ +[0-9a-f]+ +[0-9a-f]+ +\d+ ( *)(\S.*)")


def linked_with_map(directory: Path) -> tuple[Path, Path]:
    """Links the release; returns a copy without debug information, which Debian's valgrind cannot read, and the map."""
    link_map = directory / "map"
    subprocess.run(
        ["swift", "build", "--configuration", "release", "--static-swift-stdlib", "--product", "runegate",
         "-Xlinker", f"-Map={link_map}", "-Xlinker", "--no-demangle"],
        cwd=ROOT, check=True)
    lean = directory / "runegate"
    subprocess.run(["strip", "--strip-debug", "-o", str(lean), str(ROOT / ".build/release/runegate")], check=True)
    return lean, link_map


class _App(http.server.BaseHTTPRequestHandler):
    """Answers what probes ask."""

    protocol_version = "HTTP/1.1"

    def do_HEAD(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_) -> None:
        pass


@contextlib.contextmanager
def app() -> Iterator[int]:
    """A port where the app answers."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _App) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


def functions_run(program: Path, directory: Path) -> Iterator[str]:
    """The mangled names of what `program` runs until it has rested for a while and is stopped."""
    calls = directory / "calls"
    valgrind = ["valgrind", "--tool=callgrind", "--demangle=no", "--compress-strings=no", f"--callgrind-out-file={calls}"]
    port = free_port()
    with app() as origin:
        tunnels = {
            "RUNEGATE_WIREGUARD_TARGET": f"http://127.0.0.1:{origin}", "RUNEGATE_WIREGUARD_INTERFACE": "",
            "RUNEGATE_RATHOLE_TARGET": f"http://localhost:{origin}",
        }
        with Runegate(program, directory, valgrind, tunnels).spawn(port, origin, workers=None) as process:
            process.wait_until_listening(port, _LONGEST_SECONDS)
            idle.await_health(process, port, _LONGEST_SECONDS)
            time.sleep(_RESTING_SECONDS)
    is_ours = False
    for line in calls.read_text(errors="replace").splitlines():
        key, _, value = line.partition("=")
        if key == "ob":
            is_ours = value == str(program)
        elif key == "fn" and is_ours:
            # A recursion's depth.
            yield re.sub(r"'\d+$", "", value)


def section_of_function(link_map: Path) -> dict[str, str]:
    """The input section that holds each function."""
    sections: dict[str, str] = {}
    output = section = ""
    for line in link_map.read_text().splitlines():
        found = _MAP_LINE.fullmatch(line)
        if found is None:
            continue
        indentation, text = len(found[1]), found[2]
        if indentation == 0:
            output = text
        elif indentation == 8:
            section = text
        elif output == ".text":
            sections[text] = section
    return sections


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="runegate-start-order-") as name:
        directory = Path(name)
        try:
            program, link_map = linked_with_map(directory)
            sections = section_of_function(link_map)
            # The linker moves whole sections: one function of each is enough.
            chosen: dict[str, str] = {}
            for function in functions_run(program, directory):
                if function in sections:
                    chosen.setdefault(sections[function], function)
        except BenchmarkError as error:
            print(f"start-order: {error}", file=sys.stderr)
            return 2
    LIST.write_text("".join(f"{function}\n" for function in sorted(chosen.values())))
    print(f"{len(chosen)} functions in {LIST.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
