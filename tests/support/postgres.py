"""PostgreSQL servers for the tests, from Debian's binaries; it needs the standard library only.

``python -m tests.support.postgres start FOLDER`` starts one and prints how to connect to it as its
superuser; ``stop FOLDER`` stops it and removes its folder.
"""

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from secrets import token_hex
from typing import Final

VARIABLE: Final = "TARASH_TEST_POSTGRES"
REQUIRED: Final = "TARASH_REQUIRE_SERVERS"
MISSING: Final = (
    "there is no PostgreSQL server: install Debian's postgresql, or set "
    f"{VARIABLE}=postgresql://SUPERUSER:PASSWORD@HOST/postgres"
)
_SUPERUSER: Final = "postgres"
_CONNECTIONS: Final = 300
# Another process may take a free port before the server does.
_TRIES: Final = 5
# What is lost with the machine's power is no test's subject, unless it says so.
_FAST: Final = {"fsync": "off", "full_page_writes": "off"}


def binaries() -> Path | None:
    """Return the folder of the newest server's programs, or None if there is none."""
    found = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    on_path = shutil.which("initdb")
    if not found and on_path is not None:
        return Path(on_path).resolve().parent
    return max(found, key=lambda path: [int(n) for n in path.parts[-2].split(".")], default=None)


class Server:
    """A server of our own in a folder, which survives the process that started it."""

    def __init__(self, folder: Path) -> None:
        """Use this folder, which need not exist yet; its path must be short, as a socket's is."""
        self._folder = folder

    @property
    def conninfo(self) -> str:
        """How to connect to its database ``postgres`` as its superuser."""
        return (self._folder / "conninfo").read_text(encoding="utf-8")

    @property
    def is_started(self) -> bool:
        """Whether it was started, and not stopped for good."""
        return (self._folder / "conninfo").exists()

    def start(self, *, fast: bool = True) -> None:
        """Make a cluster and start it; ``fast`` does without what survives a power failure."""
        self._folder.mkdir(parents=True, exist_ok=True)
        # The server's own user must be able to get here.
        self._folder.chmod(0o755)
        data, password, secret = self._folder / "data", self._folder / "password", token_hex()
        data.mkdir(mode=0o700)
        password.write_text(secret, encoding="utf-8")
        if not os.geteuid():
            for path in (self._folder, data, password):
                shutil.chown(path, _SUPERUSER, _SUPERUSER)
        password.chmod(0o600)
        self._run(
            *("initdb", "--no-sync", "--encoding=UTF8", "--locale=C", f"--username={_SUPERUSER}"),
            *("--auth=scram-sha-256", f"--pwfile={password}", f"--pgdata={data}"),
        )
        password.unlink()
        port = self._start(_FAST if fast else {})
        conninfo = f"postgresql://{_SUPERUSER}:{secret}@127.0.0.1:{port}/postgres"
        (self._folder / "conninfo").write_text(conninfo, encoding="utf-8")

    def _start(self, more: Mapping[str, str], tries: int = _TRIES) -> int:
        """Start it, and return the port that it has found."""
        port = free_port()
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": str(port),
            "unix_socket_directories": str(self._folder),
            "max_connections": str(_CONNECTIONS),
            "shared_buffers": "32MB",
            **more,
        }
        lines = [f"{name} = '{value}'\n" for name, value in settings.items()]
        written = self._folder / "data" / "postgresql.auto.conf"
        written.write_text("".join(lines), encoding="utf-8")
        try:
            self._control("start")
        except subprocess.CalledProcessError:
            if tries <= 1:
                raise
            return self._start(more, tries - 1)
        return port

    def restart(self, mode: str = "fast") -> None:
        """Stop it, which ends all connections, and start it again; ``immediate`` is a crash."""
        self._control("restart", "--mode", mode)

    def stop(self) -> None:
        """Stop it, and remove its folder."""
        if (self._folder / "data" / "postmaster.pid").exists():
            self._control("stop", "--mode", "immediate")
        shutil.rmtree(self._folder, ignore_errors=True)

    def _control(self, action: str, *more: str) -> None:
        self._run(
            *("pg_ctl", action, "--wait", "--silent", *more),
            *("--pgdata", str(self._folder / "data"), "--log", str(self._folder / "log")),
        )

    def _run(self, program: str, *arguments: str) -> None:
        folder = binaries()
        if folder is None:
            raise FileNotFoundError(MISSING)
        command: Sequence[str] = [str(folder / program), *arguments]
        if not os.geteuid():
            # The server refuses to run as root.
            user = [f"--reuid={_SUPERUSER}", f"--regid={_SUPERUSER}", "--clear-groups"]
            command = ["setpriv", *user, *command]
        # A server that had our pipes would keep whoever reads them waiting.
        with (self._folder / "programs.log").open("ab") as log:
            subprocess.run(  # noqa: S603 - ours
                command,
                check=True,
                cwd=self._folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )


def free_port() -> int:
    """Return a port of loopback that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def is_required() -> bool:
    """Tell whether a test that has no server must fail, and not be skipped."""
    return any(os.environ.get(name) not in {None, "", "0"} for name in ("CI", REQUIRED))


@contextmanager
def only_one(path: Path) -> Iterator[None]:
    """Let one process at a time in."""
    import fcntl  # noqa: PLC0415 - POSIX's

    with path.open("a", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def main(action: str, folder: str) -> None:
    """Start or stop a server."""
    server = Server(Path(folder))
    if action == "stop":
        with suppress(subprocess.CalledProcessError):
            server.stop()
    else:
        server.start()
        sys.stdout.write(server.conninfo + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
