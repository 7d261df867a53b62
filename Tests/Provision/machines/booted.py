"""A machine with a systemd of its own as process 1: this system's root below, everything that is written on top."""

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

# In control groups of its own, or two machines would rule each other's services.
KEEPER = """
set -eu
for group in {groups}; do mkdir -p "$group"; echo $$ >"$group/cgroup.procs"; done
mount -t overlay overlay -o "lowerdir=/,upperdir=$1/upper,workdir=$1/work" "$1/root"
shift
exec "$@"
"""

# Nothing that this system starts by itself: a test says what runs.
TARGET = "systemd.unit=basic.target"

# What systemd needs to enforce `IPAddressDeny=` and `IPAddressAllow=`, which are programs in the kernel.
FILTERS = ["--capability=CAP_BPF", "--system-call-filter=bpf"]


class Booted:
    """Runs programs on a machine that really starts its units, in the sandboxes that they ask for.

    It has a network of its own with no way out.
    """

    def __init__(
        self, directory: Path, program: Path, more: dict[str, str] | None = None, binds: list[str] | None = None
    ) -> None:
        self.directory = directory
        self._leader: int | None = None
        self._is_closed = False
        for name in ("upper", "work", "root"):
            (directory / name).mkdir(parents=True)
        self.write("/etc/machine-id", "")
        for path, text in (more or {}).items():
            self.write(path, text)
        if "/opt/swift/" in subprocess.run(["ldd", program], capture_output=True, text=True).stdout:
            # A debug build uses the libraries of the toolchain, which no unit of ours may execute.
            self.write("/etc/systemd/system/service.d/debug-build.conf", "[Service]\nExecPaths=-/opt/swift\n")
        self._groups = [
            hierarchy / f"runegate-{os.getpid()}-{directory.name}"
            for hierarchy in map(Path, ("/sys/fs/cgroup/systemd", "/sys/fs/cgroup/unified", "/sys/fs/cgroup"))
            if (hierarchy / "cgroup.procs").exists()
        ]
        command = [
            "systemd-nspawn", "--quiet", f"--directory={directory}/root", "--machine=machine", "--register=no",
            "--keep-unit", "--private-network", "--link-journal=no", "--resolv-conf=off", "--timezone=off",
            "--console=pipe", *FILTERS, "--bind=/dev/net/tun", f"--bind-ro={program}:/usr/bin/runegate",
            *(f"--bind-ro={bind}" for bind in binds or []), "--boot", TARGET,
        ]  # fmt: skip
        keeper = KEEPER.format(groups=" ".join(f"'{group}'" for group in self._groups))
        self._console = (directory / "console").open("wb")
        self._nspawn = subprocess.Popen(
            ["unshare", "--mount", "bash", "-c", keeper, "keeper", directory, *command],
            stdin=subprocess.DEVNULL, stdout=self._console, stderr=subprocess.STDOUT,
            env=os.environ | {"SYSTEMD_NSPAWN_UNIFIED_HIERARCHY": "1"},
        )  # fmt: skip
        try:
            self._wait_until_started()
        except BaseException:
            self.close()
            raise

    def _wait_until_started(self) -> None:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and self._nspawn.poll() is None:
            self._leader = self._leader or self._find_leader()
            if self._leader and self.run("systemctl", "is-system-running", check=False).stdout in (
                "running\n", "degraded\n",
            ):  # fmt: skip
                return
            time.sleep(0.1)
        raise RuntimeError(f"the machine did not start:\n{(self.directory / 'console').read_text()}")

    def _find_leader(self) -> int | None:
        """Process 1 of the machine, once it is systemd."""
        children = Path(f"/proc/{self._nspawn.pid}/task/{self._nspawn.pid}/children")
        for child in children.read_text().split():
            name = Path(f"/proc/{child}/comm")
            if name.exists() and name.read_text() == "systemd\n":
                return int(child)
        return None

    @property
    def process(self) -> int:
        """Process 1 of the machine, as it is numbered here."""
        assert self._leader
        return self._leader

    def path(self, name: str) -> Path:
        """The file as the system below reaches it."""
        return Path(f"/proc/{self.process}/root{name}")

    def write(self, path: str, text: str, mode: int = 0o644) -> None:
        """Puts a file there, before the machine is started or while it runs."""
        if self._leader:
            self.run("install", "-D", f"--mode={mode:o}", "/dev/stdin", path, input=text)
            return
        file = self.directory / "upper" / path.lstrip("/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        file.chmod(mode)

    def command(self, *command: object) -> list[str]:
        """The command as this machine's root runs it."""
        environment = [
            "env",
            "--ignore-environment",
            "PATH=/usr/sbin:/usr/bin:/sbin:/bin",
            "HOME=/root",
            "LC_ALL=C.UTF-8",
        ]
        return ["nsenter", "--target", str(self._leader), "--all", *environment, *map(str, command)]

    def run(self, *command: object, check: bool = True, **options: object) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(self.command(*command), capture_output=True, text=True, timeout=100, **options)
        assert not check or done.returncode == 0, f"{command}: {done.returncode}\n{done.stdout}{done.stderr}"
        return done

    def on_network(self, *command: object) -> list[str]:
        """The command with this machine's network and the files of the system below."""
        return ["nsenter", "--target", str(self._leader), "--net", *map(str, command)]

    def state(self, unit: str) -> str:
        return self.run("systemctl", "is-active", unit, check=False).stdout.strip()

    def journal(self, unit: str) -> str:
        return self.run("journalctl", "--no-pager", "--output=cat", f"--unit={unit}", check=False).stdout

    def close(self) -> None:
        """Switches it off; once more is nothing."""
        if self._is_closed:
            return
        self._is_closed = True
        leader = self._leader or self._find_leader()
        if leader:
            os.kill(leader, signal.SIGKILL)
        else:
            self._nspawn.kill()
        self._nspawn.wait(timeout=30)
        self._console.close()
        for group in self._groups:
            for inner in sorted(group.rglob("*"), reverse=True):
                if inner.is_dir():
                    inner.rmdir()
            if group.exists():
                group.rmdir()
        shutil.rmtree(self.directory, ignore_errors=True)
