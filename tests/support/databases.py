"""Places for the journals of tests, and fresh PostgreSQL databases, all in one server."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final
from urllib.parse import quote
from uuid import uuid4

import pytest
from tests.support.places import FilePlace, Place, SchemaPlace
from tests.support.postgres import MISSING, VARIABLE, Server, binaries, is_required, only_one

from tarash.tarash_gateway import PostgresJournal, SqliteJournal

# The folder of the run's own server: all workers of a run share the one that the first starts.
_FOLDER: Final = "TARASH_TEST_POSTGRES_FOLDER"


def prepare(config: pytest.Config) -> None:
    """Choose the folder of this run's server, which is started when a test first needs it."""
    if not hasattr(config, "workerinput") and VARIABLE not in os.environ:
        os.environ[_FOLDER] = tempfile.mkdtemp(prefix="tarash-postgres-")


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
