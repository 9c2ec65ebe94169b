"""Places for the journals of tests, and fresh PostgreSQL databases, all in one server."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Final
from urllib.parse import quote
from uuid import uuid4

import pytest
from tests.support.places import FilePlace, Place, SchemaPlace
from tests.support.postgres import MISSING, VARIABLE, Server, binaries, is_required, only_one

from tarash.tarash_gateway import PostgresJournal, SqliteJournal
from tarash.tarash_gateway.effects.processes import is_gone, this_process

# The folder of the run's own server: all workers of a run share the one that the first starts.
_FOLDER: Final = "TARASH_TEST_POSTGRES_FOLDER"
_PREFIX: Final = "tarash-postgres-"


def prepare(config: pytest.Config) -> None:
    """Choose the folder of this run's server, which is started when a test first needs it."""
    if not hasattr(config, "workerinput") and VARIABLE not in os.environ:
        _clean_up_after_others()
        os.environ[_FOLDER] = tempfile.mkdtemp(prefix=_PREFIX)
        (Path(os.environ[_FOLDER]) / "owner").write_text(this_process(), encoding="utf-8")


def _clean_up_after_others() -> None:
    """Stop the servers of runs that were killed."""
    for owner in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*/owner"):
        with suppress(OSError, subprocess.CalledProcessError):
            if is_gone(owner.read_text(encoding="utf-8")):
                Server(owner.parent / "server").stop()
                shutil.rmtree(owner.parent, ignore_errors=True)


def clean(config: pytest.Config) -> None:
    """Stop the run's server, if there is one."""
    folder = os.environ.get(_FOLDER)
    if folder is not None and not hasattr(config, "workerinput"):
        Server(Path(folder) / "server").stop()
        shutil.rmtree(folder, ignore_errors=True)
        del os.environ[_FOLDER]


def superuser() -> str:
    """Return how to connect to the server as its superuser; skip the test if there is none."""
    given = os.environ.get(VARIABLE)
    if given:
        return given
    if binaries() is None:
        if is_required():
            pytest.fail(MISSING)
        pytest.skip(MISSING)
    folder = Path(os.environ[_FOLDER])
    folder.chmod(0o755)
    with only_one(folder / "lock"):
        server = Server(folder / "server")
        if not server.is_started:
            server.start()
        return server.conninfo


@contextmanager
def database() -> Iterator[str]:
    """The conninfo, a URL, of a fresh database, of which its user may do anything."""
    import psycopg  # noqa: PLC0415 - most tests need no server
    from psycopg.conninfo import conninfo_to_dict  # noqa: PLC0415 - likewise

    conninfo, name = superuser(), f"tarash_{uuid4().hex}"
    with closing(psycopg.connect(conninfo, autocommit=True)) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    given = conninfo_to_dict(conninfo)
    user, host = quote(str(given["user"])), given.get("host", "localhost")
    user += f":{quote(str(given['password']), safe='')}" if given.get("password") else ""
    yield f"postgresql://{user}@{host}:{given.get('port', 5432)}/{name}"
    with closing(psycopg.connect(conninfo, autocommit=True)) as connection:
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def postgres_server() -> Iterator[str]:
    """The conninfo, a URL, of a fresh database for one test."""
    with database() as conninfo:
        yield conninfo


@pytest.fixture(scope="session")
def postgres_database() -> Iterator[str]:
    """The conninfo, a URL, of a database for all tests of a process, in schemas of their own."""
    with database() as conninfo:
        yield conninfo


@pytest.fixture(params=["sqlite", "postgres"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """A place for a journal: the test runs with each kind."""
    if request.param == "sqlite":
        return FilePlace(tmp_path / "new" / "journal.sqlite3")
    return SchemaPlace(request.getfixturevalue("postgres_database"))


@pytest.fixture
def journal(place: Place) -> SqliteJournal | PostgresJournal:
    """A new journal of each kind."""
    return place.journal()
