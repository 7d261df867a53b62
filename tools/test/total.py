"""Adds up the results of several test runs (JUnit XML) and prints them as one line: `N passed, N failed`.

A report that is missing or unreadable counts as one failure: its run broke off. Exits 1 unless every test passed
and there was at least one.
"""

import sys
import xml.etree.ElementTree as ElementTree


def count(path: str) -> tuple[int, int, int]:
    """How many tests of one report passed, failed and were skipped."""
    passed = failed = skipped = 0
    try:
        cases = list(ElementTree.parse(path).getroot().iter("testcase"))
    except (OSError, ElementTree.ParseError):
        print(f"total: no report in {path}", file=sys.stderr)
        return 0, 1, 0
    for case in cases:
        outcomes = {child.tag for child in case}
        if outcomes & {"failure", "error"}:
            failed += 1
        elif "skipped" in outcomes:
            skipped += 1
        else:
            passed += 1
    return passed, failed, skipped


passed, failed, skipped = (sum(column) for column in zip(*(count(path) for path in sys.argv[1:]), strict=True))
print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
sys.exit(0 if failed == 0 and passed > 0 else 1)
