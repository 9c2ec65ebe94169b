"""What the benchmarks run on."""

import os
import platform
import sys
from collections.abc import Sequence
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import attrs

_NAMED: Final = (
    "attrs",
    "cattrs",
    "returns",
    "urllib3",
    "aiohttp",
    "fal-client",
    "google-genai",
    "openai",
    "replicate",
    "runwayml",
)


@attrs.frozen(kw_only=True)
class Machine:
    """The machine and the versions of a run.

    Attributes:
        cpu: Name of the CPU.
        cores: How many cores this process may use.
        memory_gib: Memory in GiB, or None where the system does not say.
        system: The operating system.
        python: Version of Python.
        versions: Versions of the packages that take part, by name; those not installed are left
            out.
        load: Mean number of busy processes in the minute before the run, or None.
    """

    cpu: str
    cores: int
    memory_gib: float | None
    system: str
    python: str
    versions: dict[str, str]
    load: float | None


def cores() -> Sequence[int]:
    """Return the numbers of the cores that this process may use; empty where nobody says."""
    return sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else ()


def pin(core: int | None) -> None:
    """Keep this process on one core, where the system can."""
    if core is not None and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {core})


def raise_file_limit() -> None:
    """Raise the soft limit of open files to the hard one, where there are such limits."""
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415 - it is not on every system

    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def installed(distribution: str) -> str | None:
    """Return the version of a distribution, or None if it is not installed."""
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return None


def library_path() -> str:
    """Return the folder from which the library is imported."""
    spec = find_spec("tarash.tarash_gateway")
    return str(Path(spec.origin).parent) if spec is not None and spec.origin else "nowhere"


def machine() -> Machine:
    """Look at the machine."""
    versions = {name: installed(name) for name in _NAMED}
    return Machine(
        cpu=_cpu(),
        cores=len(cores()) or os.cpu_count() or 1,
        memory_gib=_memory(),
        system=f"{platform.system()} {platform.release()}",
        python=platform.python_version(),
        versions={name: version for name, version in versions.items() if version is not None},
        load=round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None,
    )


def _cpu() -> str:
    information = Path("/proc/cpuinfo")
    if information.exists():
        for line in information.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _memory() -> float | None:
    if not hasattr(os, "sysconf") or "SC_PHYS_PAGES" not in os.sysconf_names:
        return None
    return round(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30, 1)
