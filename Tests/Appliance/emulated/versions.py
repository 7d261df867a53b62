"""What ran, for the page."""

from .computer import Computer


def versions(machine: Computer, rathole: str) -> dict[str, str]:
    def first_line(*command: str) -> str:
        done = machine.run(*command)
        return (done.stdout + done.stderr).splitlines()[0]

    return {
        "Debian": first_line("cat", "/etc/debian_version"),
        "kernel": first_line("uname", "-r"),
        "systemd": first_line("systemctl", "--version").split()[1],
        "nginx": first_line("nginx", "-v").rpartition("/")[2],
        "nftables": first_line("nft", "--version").split()[1],
        "wireguard-tools": first_line("wg", "--version").split()[1],
        "runegate": first_line("runegate", "--version"),
        "rathole:": rathole,
    }
