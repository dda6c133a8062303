"""Who holds a lease: a process of a machine, told apart from a later one that got the same number.

Owns the question whether a holder on this machine still runs, so that what a killed process held is free at once. Of
another machine's holders it knows nothing: their leases run out.
"""

from __future__ import annotations

import os
import socket
from functools import lru_cache
from pathlib import Path


def this_process() -> str:
    """`host pid started`, of the process that asks; a forked child is another one."""
    return _holder(os.getpid())


def alive(holder: str | None) -> bool:
    """False when the holder was of this machine and does not run any more."""
    if holder is None:
        return False
    host, _, rest = holder.partition(" ")
    pid, _, started = rest.partition(" ")
    return host != socket.gethostname() or _started(int(pid)) == started


@lru_cache(maxsize=1)
def _holder(pid: int) -> str:
    return f"{socket.gethostname()} {pid} {_started(pid)}"


def _started(pid: int) -> str:
    """The tick at which the kernel started it (proc_pid_stat(5), field 22); "" for none, or where no kernel says."""
    try:
        told = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    state, *fields = told.rpartition(")")[2].split()
    return "" if state == "Z" else fields[18]
