"""A PostgreSQL server of the service's own, where none is named."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex

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

    It listens on this machine only, at a TCP port: DBOS 3.4 waits for a server that restarts where
    the connection is one of TCP, and lets a workflow end where it is a Unix socket.
    """

    def __init__(self, folder: Path, scratch: Path) -> None:
        """Start it; its files are made where there are none.

        Args:
            folder: The folder of its files.
            scratch: A folder that lasts as long as the server.

        Raises:
            SystemExit: There is no PostgreSQL, or its user cannot enter the folder.
        """
        self._programs, self._user = _programs(), _user()
        self._scratch, self._port = scratch, _free_port()
        self._files = folder.resolve() / "postgres"
        self._own(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        try:
            self._run("ls", str(folder.resolve()))
        except subprocess.CalledProcessError:
            raise SystemExit(_CLOSED.format(user=self._user, folder=folder.resolve())) from None
        self._secret = _password(folder / "postgres-password")
        if not (self._files / "PG_VERSION").exists():
            self._make()
        if self.is_running:
            # The service was killed the last time. That server has another port.
            self.stop()
        self.start()

    @property
    def url(self) -> str:
        """How to connect to it."""
        return f"postgresql://service:{self._secret}@127.0.0.1:{self._port}/postgres"

    def _make(self) -> None:
        self._files.mkdir(exist_ok=True)
        self._own(self._files)
        secret = self._scratch / "password"
        secret.write_text(self._secret, encoding="utf-8")
        self._own(secret)
        self._postgres(
            *("initdb", "-U", "service", "-E", "UTF8", "-A", "scram-sha-256"),
            *("--pwfile", str(secret)),
        )
        secret.unlink()

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
        options = f"-p {self._port} -c listen_addresses=127.0.0.1 -c unix_socket_directories="
        log = str(self._scratch / "log")
        self._postgres("pg_ctl", "start", "-w", "-s", "-l", log, "-o", options)

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
            cwd=self._scratch,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL if command[0] == "ls" else None,
        )

    def _own(self, path: Path) -> None:
        if self._user is not None:
            shutil.chown(path, self._user)


def _password(file: Path) -> str:
    """Return the password that the file has; only this user may read it."""
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(token_hex(), encoding="utf-8")
    return file.read_text(encoding="utf-8")


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


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
    with tempfile.TemporaryDirectory(prefix="service-") as scratch:
        server = Server(folder, Path(scratch))
        try:
            yield server
        finally:
            if server.is_running:
                server.stop()
