"""The manual page and the completions know every verb and option that the program has."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from machines.rendered import ROOT

# Of the parser's own making, and explained once for all verbs.
COMMON = {"--help", "--version"}


def verbs(command: dict, above: tuple[str, ...] = ()) -> dict[tuple[str, ...], set[str]]:
    """The long options by the verb that takes them."""
    name = (*above, command["commandName"])
    found = {name: set()}
    for argument in command.get("arguments", []):
        if argument.get("shouldDisplay", True):
            found[name] |= {f"--{each['name']}" for each in argument.get("names", []) if each["kind"] == "long"}
    for inner in command.get("subcommands", []):
        if inner.get("shouldDisplay", True):
            found |= verbs(inner, name)
    return found


@pytest.fixture(scope="module")
def program(runegate: Path) -> dict[tuple[str, ...], set[str]]:
    told = subprocess.run([runegate, "--experimental-dump-help"], capture_output=True, text=True, check=True).stdout
    return verbs(json.loads(told)["command"])


def test_the_manual_names_every_verb_and_option(program: dict[tuple[str, ...], set[str]]) -> None:
    source = (ROOT / "docs/man/runegate.1").read_text()
    text = re.sub(r"\\f[A-Z]", "", source.replace("\\-", "-")).replace('"', "")
    missing = [option for options in program.values() for option in options - COMMON if option not in text]
    for verb in program:
        words = [word for word in verb[1:] if word != "help"]
        missing += [" ".join(verb) for word in words if not re.search(rf"\b{re.escape(word)}\b", text)]
    assert missing == []


def test_the_manual_is_well_formed() -> None:
    done = subprocess.run(
        ["groff", "-man", "-Tutf8", "-ww", "-z", ROOT / "docs/man/runegate.1"], capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_bash_completes_verbs_and_options(runegate: Path) -> None:
    script = subprocess.run(
        [runegate, "--generate-completion-script", "bash"], capture_output=True, text=True, check=True
    ).stdout
    for line, expected in (("runegate prov", "provision"), ("runegate provision vps --dom", "--domain")):
        words = " ".join(f"'{word}'" for word in line.split())
        asked = (
            f"shopt -s extglob\n{script}\nCOMP_WORDS=({words}) COMP_CWORD={len(line.split()) - 1} COMP_LINE='{line}'\n"
            f'COMP_POINT=${{#COMP_LINE}}\n_runegate runegate {line.split()[-1]} {line.split()[-2]}\necho "${{COMPREPLY[@]}}"'
        )
        done = subprocess.run(["bash", "-c", asked], capture_output=True, text=True)
        assert expected in done.stdout.split(), done.stdout + done.stderr
