"""Every odd character in every answer, through the real program, read back by parsers that are not ours.

Rendering alone is tried with thousands of answers in `EscapeTests.swift`.
"""

import os
import subprocess
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from provisioned import Tree

# What ends a quote, a line, a block or a comment somewhere, expands in some shell, or only looks like something else.
ODD = [
    "'`id`", "'$(id)\\", '"', "'", "\\", "$", "`", ";", "{", "}", "#", "%h", "\n", "\r", "\t", "\0", "\x1b[2J", "\x7f", ",", "=",
    '"""', "\\u0000", "<>&|!*?()[]~^", "é", "e\u0301", "日本👩\u200d💻", "\u202e", "\u2028", "\u0085", "\ufeff", "\uff45\u212a",
    "\u00a0", "location / {", "[Peer]", "ExecStart=/bin/sh", "drop; }", "@", "-- -x",
]  # fmt: skip
TEXTS = ("brand_name", "mail_sender_name", "mail_subject", "smtp_user", "smtp_password")
# Answers that stand in some file without quotes, with one that would be right.
WORDS = {
    "domain": "app{}.example.com", "allow_domain": "example{}.com", "endpoint": "vps{}.example.com",
    "contact": "me{}@example.com",
    "app_port": "78{}60", "wireguard_port": "518{}20", "rathole_port": "23{}33", "tunnel_network": "10.0.{}0.0/24",
    "rathole": "/opt/rat{}hole", "smtp_ca_file": "/etc/mail{}.pem", "smtp_host": "mail{}.example.com", "smtp_port": "58{}7",
    "mtu": "14{}20", "allow": "you{}@example.com", "mail_from": "gate{}@example.com",
}  # fmt: skip
# Some of these marks may stand there, and letters of all scripts in a name.
HARMLESS = set("-:@/.,= ")


def toml(answers: dict[str, str]) -> str:
    return "".join(f"{key} = {basic(value)}\n" for key, value in answers.items())


def basic(text: str) -> str:
    """A TOML string in which every odd character is escaped."""
    return '"' + "".join(c if c.isascii() and c.isalnum() else f"\\U{ord(c):08X}" for c in text) + '"'


def provision(program: Path, root: Path, answers: dict[str, str]) -> tuple[Tree, int, str]:
    root.mkdir(mode=0o755)
    tree = Tree(program, root)
    running = subprocess.run(
        [program, "provision", "vps", "--root", root, "--answers", "-"], input=toml(answers), capture_output=True,
        text=True, timeout=60, env=os.environ | {"SWIFT_BACKTRACE": "enable=no"},
    )  # fmt: skip
    return tree, running.returncode, running.stderr


def texts(odd: str) -> dict[str, str]:
    return {
        "domain": "app.example.com", "allow": "you@example.com", "smtp_host": "mail.example.com",
        **{key: f"a{odd}b" for key in TEXTS},
    }  # fmt: skip


def sourced(path: Path) -> dict[str, str]:
    """The settings as a shell takes them that reads the file, which is how some will look at them."""
    said = subprocess.run(
        ["env", "-i", "bash", "-c", 'set -aeu; . "$0"; exec env -0', path], capture_output=True, text=True, check=True
    ).stdout
    return dict(line.split("=", 1) for line in said.split("\0") if "=" in line)


def try_texts(program: Path, root: Path, odd: str) -> str | None:
    """What is wrong with free texts that hold it; nil when they are refused or come back as they are."""
    tree, status, said = provision(program, root, texts(odd))
    if status == 64:
        is_told = odd == "\0" or all(key.replace("_", "-") in said for key in TEXTS if key != "smtp_password")
        return None if tree.files() == {} and is_told and "Nothing was changed." in said else f"half refused: {said}"
    if status != 0:
        return f"exit status {status}: {said}"
    want = f"a{odd}b"
    account = tomllib.loads(tree.path("etc/runegate/config/email.toml").read_text())
    if (account["smtp_user"], account["smtp_pass"], account["subject"]) != (want, want, want):
        return f"email.toml says {account}"
    if account["from_address"].rsplit(" <", 1)[0] != want:
        return f"email.toml says {account['from_address']}"
    settings = sourced(tree.path("etc/runegate/runegate.env"))
    if settings["RUNEGATE_BRAND_NAME"] != want:
        return f"runegate.env says {settings['RUNEGATE_BRAND_NAME']!r}"
    return None


def try_words(program: Path, root: Path, odd: str) -> str | None:
    """Answers that no file quotes are refused, each by its name."""
    answers = {key: value.format(odd) for key, value in WORDS.items()}
    tree, status, said = provision(program, root, answers)
    if status != 64 or tree.files():
        return f"exit status {status}: {said}"
    # An address may hold more, and a list is split at its commas.
    lenient = {"contact", "allow", "mail_from"}
    taken = [key for key in WORDS if key not in lenient and key.replace("_", "-") not in said and key not in said]
    is_harmless = odd == "\0" or all(character in HARMLESS or character.isalnum() for character in odd)
    return f"taken: {taken}" if taken and not is_harmless else None


@pytest.mark.parametrize("attempt", [try_texts, try_words])
def test_no_answer_breaks_out_of_its_place(runegate: Path, tmp_path: Path, attempt: object) -> None:
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        tried = [pool.submit(attempt, runegate, tmp_path / f"{number}", odd) for number, odd in enumerate(ODD)]
        wrong = [f"{odd!r}: {problem}" for odd, each in zip(ODD, tried, strict=True) if (problem := each.result())]
    assert not wrong, "\n".join(wrong)
