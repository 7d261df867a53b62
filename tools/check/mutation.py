"""Changes one decision of the security core at a time and runs the unit tests: a change that they let pass is a hole.

    tools/check/mutation.py                   30 changes, drawn by chance, the same ones each day
    tools/check/mutation.py --count 100       more of them
    tools/check/mutation.py --seed 7          others
    tools/check/mutation.py --only LinkToken  of the files with this in their path

It works on a copy below .build/mutation, with a build folder of its own. A change that does not compile does not count.
Exits with 1 when fewer than 85 of 100 changes were noticed.
"""

import argparse
import random
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PLACE = ROOT / ".build" / "mutation"
TREE, BUILD = PLACE / "tree", PLACE / "build"
BAR = 0.85

#: What decides who gets in and what passes, and the tests that are there for it.
CORE = {
    "Sources/Identity/*.swift": "IdentityTests",
    "Sources/Gateway/Edge/RequestGuard.swift": "GatewayTests",
    "Sources/Gateway/Edge/Head*.swift": "GatewayTests",
    "Sources/Gateway/Edge/F*.swift": "GatewayTests",
    "Sources/Gateway/Edge/ChunkedReader.swift": "GatewayTests",
    "Sources/Gateway/Edge/ReservedPath.swift": "GatewayTests",
    "Sources/Gateway/Proxy/HopByHop.swift": "GatewayTests",
    "Sources/Gateway/Proxy/Re*.swift": "GatewayTests",
    "Sources/TunnelSupervisor/Machine/*.swift": "TunnelSupervisorTests",
    "Sources/Provision/Join/Code/*.swift": "ProvisionTests",
    "Sources/Provision/Join/Exchange/*.swift": "ProvisionTests",
    "Sources/Provision/Join/Server/*.swift": "ProvisionTests",
}
#: A decision turned over, or moved by one.
TURNS = [(" == ", " != "), (" != ", " == "), (" < ", " <= "), (" <= ", " < "), (" > ", " >= "), (" >= ", " > ")]
TURNS += [(" && ", " || "), (" || ", " && "), ("return true", "return false"), ("return false", "return true")]
TURNS += [("guard !", "guard "), ("if !", "if "), (" + 1", " + 2"), (" - 1", " - 2")]
#: Where a turn says nothing: comments, declarations of operators, texts, conditions of compilation.
SILENT = re.compile(r"^\s*(//|#|static func|func [<>=])|precondition|assert|logger\.")


@dataclass(frozen=True)
class Change:
    path: Path
    tests: str
    line: int
    column: int
    old: str
    new: str

    def apply(self) -> str:
        """Makes the change in the copy; returns what the file held."""
        file = TREE / self.path
        text = file.read_text()
        lines = text.splitlines(keepends=True)
        line = lines[self.line]
        lines[self.line] = line[: self.column] + self.new + line[self.column + len(self.old) :]
        file.write_text("".join(lines))
        return text

    def __str__(self) -> str:
        return f"{self.path}:{self.line + 1}:{self.column + 1} '{self.new.strip()}' for '{self.old.strip()}'"


def changes(only: str) -> list[Change]:
    found = []
    for pattern, tests in CORE.items():
        for file in sorted(ROOT.glob(pattern)):
            path = file.relative_to(ROOT)
            if only in str(path):
                found += _changes_of(path, tests)
    return found


def _changes_of(path: Path, tests: str) -> list[Change]:
    found = []
    for number, line in enumerate((ROOT / path).read_text().splitlines()):
        if SILENT.search(line):
            continue
        # What stands in quotes is text.
        code = re.sub(r'"[^"]*"', lambda quoted: '"' * len(quoted[0]), line.split("//")[0])
        for old, new in TURNS:
            found += [Change(path, tests, number, at.start(), old, new) for at in re.finditer(re.escape(old), code)]
    return found


def lay_tree() -> None:
    """Copies what is built; a build folder from before stays warm."""
    PLACE.mkdir(parents=True, exist_ok=True)
    for name in ("Sources", "Tests", "Fuzz"):
        shutil.rmtree(TREE / name, ignore_errors=True)
        shutil.copytree(ROOT / name, TREE / name, symlinks=True)
    for name in ("Package.swift", ".swift-format"):
        shutil.copy2(ROOT / name, TREE / name)


def swift(*words: str, seconds: int) -> subprocess.CompletedProcess[str] | None:
    """Nil when it did not come to its end: an endless loop is noticed, too."""
    command = ["swift", words[0], "--package-path", TREE, "--scratch-path", BUILD, *words[1:]]
    try:
        return subprocess.run(command, capture_output=True, text=True, timeout=seconds)
    except subprocess.TimeoutExpired:
        return None


def test(tests: str) -> bool:
    done = swift("test", "--skip-build", "--disable-xctest", "--filter", tests, seconds=300)
    return done is not None and done.returncode == 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=30)
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--only", default="")
    options = parser.parse_args()

    lay_tree()
    built = swift("build", "--build-tests", seconds=3000)
    if built is None or built.returncode:
        print("mutation: the copy does not build", built.stdout[-2000:] if built else "", file=sys.stderr)
        return 1
    candidates = changes(options.only)
    random.Random(options.seed).shuffle(candidates)
    for tests in sorted({change.tests for change in candidates[: 2 * options.count]}):
        if not test(tests):
            print(f"mutation: {tests} fail before anything was changed", file=sys.stderr)
            return 1

    print(f"{len(candidates)} decisions can be turned; {options.count} are tried")
    noticed, missed = 0, []
    for change in candidates:
        if noticed + len(missed) == options.count:
            break
        before = change.apply()
        built = swift("build", "--build-tests", seconds=1500)
        if built is not None and built.returncode == 0:
            if test(change.tests):
                missed.append(change)
            else:
                noticed += 1
            print(f"{'MISSED ' if missed and missed[-1] is change else 'noticed'} {change}", flush=True)
        (TREE / change.path).write_text(before)
    tried = noticed + len(missed)
    print(f"{noticed} of {tried} changes were noticed ({100 * noticed / max(tried, 1):.0f} %; bar {100 * BAR:.0f} %)")
    return 0 if tried and noticed >= BAR * tried else 1


if __name__ == "__main__":
    sys.exit(main())
