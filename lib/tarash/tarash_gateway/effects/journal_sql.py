"""The SQL statements of the SQLite journal."""

from typing import Final

from ..values.journal_entry import PENDING

# Later columns are in a second table, because other programs may write rows of the first one.
SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS video_generations (
    id TEXT PRIMARY KEY,
    state TEXT NOT NULL,
    provider TEXT NOT NULL,
    model TEXT NOT NULL,
    request_id TEXT,
    started_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    message TEXT,
    generation TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS video_claims (
    id TEXT PRIMARY KEY,
    owner TEXT,
    process TEXT,
    until TEXT,
    unsaved INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS video_generations_by_state ON video_generations (state);
CREATE INDEX IF NOT EXISTS video_generations_by_request ON video_generations (request_id);
PRAGMA user_version = 2;
"""
VERSION: Final = 2
_INSERT: Final = "INSERT INTO video_generations VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
KEEP_FIRST: Final = f"{_INSERT} ON CONFLICT (id) DO NOTHING"
# A tuple of texts is written in SQL as in Python.
PUT: Final = f"""
{_INSERT} ON CONFLICT (id) DO UPDATE SET
    state = excluded.state,
    request_id = coalesce(excluded.request_id, request_id),
    updated_at = excluded.updated_at,
    message = excluded.message,
    generation = excluded.generation
-- A final state is never replaced by a pending one: checking a job must not make it pending again.
WHERE video_generations.state IN {PENDING} OR excluded.state NOT IN {PENDING}
"""
UNSAVED: Final = """
INSERT INTO video_claims (id, unsaved) VALUES (?, ?)
ON CONFLICT (id) DO UPDATE SET unsaved = excluded.unsaved
"""
CLAIM: Final = """
INSERT INTO video_claims (id, owner, process, until) VALUES (?, ?, ?, ?)
ON CONFLICT (id) DO UPDATE SET
    owner = excluded.owner, process = excluded.process, until = excluded.until
"""
END: Final = "UPDATE video_claims SET owner = NULL, process = NULL, until = NULL WHERE id = ?"
RELEASE: Final = f"{END} AND owner = ?"
FORGET: Final = (
    "DELETE FROM video_generations WHERE id = ?",
    "DELETE FROM video_claims WHERE id = ?",
)
_FROM: Final = "FROM video_generations AS g LEFT JOIN video_claims AS c ON c.id = g.id"
HELD: Final = f"SELECT g.state, c.owner, c.process, c.until {_FROM} WHERE g.id = ?"
_ROWS: Final = f"SELECT g.*, c.process, c.until, coalesce(c.unsaved, 0) AS unsaved {_FROM}"
ALL: Final = f"{_ROWS} ORDER BY started_at, id"
# Each half of a union uses an index, because most entries of a journal have ended.
NAMED: Final = (
    f"{_ROWS} WHERE g.id = ? UNION {_ROWS} WHERE g.request_id = ? ORDER BY started_at DESC"
)
UNFINISHED: Final = f"""
{_ROWS} WHERE g.state IN {PENDING}
UNION
{_ROWS} WHERE g.state = 'completed' AND g.id IN (SELECT id FROM video_claims WHERE unsaved = 1)
ORDER BY started_at, id
"""  # noqa: S608 - it contains only our own constants
