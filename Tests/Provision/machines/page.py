"""What was measured of two machines that were set up, as a table and as a page."""

import datetime
import os
import shutil
import subprocess

INTRODUCTION = """\
# What provisioning costs

Two machines are set up with one command each, used, told new keys, verified and cleared again
(`Tests/Provision/test_two_machines.py`). Each is a container with a systemd of its own, so that the units run in their
sandboxes; between them is a router behind which the aibox hides. Real: systemd, nginx, nftables, `wg-quick`, `wireguard-go`.
Stand-ins: certbot with its authority, and Rathole unless there is one. The app listens on 127.0.0.1 alone. Four visitors
go on asking over https while keys change. The machines' packages are installed beforehand.

`make test` prints the table; `RUNEGATE_PROVISIONING_PAGE=1 .build/venv/bin/pytest Tests/Provision/test_two_machines.py` makes
this page anew.
"""

#: What, the figure, and its bar if there is one.
Row = tuple[str, str, str]


def table(rows: list[Row]) -> str:
    lines = [("what", "measured", "bar"), *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(3)]
    text = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |"
        for line in lines
    ]
    text.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(text)


def page(rows: list[Row]) -> str:
    kernel = subprocess.run(["uname", "-sr"], check=True, capture_output=True, text=True).stdout.strip()
    rathole = (
        "Rathole itself" if os.environ.get("RATHOLE") or shutil.which("rathole") else "the stand-in of Rathole 0.5.0"
    )
    build = "debug" if "debug" in os.environ.get("RUNEGATE_BINARY", "release") else "release"
    made = [
        f"Measured on {datetime.date.today():%-d %B %Y}", "Debian 12", f"{os.cpu_count()} cores", f"kernel {kernel}", rathole,
        f"{build} build", f"load average {os.getloadavg()[1]:.1f}",
    ]  # fmt: skip
    return f"{INTRODUCTION}\n{'; '.join(made)}.\n\n{table(rows)}\n"
