"""Name a process, and tell whether it has ended, for leases on one machine."""

import os
import socket
from contextlib import suppress
from functools import cache
from pathlib import Path


@cache
def _machine() -> str:
    """Return a name of this machine or container since it was started.

    Host names may be the same on several machines, and the first process namespace of every Linux
    is; what the kernel draws when it starts is not.
    Sources: man 7 namespaces: equal links under /proc/self/ns mean the same namespace; man 5 proc,
    /proc/sys/kernel/random/boot_id.
    """
    boot = ""
    with suppress(OSError):
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="utf-8").strip()
    try:
        namespace = str(Path("/proc/self/ns/pid").readlink())
    except OSError:
        namespace = ""
    return f"{socket.gethostname()} {namespace} {boot}"


def _start_of(process: int) -> str:
    """Return when a process started, in the system's units, or "" if it is not known.

    Process ids are reused; id and start together name one process.
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
    return f"{number} {_start_of(number)} {_machine()}"


def is_gone(process: str) -> bool:
    """Tell whether a process named by `this_process` has certainly ended.

    False for a process on another machine, and if the system does not provide the answer.
    """
    number, _, rest = process.partition(" ")
    started, _, machine = rest.partition(" ")
    if machine != _machine() or not number.isdigit() or os.name != "posix":
        return False
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    except (OSError, OverflowError):
        # The process exists and belongs to another user.
        return False
    return bool(started) and _start_of(int(number)) not in {"", started}
