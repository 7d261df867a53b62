"""A Debian that boots with its own kernel in an emulator, and what the tests do with it."""

import contextlib
import io
import socket
import subprocess
import tarfile
from dataclasses import dataclass
from pathlib import Path

from machines.internet import Cable
from stage.polling import until

from .line import Gone, Line

#: Emulation; never the host's processor.
ACCELERATOR = ["-accel", "tcg,thread=multi", "-M", "q35", "-cpu", "Westmere,+rdrand", "-smp", "2", "-m", "768"]
KERNEL_WORDS = (
    "quiet net.ifnames=0 mitigations=off audit=0 random.trust_cpu=on tsc=reliable no_timer_check panic=-1 "
    "systemd.show_status=no console=ttyS0"
)
#: It takes 15 seconds on idle cores, and many times that on busy ones.
BOOT_SECONDS = 300


@dataclass(frozen=True)
class Place:
    """Where a machine is on the network; the name is its own and that of its cable at the other end."""

    name: str
    cable: Cable
    #: The last octet of its network card's address.
    number: int


class Computer:
    """Off until it is switched on; what is on its disk stays over restarts, and is gone when it is closed."""

    def __init__(self, place: Place, image: Path, directory: Path, network: list[str]) -> None:
        """`network` comes before a command that shall see the cable."""
        self.name = place.name
        self._place = place
        self._image = image
        self.directory = directory
        self._network = network
        directory.mkdir(parents=True)

    def switch_on(self) -> None:
        """Returns at once. It goes off when the thread ends that calls this."""
        self._emulator = subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", *self._network, "qemu-system-x86_64", *self._hardware()],
            stdin=subprocess.DEVNULL, stdout=(self.directory / "emulator").open("wb"), stderr=subprocess.STDOUT,
        )  # fmt: skip
        try:
            until(self._is_wired, "the emulator starts", 30)
            self._line = Line(self.directory / "agent")
        except BaseException:
            self.close()
            raise

    def _is_wired(self) -> bool:
        assert self._emulator.poll() is None, (self.directory / "emulator").read_text()
        return all((self.directory / name).exists() for name in ("agent", "terminal", "monitor"))

    def _hardware(self) -> list[str]:
        place, directory = self._place, self.directory
        address = f"ip={place.cable.machine}::{place.cable.router}:255.255.255.0:{place.name}:eth0:off"
        words = f"{KERNEL_WORDS} {address} systemd.hostname={place.name}"
        return [
            *ACCELERATOR, "-nodefaults", "-display", "none",
            "-kernel", str(self._image / "kernel"), "-initrd", str(self._image / "initrd"), "-append", words,
            "-drive", f"file={self._image}/root,format=raw,if=none,id=disk,snapshot=on,cache=unsafe",
            "-device", "virtio-blk-pci,drive=disk", "-device", "virtio-rng-pci",
            "-netdev", f"tap,id=cable,ifname={place.name},script=no,downscript=no",
            "-device", f"virtio-net-pci,netdev=cable,mac=52:54:00:00:00:{place.number:02x}",
            "-device", "virtio-serial-pci",
            *_socket("agent", directory), "-device", "virtserialport,chardev=agent,name=agent",
            *_socket("terminal", directory), "-device", "virtconsole,chardev=terminal",
            *_socket("monitor", directory), "-mon", "chardev=monitor,mode=readline",
            "-serial", f"file:{directory}/console",
        ]  # fmt: skip

    # Running programs

    def run(
        self, *command: object, check: bool = True, input: str | bytes = b"", within: float = 120
    ) -> subprocess.CompletedProcess[str]:
        """As root, with nothing on standard input but what is given."""
        given = input.encode() if isinstance(input, str) else input
        words = [str(word) for word in command]
        done = self._line.run(words, given, within)
        output, errors = (octets.decode(errors="replace") for octets in (done.output, done.errors))
        assert not check or done.status == 0, f"{self.name}: {words}: {done.status}\n{output}{errors}"
        return subprocess.CompletedProcess(words, done.status, output, errors)

    def read(self, *command: object) -> bytes:
        """What a program prints."""
        done = self._line.run([str(word) for word in command], b"", 120)
        assert done.status == 0, f"{self.name}: {command}: {done.errors.decode(errors='replace')}"
        return done.output

    def write(self, path: str, content: str | bytes, mode: int = 0o644) -> None:
        self.run("install", "-D", f"--mode={mode:o}", "/dev/stdin", path, input=content)

    def download(self, address: str, path: str) -> None:
        self.run(
            "curl",
            "--silent",
            "--show-error",
            "--fail",
            "--retry",
            "5",
            "--retry-connrefused",
            "--output",
            path,
            address,
        )

    def terminal(self) -> socket.socket:
        """Where the owner sits: root's shell, since the machine is up."""
        connection = socket.socket(socket.AF_UNIX)
        connection.connect(str(self.directory / "terminal"))
        # The shell has shown its prompt already: here is another.
        connection.sendall(b"\n")
        return connection

    def copy(self, path: str) -> None:
        """Takes a directory over, for `path`."""
        with tarfile.open(
            fileobj=io.BytesIO(self.read("tar", "--create", "--directory=/", path.lstrip("/")))
        ) as tree:
            tree.extractall(self.directory / "copy", filter="fully_trusted")

    def path(self, name: str) -> Path:
        """A file as it was when its directory was copied."""
        return self.directory / "copy" / name.lstrip("/")

    # Power

    def wait_until_running(self) -> str:
        """Until systemd has started everything; what it says of the whole."""

        def settled() -> str:
            # Its own `--wait` would be no good when the machine goes down meanwhile.
            state = self.run("systemctl", "is-system-running", check=False).stdout.strip()
            return state if state in ("running", "degraded") else ""

        self.wait_for_boot(1)
        try:
            return until(settled, "everything is started", BOOT_SECONDS, every=0.5)
        except AssertionError as error:
            error.add_note(self.run("systemctl", "list-jobs").stdout)
            raise

    def restart(self) -> None:
        """As an owner does; returns at once."""
        # It may be down before it answers.
        with contextlib.suppress(Gone):
            self.run("systemctl", "reboot", check=False)

    def cut_power(self) -> None:
        """Nothing is written to the disk any more; it starts again at once."""
        with socket.socket(socket.AF_UNIX) as monitor:
            monitor.connect(str(self.directory / "monitor"))
            _read_prompt(monitor)
            monitor.sendall(b"system_reset\n")
            _read_prompt(monitor)

    @property
    def boots(self) -> int:
        """How often it came up so far."""
        return len(self._line.boots)

    def wait_for_boot(self, number: int) -> None:
        """Until it has come up so many times."""
        try:
            self._line.wait_for_boot(number, BOOT_SECONDS)
        except AssertionError as error:
            error.add_note(self.console())
            raise

    # What there is to see

    def journal(self, unit: str) -> str:
        return self.run("journalctl", "--no-pager", "--output=cat", f"--unit={unit}", check=False).stdout

    def whole_journal(self) -> bytes:
        """Every field of every entry."""
        return self.read("journalctl", "--no-pager", "--all", "--output=export")

    def last_words(self) -> str:
        """The end of the journal, for a failure's message."""
        return self.run("journalctl", "--no-pager", "--lines=80", "--output=short", check=False).stdout

    def keep_journal(self, path: Path) -> None:
        """For whoever looks into a failure."""
        with contextlib.suppress(Gone, subprocess.TimeoutExpired):
            text = self.read("journalctl", "--no-pager", "--output=short-precise")
            path.write_bytes(text)

    def console(self) -> str:
        """What the kernel said."""
        path = self.directory / "console"
        return path.read_text(errors="replace") if path.exists() else ""

    def close(self) -> None:
        if hasattr(self, "_line"):
            self._line.close()
        self._emulator.kill()
        self._emulator.wait()


def _socket(name: str, directory: Path) -> list[str]:
    return ["-chardev", f"socket,id={name},path={directory / name},server=on,wait=off"]


def _read_prompt(monitor: socket.socket) -> None:
    """Until the monitor has done what it was told: what it does not read before the end is lost."""
    read = b""
    while not read.endswith(b"(qemu) "):
        read += monitor.recv(4096)
