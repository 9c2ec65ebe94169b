"""A transaction of a database as a Protocol: what the journals in SQL need of one."""

from collections.abc import Sequence
from typing import Literal, Protocol, TypeAlias

from .journal_rows import Row, Value

# What a transaction is for: it only reads, it writes, or it is of no use before its commit.
Way: TypeAlias = Literal["read", "write", "own"]


class Database(Protocol):
    """One transaction of a database. Statements have ``?`` where their values stand."""

    def run(self, statement: str, *values: Value) -> int:
        """Run a statement; return how many rows it changed."""

    def rows(self, query: str, *values: Value) -> Sequence[Row]:
        """Return the rows of a query."""

    def lock(self, attempt: str) -> None:
        """Keep other writers of this attempt's entry out until the transaction ends."""

    def lock_all(self) -> None:
        """Keep all other writers out until the transaction ends."""

    @property
    def is_repeated(self) -> bool:
        """Whether this may have been done before: an answer to the commit was lost."""
