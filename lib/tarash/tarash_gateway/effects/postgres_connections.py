"""Connections of the journal in PostgreSQL: its own, shared by threads, or one of a caller's."""

import os
import re
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from math import ceil
from typing import Final

import attrs
import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from ..exceptions import ValidationError
from ..values.secrets import Secret
from .postgres_transactions import Connection, NotCommittedError, is_ours

# A connection that was idle for longer may have been dropped by something on its way: a new one
# costs milliseconds, and finding that out may cost half a minute.
_IDLE_SECONDS: Final = 60.0
# What libpq has no good default for: a server that does not answer must not be waited for forever.
# Source: https://www.postgresql.org/docs/current/libpq-connect.html, 34.1.2 (2026-11).
_DEFAULTS: Final[Mapping[str, str]] = {
    "application_name": "tarash-gateway",
    "client_encoding": "UTF8",
    "connect_timeout": "10",
    "keepalives_idle": "30",
    "tcp_user_timeout": "30000",
}
# What SQLAlchemy's URLs have more.
_DRIVER: Final = re.compile(r"^postgres(ql)?\+\w+(?=://)")
# libpq takes no shorter one.
_SHORTEST_CONNECT: Final = 2


class OwnConnections:
    """A few connections for each process, which its threads share one after the other.

    A connection is never used in a process that was forked from the one that opened it: both would
    write into one stream. It is not closed there either, which would end it for both.
    """

    retries: Final = True

    def __init__(self, connect: Callable[[float], Connection], size: int) -> None:
        """Open at most ``size`` connections at once in a process."""
        self._connect = connect
        self._size = size
        # The connections of the processes that this one was forked from stay here, unused.
        self._pools: dict[int, _Pool] = {}
        self.has_connected = False

    @contextmanager
    def lent(self, patience: float, *, commits: bool) -> Iterator[Connection]:
        """Lend a connection on which a transaction can begin, and end by a commit."""
        del commits
        pool = self._pools.setdefault(os.getpid(), _Pool(threading.BoundedSemaphore(self._size)))
        if not pool.free.acquire(timeout=max(0.0, patience)):
            message = f"all {self._size} connections were in use for {patience:g} seconds"
            raise psycopg.OperationalError(message)
        try:
            connection = pool.pop() or self._connect(patience)
            self.has_connected = True
            try:
                yield connection
            except BaseException:
                # Nobody knows what is left in it.
                connection.close()
                raise
            pool.push(connection)
        finally:
            pool.free.release()

    def close(self) -> None:
        """Close the connections of this process that are not in use."""
        pool = self._pools.get(os.getpid())
        while pool is not None and pool.idle:
            with suppress(IndexError):
                pool.idle.pop()[0].close()


@attrs.define
class _Pool:
    free: threading.BoundedSemaphore
    # Its methods are atomic: there is no lock that a fork could find taken.
    idle: deque[tuple[Connection, float]] = attrs.field(factory=deque)

    def pop(self) -> Connection | None:
        while self.idle:
            try:
                connection, since = self.idle.pop()
            except IndexError:
                return None
            if not connection.closed and time.monotonic() - since < _IDLE_SECONDS:
                return connection
            connection.close()
        return None

    def push(self, connection: Connection) -> None:
        self.idle.append((connection, time.monotonic()))


class LentConnection:
    """A connection of the caller's, who commits."""

    retries: Final = False
    has_connected: Final = True

    def __init__(self, connection: Connection) -> None:
        """Use this connection, one thread at a time."""
        self._connection = connection
        self._lock = threading.Lock()
        self._process = os.getpid()

    @contextmanager
    def lent(self, patience: float, *, commits: bool) -> Iterator[Connection]:
        """Lend the connection.

        Raises:
            NotCommittedError: What is to be done must be committed, and the caller commits.
        """
        if os.getpid() != self._process:
            message = "its connection was opened by the process that this one was forked from"
            raise psycopg.OperationalError(message)
        if not self._lock.acquire(timeout=max(0.0, patience)):
            message = f"its connection was in use for {patience:g} seconds"
            raise psycopg.OperationalError(message)
        try:
            if commits and not is_ours(self._connection):
                raise NotCommittedError
            yield self._connection
        finally:
            self._lock.release()

    def close(self) -> None:
        """Leave the connection to the caller."""


def connecting(conninfo: str) -> tuple[Callable[[float], Connection], str]:
    """Return what connects, and the name of the place without a secret.

    Raises:
        ValidationError: This is not a conninfo.
    """
    try:
        settings = {**_DEFAULTS, **conninfo_to_dict(_DRIVER.sub("postgresql", conninfo))}
    except psycopg.ProgrammingError:
        # The parser's words may quote a password.
        message = (
            "conninfo is not readable: give a URL such as postgresql://user:password@host/database,"
            " or libpq's key=value pairs"
        )
        raise ValidationError(message) from None
    place = f"{settings.get('host', '')}/{settings.get('dbname', '')}"
    password = Secret(str(settings.pop("password", "") or ""))

    def connect(patience: float) -> Connection:
        longest = min(patience, float(settings["connect_timeout"] or 0) or patience)
        secret = {"password": password.reveal()} if password else {}
        timeout = max(_SHORTEST_CONNECT, ceil(longest))
        opened = psycopg.connect(
            make_conninfo("", **{**settings, **secret, "connect_timeout": timeout}),
            # Poolers between us and the server may give each transaction another connection.
            prepare_threshold=None,
        )
        return prepared(opened)

    return connect, place


def prepared(connection: Connection) -> Connection:
    """Return a new connection on which we begin and end transactions, read committed."""
    connection.autocommit = True
    connection.isolation_level = psycopg.IsolationLevel.READ_COMMITTED
    connection.read_only = False
    return connection


def made_by(factory: object) -> Callable[[float], Connection]:
    """Return what connects by a caller's function.

    Raises:
        ValidationError: This is no function.
    """
    if not callable(factory):
        message = (
            f"conninfo must be a text or a function that returns a new connection, not "
            f"{type(factory).__name__}: a connection of yours goes to PostgresJournal.within(...)"
        )
        raise ValidationError(message)

    def connect(_patience: float) -> Connection:
        try:
            return prepared(factory())
        except psycopg.Error:
            raise
        except Exception as error:
            message = f"the function that connects failed with {type(error).__name__}"
            raise psycopg.OperationalError(message) from error

    return connect
