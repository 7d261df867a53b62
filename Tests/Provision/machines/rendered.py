"""Where the rendered files are, and where they go on a machine."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
UNUSUAL = ROOT / "Tests" / "Provision" / "Rendered"

# The sample folders below deploy/, by the place that their files have on a machine.
FOLDERS = {
    "systemd": "/etc/systemd/system",
    "sysusers.d": "/etc/sysusers.d",
    "sysctl.d": "/etc/sysctl.d",
    "nginx": "/etc/nginx/conf.d",
    "wireguard": "/etc/wireguard",
    "rathole": "/etc/rathole",
    "certbot": "/etc/letsencrypt/renewal-hooks/deploy",
    "runegate": "/etc/runegate",
}


def files(case: str) -> dict[str, bytes]:
    """The files of one machine, by their absolute path: `vps` and `aibox` are the samples."""
    if case not in ("vps", "aibox"):
        tree = UNUSUAL / case
        return {f"/{path.relative_to(tree)}": path.read_bytes() for path in tree.rglob("*") if path.is_file()}
    found = {}
    for folder, place in FOLDERS.items():
        source = ROOT / "deploy" / folder
        for path in source.rglob("*"):
            name = path.relative_to(source)
            is_aibox = name.parts[0] == "aibox"
            if path.is_file() and is_aibox == (case == "aibox"):
                found[f"{place}/{name.relative_to('aibox') if is_aibox else name}"] = path.read_bytes()
    return found


CASES = ["vps", "aibox", *sorted(path.name for path in UNUSUAL.iterdir())]
VPS = [case for case in CASES if case.startswith("vps")]
AIBOX = [case for case in CASES if case.startswith("aibox")]
