"""With 100,000 entries, PostgreSQL reads the few that a call asks for, and not all of them."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from typing import Any, Final

import psycopg
import pytest
from psycopg.rows import dict_row
from tests.support import fal_replies as fal
from tests.support.databases import database
from tests.support.keyed_calls import KEY, generate
from tests.support.places import SchemaPlace

from tarash.tarash_gateway.effects import journal_sql, postgres_sql
from tarash.tarash_gateway.outcome import result_of

pytestmark = pytest.mark.slow

_MANY: Final = 100_000
# All but a few have ended; each tenth has a key with others, and each third was owned.
_FILL: Final = """
INSERT INTO video_generations
SELECT 'id-' || n,
    CASE WHEN n % 1000 = 0 THEN 'accepted' ELSE 'completed' END,
    'fal', 'fal-ai/veo3', 'job-' || n,
    now() - n * interval '1 minute', now() - n * interval '1 minute', NULL, repeat('x', 500)
FROM generate_series(1, ?) AS n;
INSERT INTO video_claims
SELECT 'id-' || n, 'owner-' || n, NULL, NULL, n % 5000 = 0
FROM generate_series(1, ?, 3) AS n;
INSERT INTO video_keys SELECT 'id-' || n, 'key-' || n / 30, NULL
FROM generate_series(1, ?, 10) AS n;
INSERT INTO video_messages SELECT 'm-' || n, 'job-' || n, now(), now() + n * interval '1 second'
FROM generate_series(1, ?) AS n
"""


@pytest.fixture(scope="module")
def full() -> Iterator[SchemaPlace]:
    with database() as conninfo:
        place = SchemaPlace(conninfo)
        with place.journal() as journal:
            generate(journal, *fal.success())
            result_of(journal.migrate()).unwrap()
        for statement in _FILL.replace("?", str(_MANY)).split(";"):
            place.execute(statement)
        with closing(psycopg.connect(conninfo, autocommit=True)) as admin:
            admin.execute("VACUUM ANALYZE")
        yield place


_OLD: Final = "2000-01-01T00:00:00+00:00"
_LATE: Final = "2100-01-01T00:00:00+00:00"
_QUERIES: Final[dict[str, tuple[str, tuple[Any, ...]]]] = {
    "pending": (journal_sql.UNFINISHED, ()),
    "by id": (journal_sql.NAMED, ("id-77", "id-77")),
    "of a key": (journal_sql.OF_KEY, ("key-77",)),
    "held": (journal_sql.HELD, ("id-77",)),
    "owner": (journal_sql.OWNER, ("id-77",)),
    "claim": (journal_sql.CLAIM, ("id-77", "o", "p", _OLD)),
    "release": (journal_sql.RELEASE, ("id-77", "o")),
    "noted": (journal_sql.NOTED, ("job-77",)),
    "came": (journal_sql.CAME, ("m-77",)),
    "pruned, few": (journal_sql.PRUNED, (_OLD, _OLD, 500)),
    "pruned, many": (journal_sql.PRUNED, (_LATE, _LATE, 500)),
    "below keys": (journal_sql.below(3), ("key-1", "key-2", "key-3")),
    "old messages": (journal_sql.PRUNE_MESSAGES, (_OLD,)),
    **{f"forget {n}": (each, ("id-77",)) for n, each in enumerate(journal_sql.forget(1))},
}


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", ()):
        yield from _nodes(below)


@pytest.mark.parametrize("name", _QUERIES)
def test_no_table_is_read_from_end_to_end(full: SchemaPlace, name: str) -> None:
    statement, values = _QUERIES[name]
    query = b"EXPLAIN (FORMAT JSON) " + postgres_sql.query(statement, full.schema)
    with closing(psycopg.connect(full.conninfo, row_factory=dict_row)) as connection:
        found = connection.execute(query, values).fetchone()
    assert found is not None
    nodes = [node for plan in found["QUERY PLAN"] for node in _nodes(plan["Plan"])]
    assert [node for node in nodes if node["Node Type"] == "Seq Scan"] == []
    # An index may be read from end to end as well, where it has no condition.
    whole = [node for node in nodes if "Index" in node["Node Type"] and not _is_narrow(node)]
    assert whole == []


def _is_narrow(node: dict[str, Any]) -> bool:
    # The partial indexes have the few entries that are asked for.
    partial = node.get("Index Name", "").endswith(("started_at_id_idx", "video_claims_id_idx"))
    return partial or "Index Cond" in node or node["Node Type"] == "Bitmap Heap Scan"


def test_a_full_journal_is_used_as_an_empty_one(full: SchemaPlace) -> None:
    with full.journal() as journal:
        _, silent = generate(journal)
        assert silent.requests == []
        (kept,) = result_of(journal.keyed(KEY, now=datetime.now(UTC))).unwrap()
        assert kept.state == "completed"
