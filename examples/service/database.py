"""A PostgreSQL server of the service's own, where none is named."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_NONE = """\
SERVICE_DATABASE_URL is not set, and there are no PostgreSQL programs to start a server with:
  sudo apt-get install postgresql        (or your system's package)
or name a database: SERVICE_DATABASE_URL=postgresql://user:password@host/name
"""
_CLOSED = """\
The database server runs as the user {user}, who cannot enter {folder}:
set SERVICE_DATA to a folder that everybody can enter, such as /var/tmp/service-data, or name a
database: SERVICE_DATABASE_URL=postgresql://user:password@host/name
"""


def _programs() -> Path:
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    found = next((place for place in places if (place / "postgres").exists()), None)
    if found is None and (on_path := shutil.which("initdb")):
        found = Path(on_path).resolve().parent
    if found is None:
        raise SystemExit(_NONE)
    return found


def _user() -> str | None:
    """Return the user that runs the server: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


@contextmanager
def started(folder: Path) -> Iterator[str]:
    """Run a server with its files in a folder, and yield its URL.

    It has no TCP port, and only this user may enter the folder of its socket: it needs no password.
    """
    programs, user = _programs(), _user()
    folder.mkdir(parents=True, exist_ok=True)
    folder = folder.resolve()
    with tempfile.TemporaryDirectory(prefix="service-") as sockets:
        if user is not None:
            shutil.chown(sockets, user)

        def run(program: str, *arguments: str) -> None:
            subprocess.run(  # noqa: S603 - PostgreSQL's own programs
                [programs / program, *arguments],
                check=True,
                user=user,
                cwd=sockets,
                stdout=subprocess.DEVNULL,
            )

        try:
            subprocess.run(["ls", folder], check=True, user=user, capture_output=True)  # noqa: S603, S607 - it only looks
        except subprocess.CalledProcessError:
            raise SystemExit(_CLOSED.format(user=user, folder=folder)) from None
        files = folder / "postgres"
        if not (files / "PG_VERSION").exists():
            files.mkdir(exist_ok=True)
            if user is not None:
                shutil.chown(files, user)
            run("initdb", "-D", str(files), "-U", "service", "-A", "trust", "-E", "UTF8")
        if (files / "postmaster.pid").exists():
            # The service was killed the last time, and its server may still run.
            run("pg_ctl", "stop", "-D", str(files), "-m", "fast")
        options = f"-c listen_addresses= -c unix_socket_directories={sockets}"
        log = str(Path(sockets) / "log")
        run("pg_ctl", "start", "-w", "-D", str(files), "-l", log, "-o", options)
        try:
            yield f"postgresql://service@/postgres?host={sockets}"
        finally:
            run("pg_ctl", "stop", "-D", str(files), "-m", "fast")
