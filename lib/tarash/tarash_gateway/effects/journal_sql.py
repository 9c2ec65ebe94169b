"""The SQL statements of the journals, and the schema of the one in SQLite.

The statements are written so that SQLite and PostgreSQL read them alike, with ``?`` for values.
"""

from typing import Final, get_args

from ..values.journal_entry import PENDING, EntryState

# Later columns are in tables of their own, because other programs may write rows of the first one.
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
CREATE TABLE IF NOT EXISTS video_keys (
    id TEXT PRIMARY KEY,
    key TEXT NOT NULL,
    ending TEXT
);
CREATE TABLE IF NOT EXISTS video_messages (
    message TEXT PRIMARY KEY,
    about TEXT NOT NULL,
    came_at TEXT NOT NULL,
    until TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS video_messages_by_about ON video_messages (about);
CREATE INDEX IF NOT EXISTS video_keys_by_key ON video_keys (key);
CREATE INDEX IF NOT EXISTS video_generations_by_change ON video_generations (updated_at);
CREATE INDEX IF NOT EXISTS video_generations_by_state ON video_generations (state);
CREATE INDEX IF NOT EXISTS video_generations_by_request ON video_generations (request_id);
PRAGMA user_version = 5;
"""
VERSION: Final = 5
# A state that only a newer version knows is none of these: its job may be pending.
_ENDED: Final = tuple(state for state in get_args(EntryState) if state not in PENDING)
_INSERT: Final = """
INSERT INTO video_generations AS g
(id, state, provider, model, request_id, started_at, updated_at, message, generation)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
KEEP_FIRST: Final = f"{_INSERT} ON CONFLICT (id) DO NOTHING"
# The owner of a reservation sends another attempt than the one that was uploading, perhaps.
RESERVE: Final = f"""
{_INSERT} ON CONFLICT (id) DO UPDATE SET
    state = excluded.state,
    provider = excluded.provider,
    model = excluded.model,
    started_at = excluded.started_at,
    updated_at = excluded.updated_at,
    message = excluded.message,
    generation = excluded.generation
"""
KEY: Final = """
INSERT INTO video_keys AS k (id, key, ending) VALUES (?, ?, ?)
ON CONFLICT (id) DO UPDATE SET ending = coalesce(excluded.ending, k.ending)
"""
# A tuple of texts is written in SQL as in Python.
PUT: Final = f"""
{_INSERT} ON CONFLICT (id) DO UPDATE SET
    state = excluded.state,
    request_id = coalesce(excluded.request_id, g.request_id),
    updated_at = excluded.updated_at,
    message = excluded.message,
    generation = excluded.generation
-- A final state is never replaced by a pending one: checking a job must not make it pending again.
WHERE g.state IN {PENDING} OR excluded.state NOT IN {PENDING}
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
# The last owner stays known: what an earlier one writes later is out of date.
END: Final = "UPDATE video_claims SET process = NULL, until = NULL WHERE id = ?"
RELEASE: Final = f"{END} AND owner = ?"
_FROM: Final = """
FROM video_generations AS g
LEFT JOIN video_claims AS c ON c.id = g.id
LEFT JOIN video_keys AS k ON k.id = g.id
"""
HELD: Final = f"SELECT g.state, c.owner, c.process, c.until {_FROM} WHERE g.id = ?"
OWNER: Final = "SELECT owner FROM video_claims WHERE id = ?"
# Not joins: few rows are asked for, and a database may read a whole table to join it.
_ROWS: Final = """
SELECT g.*,
    (SELECT c.process FROM video_claims AS c WHERE c.id = g.id) AS process,
    (SELECT c.until FROM video_claims AS c WHERE c.id = g.id) AS until,
    coalesce((SELECT c.unsaved FROM video_claims AS c WHERE c.id = g.id), FALSE) AS unsaved,
    (SELECT k.ending FROM video_keys AS k WHERE k.id = g.id) AS ending
FROM video_generations AS g
"""
ALL: Final = f"{_ROWS} ORDER BY started_at, id"
OF_KEY: Final = f"{_ROWS} WHERE g.id IN (SELECT id FROM video_keys WHERE key = ?)"  # noqa: S608 - ours
# Each half of a union uses an index, because most entries of a journal have ended.
NAMED: Final = (
    f"{_ROWS} WHERE g.id = ? UNION {_ROWS} WHERE g.request_id = ? ORDER BY started_at DESC"
)
UNFINISHED: Final = f"""
{_ROWS} WHERE g.state IN {PENDING}
UNION
{_ROWS} WHERE g.state = 'completed' AND g.id IN (SELECT id FROM video_claims WHERE unsaved)
ORDER BY started_at, id
"""  # noqa: S608 - it contains only our own constants
# A message that is over may come again: it is then new.
NOTE: Final = """
INSERT INTO video_messages AS m (message, about, came_at, until) VALUES (?, ?, ?, ?)
ON CONFLICT (message) DO UPDATE SET
    about = excluded.about, came_at = excluded.came_at, until = excluded.until
WHERE m.until <= excluded.came_at
"""
CAME: Final = "SELECT came_at FROM video_messages WHERE message = ?"
NOTED: Final = "SELECT max(came_at) AS came_at FROM video_messages WHERE about = ?"
# The count is not a join for the reason above.
PRUNED: Final = f"""
SELECT g.id, (SELECT k.key FROM video_keys AS k WHERE k.id = g.id) AS key
FROM video_generations AS g
WHERE g.updated_at < ? AND g.state IN {_ENDED}
AND NOT coalesce((SELECT c.unsaved FROM video_claims AS c WHERE c.id = g.id), FALSE)
AND 0 = (
    SELECT count(*) FROM video_keys AS mine
    JOIN video_keys AS sibling ON sibling.key = mine.key
    JOIN video_generations AS other ON other.id = sibling.id
    WHERE mine.id = g.id AND (
        other.updated_at >= ? OR other.state NOT IN {_ENDED}
        OR coalesce((SELECT c.unsaved FROM video_claims AS c WHERE c.id = other.id), FALSE)
    )
)
ORDER BY g.updated_at
LIMIT ?
"""  # noqa: S608 - it contains only our own constants
PRUNE_MESSAGES: Final = "DELETE FROM video_messages WHERE until < ?"


def below(count: int) -> str:
    """Return the query for the ids of all entries below so many keys, which are its values."""
    return f"SELECT id FROM video_keys WHERE key IN ({', '.join('?' * count)})"  # noqa: S608 - ours


def forget(count: int) -> tuple[str, ...]:
    """Return the statements that remove so many entries, whose ids are the values of each."""
    ids = ", ".join("?" * count)
    tables = ("video_generations", "video_claims", "video_keys")
    return tuple(f"DELETE FROM {table} WHERE id IN ({ids})" for table in tables)  # noqa: S608 - ours
