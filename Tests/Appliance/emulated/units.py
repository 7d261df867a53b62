"""What the kernel says of the services that run on a machine."""

import re
from dataclasses import dataclass

from .computer import Computer

CAP_NET_ADMIN = 1 << 12
#: Each service's user, and all that its processes may ever be able to do.
GATEWAY = {
    "runegate.service": ("runegate", 0),
    "runegate-mailer.service": ("runegate-mail", 0),
    "runegate-wireguard.service": ("runegate-wg", CAP_NET_ADMIN),
}
RATHOLE = {"rathole.service": ("rathole", 0)}


@dataclass(frozen=True)
class Confinement:
    """What a service's main process may not do, as /proc tells."""

    user: str
    capabilities: int
    gains_no_privileges: bool
    is_filtered: bool
    #: Which of its namespaces are not those of process 1.
    own_namespaces: frozenset[str]


def confinement(machine: Computer, unit: str) -> Confinement:
    main = machine.run("systemctl", "show", "--property=MainPID", "--value", unit).stdout.strip()
    assert main != "0", f"{unit} does not run"
    status = machine.run("cat", f"/proc/{main}/status").stdout
    told = dict(re.findall(r"^(\w+):\s*(.*)$", status, re.MULTILINE))
    names = "mnt ipc uts user"
    links = machine.run("sh", "-c", f"for name in {names}; do readlink /proc/1/ns/$name /proc/{main}/ns/$name; done")
    pairs = zip(*[iter(links.stdout.split())] * 2, strict=True)
    return Confinement(
        user=machine.run("id", "--user", "--name", told["Uid"].split()[0]).stdout.strip(),
        capabilities=int(told["CapBnd"], 16) | int(told["CapEff"], 16),
        gains_no_privileges=told["NoNewPrivs"] == "1",
        is_filtered=told["Seccomp"] == "2",
        own_namespaces=frozenset(own.partition(":")[0] for ours, own in pairs if ours != own),
    )


def check_sandboxes(machine: Computer, services: dict[str, tuple[str, int]]) -> None:
    for unit, (user, capabilities) in services.items():
        found = confinement(machine, unit)
        # A capability would be void in a user namespace of the service's own.
        namespaces = {"mnt", "ipc", "uts"} | (set() if capabilities else {"user"})
        assert found == Confinement(user, capabilities, True, True, frozenset(namespaces)), unit


def check_units(machine: Computer, *units: str) -> None:
    """Everything is up, nothing has failed."""
    assert machine.wait_until_running() == "running", failed_units(machine)
    assert failed_units(machine) == ""
    states = machine.run("systemctl", "is-active", *units, check=False).stdout.split()
    assert dict(zip(units, states, strict=True)) == dict.fromkeys(units, "active")


def failed_units(machine: Computer) -> str:
    return machine.run("systemctl", "--failed", "--no-legend", "--plain").stdout.strip()


def reaches(machine: Computer, unit: str, address: str, port: int) -> bool:
    """Whether a process gets through from where the unit's own are: its user, its control group and address filter."""
    group = machine.run("systemctl", "show", "--property=ControlGroup", "--value", unit).stdout.strip()
    user = machine.run("systemctl", "show", "--property=User", "--value", unit).stdout.strip()
    program = f"import socket; socket.create_connection(({address!r}, {port}), 4)"
    move = (
        'echo $$ >/sys/fs/cgroup$0/cgroup.procs && exec setpriv --reuid=$1 --regid=$1 --clear-groups python3 -c "$2"'
    )
    return machine.run("sh", "-c", move, group, user, program, check=False).returncode == 0
