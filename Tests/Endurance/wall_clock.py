"""A wall clock that a test sets while the program runs, as an administrator or a time server would."""

import struct
import subprocess
from pathlib import Path

from stage.gateway import Gateway
from stage.site import Stage

YEAR = 365 * 86_400
_SOURCE = Path(__file__).with_suffix(".c")


class WallClock:
    """Shifts `CLOCK_REALTIME` of one gateway; the other clocks, `CLOCK_BOOTTIME` among them, go on as the kernel's do."""

    def __init__(self, stage: Stage, gateway: Gateway) -> None:
        library = gateway.directory / "wall_clock.so"
        subprocess.run(["cc", "-shared", "-fPIC", "-O", "-Wall", "-Werror", "-o", library, _SOURCE], check=True)
        library.chmod(0o755)
        self._file = stage.workspace.write(gateway.directory / "wall-clock", bytes(8))
        gateway.settings |= {"LD_PRELOAD": str(library), "WALL_CLOCK": str(self._file)}

    def step_to(self, seconds: int) -> None:
        """So many seconds beside the truth, from now on."""
        with self._file.open("r+b", buffering=0) as file:
            file.write(struct.pack("=q", seconds))
