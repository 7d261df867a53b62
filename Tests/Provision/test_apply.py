"""`runegate provision vps --root`: a whole set or none, nothing twice, nothing left."""

import json
import stat
from pathlib import Path

import pytest
from provisioned import RECORDS, Tree

FIRST = ("--domain", "app.example.com", "--allow", "you@example.com")


@pytest.fixture
def tree(runegate: Path, tmp_path: Path) -> Tree:
    root = tmp_path / "root"
    root.mkdir(mode=0o755)
    return Tree(runegate, root)


def test_a_second_run_changes_nothing(tree: Tree) -> None:
    tree.provision(*FIRST)
    before = {path: path.stat().st_mtime_ns for path in tree.root.rglob("*")}
    assert "Nothing to change" in tree.provision().stdout
    assert {path: path.stat().st_mtime_ns for path in tree.root.rglob("*")} == before
    assert "Nothing to change" in tree.provision(*FIRST).stdout


def test_without_a_mail_server_none_is_used(tree: Tree) -> None:
    tree.provision(*FIRST)
    assert "RUNEGATE_MAIL_TRANSPORT=none" in tree.path("etc/runegate/runegate.env").read_text().replace('"', "")


def test_secrets_are_only_where_only_root_reads(tree: Tree, tmp_path: Path) -> None:
    password = tmp_path / "password"
    password.write_text("correct horse $battery\n")
    words = ("--smtp-host", "mail.example.com", "--smtp-user", "me", "--smtp-password-file", str(password))
    tree.provision(*FIRST)
    told = tree.provision("--dry-run", *words)
    done = tree.provision(*words)
    secrets = ["correct horse", tree.path("etc/runegate/credentials/session-key").read_text()]
    for secret in secrets:
        assert secret not in told.stdout + told.stderr + done.stdout + done.stderr
    for path in filter(Path.is_file, tree.root.rglob("*")):
        if any(secret in path.read_text() for secret in secrets):
            assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path


def test_verify_finds_one_flipped_byte(tree: Tree) -> None:
    tree.provision(*FIRST)
    assert tree.run("--verify").returncode == 0
    manifest = json.loads(tree.path(f"{RECORDS}/manifest.json").read_text())
    for name, entry in manifest["files"].items():
        path = tree.path(name)
        whole = path.read_bytes()
        if "sha256" not in entry or not whole or name.endswith("state.json"):
            continue
        path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
        found = tree.run("--verify", "--json")
        assert found.returncode == 2
        assert [each["path"] for each in json.loads(found.stdout)] == [name]
        path.write_bytes(whole)


def test_verify_finds_a_wrong_mode(tree: Tree) -> None:
    tree.provision(*FIRST)
    tree.path("etc/wireguard/wg0.conf").chmod(0o644)
    assert tree.run("--verify").returncode == 2
    tree.provision()
    assert stat.S_IMODE(tree.path("etc/wireguard/wg0.conf").stat().st_mode) == 0o600


def test_uninstall_leaves_nothing(tree: Tree) -> None:
    tree.provision(*FIRST)
    tree.provision("--domain", "other.example.com", "--brand-name", "Ours")
    assert tree.run("--uninstall").returncode == 0
    assert tree.files() == {}
    again = tree.run("--uninstall")
    assert again.returncode == 0
    assert "Nothing of" in again.stdout
    assert tree.files() == {}


def test_uninstall_gives_back_what_gave_way(tree: Tree) -> None:
    theirs = tree.path("etc/wireguard/wg0.conf")
    theirs.parent.mkdir(parents=True)
    theirs.write_text("[Interface]\n")
    refused = tree.run(*FIRST)
    assert refused.returncode == 1
    assert "/etc/wireguard/wg0.conf" in refused.stderr
    before = tree.files()
    tree.provision(*FIRST, "--take-over")
    assert theirs.read_text() != "[Interface]\n"
    assert tree.run("--uninstall").returncode == 0
    assert tree.files() == before


@pytest.mark.parametrize(
    "planted",
    [
        "etc/runegate",
        "etc/runegate/provision",
        "etc/runegate/runegate.env",
        "etc/wireguard/wg0.conf",
        "etc/systemd/system",
    ],
)
def test_a_planted_symbolic_link_is_refused(tree: Tree, tmp_path: Path, planted: str) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    target = elsewhere / "file"
    target.write_text("untouched")
    link = tree.path(planted)
    link.parent.mkdir(parents=True)
    link.symlink_to(target if link.suffix else elsewhere)
    refused = tree.run(*FIRST)
    assert refused.returncode == 1
    assert "symbolic link" in refused.stderr
    assert link.is_symlink()
    assert [path.name for path in elsewhere.iterdir()] == ["file"]
    assert target.read_text() == "untouched"


@pytest.mark.parametrize(
    "words",
    [
        ("--domain", "a b"), ("--domain", "x;y.example.com"), ("--domain", "$(id).example.com"), ("--domain", "a\nb.com"),
        ("--domain", "localhost"), ("--domain", "192.0.2.1"), ("--allow", "nobody"), ("--allow", 'a"b@example.com}'),
        ("--endpoint", "a b"), ("--app-port", "0"), ("--app-port", "x"), ("--tunnel-network", "8.8.8.0/24"),
        ("--rathole", "relative/rathole"), ("--rathole", "/opt/a b"), ("--brand-name", "a\nb"), ("--rathole-port", "443"),
    ],
)  # fmt: skip
def test_a_wrong_answer_is_told_and_nothing_is_written(tree: Tree, words: tuple[str, ...]) -> None:
    given = dict(zip(FIRST[::2], FIRST[1::2], strict=True)) | {words[0]: words[1]}
    done = tree.run(*(word for pair in given.items() for word in pair))
    assert done.returncode == 64, done.stdout
    assert words[0].lstrip("-") in done.stderr
    assert "expected" in done.stderr
    assert "\n" in done.stderr and "b.com\n" not in done.stderr.removesuffix("\n")
    assert tree.files() == {}


def test_odd_characters_in_a_text_answer_go_in_and_come_back(tree: Tree, tmp_path: Path) -> None:
    password = tmp_path / "password"
    password.write_text("a\"b'c\\d$e;f}g%h#é\n")
    tree.provision(
        *FIRST, "--brand-name", "Zoë's \"box\" $HOME; } # 100%", "--smtp-host", "mail.example.com", "--smtp-user", "o'b",
        "--smtp-password-file", str(password),
    )  # fmt: skip
    assert "Nothing to change" in tree.provision().stdout
    assert tree.run("--verify").returncode == 0


def test_an_answers_file_says_what_flags_would(tree: Tree, tmp_path: Path) -> None:
    answers = tmp_path / "answers.toml"
    answers.write_text('domain = "app.example.com"\nallow = ["you@example.com", "me@example.com"]\napp_port = 8188\n')
    tree.provision("--answers", str(answers))
    assert "Nothing to change" in tree.provision("--answers", str(answers)).stdout
    answers.write_text('domain = "app.example.com"\nallowed = "x"\n')
    wrong = tree.run("--answers", str(answers))
    assert wrong.returncode == 64
    assert "answers.toml:2:1" in wrong.stderr


@pytest.mark.parametrize(("what", "name"), [("session", "session-key"), ("jwt", "jwt-secret")])
def test_rotation_keeps_the_old_key_for_what_it_signed(tree: Tree, what: str, name: str) -> None:
    tree.provision(*FIRST)
    key = tree.path(f"etc/runegate/credentials/{name}")
    old = key.read_text()
    tree.provision("--rotate", what)
    assert key.read_text() != old
    assert tree.path(f"etc/runegate/credentials/{name}-previous").read_text() == old
    assert "Nothing to change" in tree.provision().stdout


def test_status_says_what_is_there(tree: Tree) -> None:
    assert tree.run(verb="status").returncode == 1
    tree.provision(*FIRST)
    status = tree.run("--json", verb="status")
    assert status.returncode == 0
    assert json.loads(status.stdout)["generation"] == 1
