"""Where DBOS runs on SQLite."""

import sqlite3
import sys

import pytest


def skip_where_sqlite_is_too_old() -> None:
    """Skip a test that needs DBOS on SQLite where DBOS cannot write there.

    From Python 3.12 on, DBOS 3.4 uses an SQL expression that SQLite knows since 3.42, whatever
    SQLite this Python has: dbos/_migration.py, get_sqlite_timestamp_expr.
    """
    if sys.version_info >= (3, 12) and sqlite3.sqlite_version_info < (3, 42):
        pytest.skip(f"DBOS needs SQLite 3.42 here, and there is {sqlite3.sqlite_version}")
