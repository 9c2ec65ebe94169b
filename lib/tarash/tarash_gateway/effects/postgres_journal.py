"""A journal in PostgreSQL, shared by the programs of several machines."""

import time
import weakref
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, Self, TypeVar

import attrs
from returns.io import IOFailure, IOResult

from .. import _later
from ..exceptions import JournalError
from ..outcome import IOOutcome, failed, result_of
from ..values.extras import how_to_install
from . import postgres_sql as sql
from .database import Database, Way
from .sql_journal import PATIENCE, SqlJournal

if TYPE_CHECKING:
    import psycopg

    from . import postgres_connections as connections
    from . import postgres_transactions as work_on
else:
    psycopg, connections, work_on = _later.modules(
        __package__, "psycopg", ".postgres_connections", ".postgres_transactions"
    )

T = TypeVar("T")
# Seconds between two tries while the server is away.
_FIRST_PAUSE: Final = 0.02
_LONGEST_PAUSE: Final = 0.5


class PostgresJournal(SqlJournal):
    """Stores entries in a schema of a PostgreSQL database; needs the extra ``postgres``.

    Every method is one committed transaction, at READ COMMITTED, in which the writers of an entry
    take turns by advisory locks. So of any number of workers on any number of machines, one owns an
    attempt. A process that has ended frees its jobs at once for the processes of its machine, and
    for others when its lease ends. Leases are compared with the clock of the machine that asks:
    clocks that differ by more than a lease lasts let a worker take over a job whose owner still
    waits, which costs polls and never a submission.

    The tables are made by the first call, if its user may. Each process opens a few connections
    when it needs them, never uses one that it inherited by a fork, and replaces broken ones: what
    a restart of the server interrupts is done again, for as long as a call may wait. That is safe
    for writes, too: one that was not committed has left nothing behind, and each of them, done
    twice by the same owner, leaves what it leaves when it is done once.
    """

    def __init__(
        self,
        conninfo: "str | Callable[[], psycopg.Connection[Any]]",
        *,
        schema: str = "tarash",
        until_saved: bool = False,
        max_connections: int = 4,
    ) -> None:
        """Use this database; nothing is connected before the first call.

        Args:
            conninfo: A URL such as ``postgresql://user:password@host/database``, libpq's
                ``key=value`` pairs, or a function that returns a new psycopg connection, which the
                journal then owns.
            schema: The schema that has the tables: letters, digits and underscores.
            until_saved: Whether a completed job stays pending until its entry is put again with
                ``unsaved=False``, after its video was saved to a file.
            max_connections: How many connections a process has at most. Calls wait for one.

        Raises:
            JournalError: The extra ``postgres`` is not installed.
            ValidationError: ``conninfo`` or ``schema`` cannot be read.
        """
        _require_psycopg()
        if isinstance(conninfo, str):
            connect, place = connections.connecting(conninfo)
        else:
            connect, place = connections.made_by(conninfo), "PostgreSQL"
        self._use(connections.OwnConnections(connect, max_connections), place, schema, until_saved)

    @classmethod
    def within(
        cls,
        connection: "psycopg.Connection[Any]",
        *,
        schema: str = "tarash",
        until_saved: bool = False,
    ) -> Self:
        """Use a connection of yours, on which you begin and end transactions.

        A journal guards what is committed. So inside a transaction of yours, which the connection
        is in at all times unless it is in autocommit mode, ``reserve`` and ``claim`` fail with a
        JournalError, and with them every call that would submit or wait for a job: after a
        rollback nothing would know of the submission, and the next worker would pay again. The
        other methods are part of your transaction there (in savepoints, so that a failure of theirs
        does not end it): a message that you ``note`` beside your own rows is known when they are.
        They hold the locks of their entries until you commit, for which other workers wait.

        On a connection in autocommit mode, outside of its ``transaction()``, everything is
        committed when a method returns.

        Args:
            connection: Used by one thread at a time, never in a forked process, and not closed.
            schema: The schema that has the tables.
            until_saved: As in the constructor.

        Raises:
            JournalError: The extra ``postgres`` is not installed.
            ValidationError: ``schema`` cannot be read.
        """
        _require_psycopg()
        journal = cls.__new__(cls)
        place = f"{connection.info.host}/{connection.info.dbname}"
        journal._use(connections.LentConnection(connection), place, schema, until_saved)  # noqa: SLF001 - ours
        return journal

    def _use(
        self,
        source: "connections.OwnConnections | connections.LentConnection",
        place: str,
        schema: str,
        until_saved: bool,  # noqa: FBT001 - its callers are above
    ) -> None:
        self._schema = sql.checked(schema)
        self._source = source
        SqlJournal.__init__(self, f"{schema} in {place}", until_saved=until_saved)
        # Also when the program ends.
        self._closing = weakref.finalize(self, source.close)

    @staticmethod
    def ddl(*, schema: str = "tarash", role: str | None = None) -> str:
        """Return the SQL that makes the tables, for users who may not make them by themselves.

        Args:
            schema: The schema, which must not exist yet.
            role: A role to grant what the journal needs: to read and write, not to change tables.

        Raises:
            ValidationError: ``schema`` or ``role`` would have to be quoted.
        """
        name = sql.checked(schema)
        made = sql.creation(name) + sql.migration(name, 0)
        return made if role is None else made + sql.grants(name, sql.checked(role))

    def migrate(self, *, patience: float = PATIENCE) -> IOOutcome[None]:
        """Make the tables, or bring them to this version of the library; done by any first call.

        Args:
            patience: Seconds to wait for a lock, such as another program's migration.

        Errors:
            JournalError: They cannot be made, or they are of a later version of the library.
        """
        return self._tried(self._migrate, patience, migrates=False)

    def close(self) -> None:
        """Close the connections of this process that are not in use; later calls open new ones."""
        self._source.close()

    def __enter__(self) -> Self:
        """Return the journal, which is closed where the block ends."""
        return self

    def __exit__(self, *_error: object) -> None:
        """Close the journal."""
        self.close()

    def run(
        self, work: Callable[[Database], T], patience: float = PATIENCE, *, way: Way = "write"
    ) -> IOOutcome[T]:
        """Run a function in one transaction: see `SqlJournal`."""

        def once(left: float, sent: _Sent) -> T:
            with (
                self._source.lent(left, commits=way == "own") as connection,
                work_on.transaction(connection, self._schema, left) as transaction,
            ):
                transaction.is_repeated = sent.commit
                done = work(transaction)
                sent.commit = True
            return done

        return self._tried(once, patience, migrates=True)

    def _migrate(self, left: float, _sent: "_Sent") -> None:
        with self._source.lent(left, commits=True) as connection:
            work_on.migrate(connection, self._schema, left)

    def _tried(
        self, once: "Callable[[float, _Sent], T]", patience: float, *, migrates: bool
    ) -> IOOutcome[T]:
        """Do something, and again where the schema was old or the server went away."""
        end, pause, sent = time.monotonic() + patience, _FIRST_PAUSE, _Sent()
        while True:
            try:
                return IOResult.from_value(once(max(0.0, end - time.monotonic()), sent))
            except (psycopg.Error, work_on.OutOfDateError, work_on.NotCommittedError) as error:
                if migrates and work_on.is_old(error):
                    migrates, made = False, result_of(self.migrate(patience=patience))
                    if failed(made):
                        return IOFailure(made.failure())
                elif self._may_pass(error) and time.monotonic() + pause < end:
                    time.sleep(pause)
                    pause = min(2 * pause, _LONGEST_PAUSE)
                else:
                    why = work_on.advice(error, patience)
                    return IOFailure(JournalError(f"the journal {self.name} {why}"))

    def _may_pass(self, error: Exception) -> bool:
        """Tell whether it may succeed on another connection.

        A server that has never answered is a mistake more likely than one that is about to.
        """
        source = self._source
        return source.retries and source.has_connected and work_on.is_passing(error)


@attrs.define
class _Sent:
    """Whether a commit was sent, perhaps, whose answer did not come."""

    commit: bool = False


def _require_psycopg() -> None:
    try:
        _later.load("psycopg")
    except ImportError as error:
        # It may be there without the library of PostgreSQL's that it calls.
        message = (
            f"PostgresJournal needs psycopg, which cannot be loaded ({error}): "
            f"{how_to_install('postgres')}"
        )
        raise JournalError(message) from error
