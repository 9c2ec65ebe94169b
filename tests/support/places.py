"""Where the journals of a test are: in a file, or in PostgreSQL. What is true is true of both."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any, Protocol
from uuid import uuid4

import attrs

from tarash.tarash_gateway import Journal, PostgresJournal, SqliteJournal


class Place(Protocol):
    """A place for one journal, which many programs may open."""

    def journal(self, *, until_saved: bool = False) -> SqliteJournal | PostgresJournal:
        """Open the journal, as another program would."""

    def execute(self, statement: str, *values: str) -> None:
        """Change what is stored behind the journal's back; ``?`` stands for a value."""

    def content(self) -> bytes:
        """Return everything that is stored."""


@attrs.frozen
class FilePlace:
    """A journal in a file."""

    path: Path

    def journal(self, *, until_saved: bool = False) -> SqliteJournal:
        return SqliteJournal(self.path, until_saved=until_saved)

    def execute(self, statement: str, *values: str) -> None:
        with closing(sqlite3.connect(self.path)) as connection, connection:
            connection.execute(statement, values)

    def content(self) -> bytes:
        return b"".join(path.read_bytes() for path in self.path.parent.iterdir())


@attrs.frozen
class SchemaPlace:
    """A journal in a schema of its own in a database."""

    conninfo: str
    schema: str = attrs.field(factory=lambda: f"tarash_{uuid4().hex}")

    def journal(self, *, until_saved: bool = False) -> PostgresJournal:
        return PostgresJournal(self.conninfo, schema=self.schema, until_saved=until_saved)

    def execute(self, statement: str, *values: str) -> None:
        import psycopg  # noqa: PLC0415 - as late as in the journal

        with psycopg.connect(self.conninfo) as connection:
            connection.execute(f"SET search_path = {self.schema}".encode())
            connection.execute(statement.replace("?", "%s").encode(), values or None)

    def content(self) -> bytes:
        import psycopg  # noqa: PLC0415 - as late as in the journal

        tables = ("video_generations", "video_claims", "video_keys", "video_messages")
        with psycopg.connect(self.conninfo) as connection:
            rows = [
                connection.execute(f'TABLE "{self.schema}".{name}'.encode()).fetchall()
                for name in tables
            ]
        return repr(rows).encode()


class Wrapped:
    """A journal that does something around some of the methods of another one."""

    def __init__(self, inner: Journal) -> None:
        self.inner = inner

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)
