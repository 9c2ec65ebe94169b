"""Which process holds something, and whether it is gone: for leases on one machine."""

import os
import socket
from functools import cache
from pathlib import Path


@cache
def _place() -> str:
    """Return a name of this machine; containers that share a host name differ in their processes.

    Source: man 7 namespaces: equal links under /proc/self/ns mean the same namespace.
    """
    try:
        namespace = str(Path("/proc/self/ns/pid").readlink())
    except OSError:
        namespace = ""
    return f"{socket.gethostname()} {namespace}"


def _started(process: int) -> str:
    """Return when a process started, in the system's own units, or an empty text.

    A number of a process is used again; with its start it names one process.
    Source: man 5 proc, /proc/pid/stat, field 22.
    """
    try:
        line = Path(f"/proc/{process}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    fields = line.rpartition(")")[2].split()
    return fields[19] if len(fields) > 19 else ""  # noqa: PLR2004 - the 22nd field of the line


def this_process() -> str:
    """Return a name of this process that no other process on any machine has."""
    number = os.getpid()
    return f"{number} {_started(number)} {_place()}"


def is_gone(process: str) -> bool:
    """Tell whether a process named by `this_process` has surely ended.

    False for one on another machine, and where the system does not tell.
    """
    number, _, rest = process.partition(" ")
    started, _, place = rest.partition(" ")
    if place != _place() or not number.isdigit() or os.name != "posix":
        return False
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    except (OSError, OverflowError):
        # It runs, as another user.
        return False
    return bool(started) and _started(int(number)) not in {"", started}
