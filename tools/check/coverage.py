"""Prints the line coverage of each module of Sources/ from llvm-cov's JSON report (first argument)."""

import collections
import json
import sys

lines: dict[str, list[int]] = collections.defaultdict(lambda: [0, 0])
with open(sys.argv[1], encoding="utf-8") as report:
    for file in json.load(report)["data"][0]["files"]:
        _, found, path = file["filename"].partition("/Sources/")
        if not found or "/.build/" in file["filename"]:
            continue
        summary = file["summary"]["lines"]
        for key in (path.split("/")[0], "all"):
            lines[key][0] += summary["covered"]
            lines[key][1] += summary["count"]

for module, (covered, count) in sorted(lines.items(), key=lambda item: (item[0] == "all", item[0])):
    print(f"{module:20} {covered:6} of {count:6} lines  {100 * covered / max(count, 1):5.1f} %")
