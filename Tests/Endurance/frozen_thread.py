"""Stops one thread of a running program, and it alone, until the program ends: frozen_thread.py THREAD.

What a debugger does (ptrace(2)): SIGSTOP would stop the whole program.
"""

import ctypes
import os
import sys

SEIZE, INTERRUPT = 0x4206, 0x4207
# Threads are waited for like children (`__WALL`).
ALL_KINDS = 0x40000000


def ptrace(request: int, thread: int) -> None:
    library = ctypes.CDLL(None, use_errno=True)
    if library.ptrace(request, thread, None, None) < 0:
        raise OSError(ctypes.get_errno(), f"ptrace {request:#x} of {thread}")


if __name__ == "__main__":
    thread = int(sys.argv[1])
    ptrace(SEIZE, thread)
    ptrace(INTERRUPT, thread)
    os.waitpid(thread, ALL_KINDS)
    print("ready", flush=True)
    # The program's end is told to its parent once every thread was waited for.
    os.waitpid(thread, ALL_KINDS)
