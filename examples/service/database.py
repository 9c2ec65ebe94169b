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


class Server:
    """A server with its files in a folder.

    It has no TCP port, and only this user may enter the folder of its socket: it needs no password.
    """

    def __init__(self, folder: Path, sockets: Path) -> None:
        """Start it; its files are made where there are none.

        Raises:
            SystemExit: There is no PostgreSQL, or its user cannot enter the folder.
        """
        self._programs, self._user = _programs(), _user()
        self._sockets, self._files = sockets, folder.resolve() / "postgres"
        self._own(sockets)
        folder.mkdir(parents=True, exist_ok=True)
        try:
            self._run("ls", str(folder.resolve()))
        except subprocess.CalledProcessError:
            raise SystemExit(_CLOSED.format(user=self._user, folder=folder.resolve())) from None
        if not (self._files / "PG_VERSION").exists():
            self._files.mkdir(exist_ok=True)
            self._own(self._files)
            self._postgres("initdb", "-U", "service", "-A", "trust", "-E", "UTF8")
        if self.is_running:
            # The service was killed the last time. That server has its socket in another folder.
            self.stop()
        self.start()

    @property
    def url(self) -> str:
        """How to connect to it."""
        return f"postgresql://service@/postgres?host={self._sockets}"

    @property
    def is_running(self) -> bool:
        """Whether its process exists."""
        try:
            first, *_ = (self._files / "postmaster.pid").read_text(encoding="utf-8").splitlines()
            os.kill(int(first), 0)
        except (OSError, ValueError):
            return False
        return True

    def start(self) -> None:
        """Start it, also after a crash."""
        options = f"-c listen_addresses= -c unix_socket_directories={self._sockets}"
        log = str(self._sockets / "log")
        self._postgres("pg_ctl", "start", "-w", "-l", log, "-o", options)

    def stop(self) -> None:
        """Stop it."""
        self._postgres("pg_ctl", "stop", "-m", "fast")

    def _postgres(self, program: str, *arguments: str) -> None:
        self._run(str(self._programs / program), "-D", str(self._files), *arguments)

    def _run(self, *command: str) -> None:
        subprocess.run(  # noqa: S603 - PostgreSQL's own programs
            command,
            check=True,
            user=self._user,
            cwd=self._sockets,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL if command[0] == "ls" else None,
        )

    def _own(self, folder: Path) -> None:
        if self._user is not None:
            shutil.chown(folder, self._user)


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
def started(folder: Path) -> Iterator[Server]:
    """Run a server until the end of the block."""
    with tempfile.TemporaryDirectory(prefix="service-") as sockets:
        server = Server(folder, Path(sockets))
        try:
            yield server
        finally:
            if server.is_running:
                server.stop()
