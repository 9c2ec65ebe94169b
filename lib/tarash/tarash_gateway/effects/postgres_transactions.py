"""Transactions of the journal in PostgreSQL: their beginning, their statements, their errors."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from math import ceil
from typing import Any, Final, TypeAlias

import attrs
import psycopg
from psycopg import errors
from psycopg.pq import TransactionStatus
from psycopg.rows import DictRow, dict_row

from . import postgres_sql as sql
from .journal_rows import Row, Value, as_text

Connection: TypeAlias = psycopg.Connection[Any]
_LONGEST_LOCK: Final = 2_147_483_647


class OutOfDateError(Exception):
    """The schema has another version than this program, or none."""

    def __init__(self, version: int | None) -> None:
        """Remember the version that was found."""
        super().__init__(version)
        self.version = version


class NotCommittedError(Exception):
    """What has to be committed would be part of a caller's transaction."""


@attrs.define
class Transaction:
    """A transaction that has begun, as the journals know it."""

    _cursor: "psycopg.Cursor[DictRow]"
    _schema: str
    is_repeated: bool = False

    def run(self, statement: str, *values: Value) -> int:
        """Run a statement; return how many rows it changed."""
        return self._cursor.execute(sql.query(statement, self._schema), _stored(values)).rowcount

    def rows(self, query: str, *values: Value) -> Sequence[Row]:
        """Return the rows of a query."""
        return self._cursor.execute(sql.query(query, self._schema), _stored(values)).fetchall()

    def lock(self, attempt: str) -> None:
        """Keep other writers of this attempt's entry out until the transaction ends."""
        self.rows(sql.LOCK, f"tarash {self._schema}", f"tarash {self._schema} {attempt}")

    def lock_all(self) -> None:
        """Keep all other writers out until the transaction ends."""
        self.rows(sql.LOCK_ALL, f"tarash {self._schema}")


def is_ours(connection: Connection) -> bool:
    """Tell whether a transaction that begins now is committed where it ends."""
    idle = connection.info.transaction_status == TransactionStatus.IDLE
    return connection.autocommit and idle


@contextmanager
def transaction(connection: Connection, schema: str, patience: float) -> Iterator[Transaction]:
    """Begin a transaction, or a savepoint in a caller's, which then waits for locks as before.

    Raises:
        OutOfDateError: The schema is not of our version.
    """
    with connection.cursor(row_factory=dict_row) as cursor:
        begun = Transaction(cursor, schema)
        before: Row | None = None
        if not is_ours(connection):
            # This also begins the caller's transaction, which psycopg would begin and commit.
            (before,) = begun.rows(sql.SETTINGS)
        with connection.transaction():
            (found,) = begun.rows(sql.ENTER, _milliseconds(patience))
            if found["version"] != sql.VERSION:
                raise OutOfDateError(found["version"])
            yield begun
            if before is not None:
                begun.rows(sql.SET_AGAIN, before["lock_timeout"], before["jit"])


def migrate(connection: Connection, schema: str, patience: float) -> None:
    """Bring a schema to our version, unless somebody else has done it meanwhile.

    Raises:
        OutOfDateError: Its version is a later one.
    """
    with connection.cursor(row_factory=dict_row) as cursor, connection.transaction():
        begun = Transaction(cursor, schema)
        begun.rows(sql.SET_AGAIN, _milliseconds(patience), "off")
        begun.rows(sql.LOCK_MIGRATION, f"tarash {schema}")
        (found,) = begun.rows(sql.FOUND, f'"{schema}"', f'"{schema}".video_schema')
        # To create what exists needs a permission as well.
        if not found["schema"]:
            cursor.execute(sql.creation(schema).encode())
        version = begun.rows(sql.FOUND_VERSION)[0]["version"] if found["tables"] else 0
        if version > sql.VERSION:
            raise OutOfDateError(version)
        if version < sql.VERSION:
            cursor.execute(sql.migration(schema, version).encode())


def is_old(error: Exception) -> bool:
    """Tell whether the schema has to be made, or brought to our version."""
    if isinstance(error, OutOfDateError):
        return error.version is None or error.version < sql.VERSION
    return isinstance(error, errors.UndefinedTable | errors.InvalidSchemaName)


def is_passing(error: Exception) -> bool:
    """Tell whether another connection may do: the server went away, or is no primary any more."""
    if isinstance(error, errors.LockNotAvailable | errors.QueryCanceled):
        return False
    passing = psycopg.OperationalError | psycopg.InterfaceError | errors.ReadOnlySqlTransaction
    return isinstance(error, passing)


def advice(error: Exception, patience: float) -> str:
    """Return what is wrong with a journal, and what to do, in the second half of a sentence."""
    match error:
        case NotCommittedError():
            return (
                "is in a transaction of yours, and guards only what is committed: nothing was "
                "sent; use PostgresJournal(conninfo), or a connection in autocommit mode outside "
                "of its transaction(), and make its tables before by its migrate()"
            )
        case OutOfDateError():
            return (
                f"has tables of a later version ({error.version}, and {sql.VERSION} is known "
                "here): upgrade tarash-gateway"
            )
        case errors.LockNotAvailable():
            return (
                f"has an entry that another transaction has locked for {patience:g} seconds: "
                "end that transaction, or try again later"
            )
        case errors.InsufficientPrivilege():
            why = "its user may not use or make its tables: have their owner run the SQL that "
            return f"cannot be used ({_words(error)}): {why}PostgresJournal.ddl(role=...) returns"
        case _:
            why = "check that the server runs, and that its user may connect and write"
            return f"cannot be used ({_words(error)}): {why}"


def _words(error: Exception) -> str:
    # The lines after the first may quote a row.
    return next(iter(str(error).splitlines()), type(error).__name__)


def _stored(values: Sequence[Value]) -> Sequence[Value]:
    # PostgreSQL stores no NUL in a text.
    return [
        as_text(value).replace("\0", "\\x00") if isinstance(value, str) else value
        for value in values
    ]


def _milliseconds(seconds: float) -> str:
    # Zero would be for ever.
    return str(min(max(1, ceil(seconds * 1000)), _LONGEST_LOCK))
