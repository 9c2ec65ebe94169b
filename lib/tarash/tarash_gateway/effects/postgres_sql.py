"""The schema of the journal in PostgreSQL, and its statements in PostgreSQL's words."""

import re
from functools import lru_cache
from typing import Final

from ..exceptions import ValidationError
from ..values.checks import preview
from ..values.journal_entry import PENDING

_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,62}")
# Each brings a schema to its next version, in one transaction. They are never changed: databases
# have them. The JSON is text, because jsonb refuses U+0000 and rewrites numbers. A provider's id
# may be of any length, which only a hash index takes.
_MIGRATIONS: Final = (
    f"""
CREATE TABLE video_schema (version integer NOT NULL);
INSERT INTO video_schema VALUES (0);
CREATE TABLE video_generations (
    id text PRIMARY KEY,
    state text NOT NULL,
    provider text NOT NULL,
    model text NOT NULL,
    request_id text,
    started_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    message text,
    generation text NOT NULL
);
CREATE TABLE video_claims (
    id text PRIMARY KEY,
    owner text,
    process text,
    until timestamptz,
    unsaved boolean NOT NULL DEFAULT FALSE
);
CREATE TABLE video_keys (
    id text PRIMARY KEY,
    key text NOT NULL,
    ending text
);
CREATE TABLE video_messages (
    message text PRIMARY KEY,
    about text NOT NULL,
    came_at timestamptz NOT NULL,
    until timestamptz NOT NULL
);
CREATE INDEX ON video_generations (started_at, id) WHERE state IN {PENDING};
CREATE INDEX ON video_generations (updated_at);
CREATE INDEX ON video_generations USING hash (request_id);
CREATE INDEX ON video_claims (id) WHERE unsaved;
CREATE INDEX ON video_keys (key);
CREATE INDEX ON video_messages USING hash (about);
CREATE INDEX ON video_messages (until);
""",  # noqa: S608 - it contains only our own constants
)
VERSION: Final = len(_MIGRATIONS)

# A commit is on the disk when a call returns, even where the database's default is another one. To
# compile a query takes longer than any of ours.
ENTER: Final = """
SELECT
    set_config('lock_timeout', ?, TRUE) AS lock_timeout, set_config('jit', 'off', TRUE) AS jit,
    CASE WHEN current_setting('synchronous_commit') = 'off'
    THEN set_config('synchronous_commit', 'on', TRUE) END AS synchronous_commit,
    (SELECT version FROM video_schema) AS version
"""
SETTINGS: Final = """
SELECT current_setting('lock_timeout') AS lock_timeout, current_setting('jit') AS jit
"""
SET_AGAIN: Final = "SELECT set_config('lock_timeout', ?, TRUE), set_config('jit', ?, TRUE)"
# Writers of different entries do not wait for each other, but all of them for who takes all.
LOCK: Final = """
SELECT pg_advisory_xact_lock_shared(hashtextextended(?, 1)),
    pg_advisory_xact_lock(hashtextextended(?, 2))
"""
LOCK_ALL: Final = "SELECT pg_advisory_xact_lock(hashtextextended(?, 1))"
LOCK_MIGRATION: Final = "SELECT pg_advisory_xact_lock(hashtextextended(?, 3))"
FOUND: Final = (
    "SELECT to_regnamespace(?) IS NOT NULL AS schema, to_regclass(?) IS NOT NULL AS tables"
)
FOUND_VERSION: Final = "SELECT version FROM video_schema"


def checked(schema: object) -> str:
    """Return the name of a schema.

    Raises:
        ValidationError: It would have to be quoted in SQL.
    """
    if not isinstance(schema, str) or _NAME.fullmatch(schema) is None:
        message = (
            f"schema must be 1 to 63 letters, digits and underscores, not {preview(schema)}: give "
            "the name of the PostgreSQL schema for the journal's tables"
        )
        raise ValidationError(message)
    return schema


@lru_cache(maxsize=256)
def query(statement: str, schema: str) -> bytes:
    """Return one of our statements for the tables of a schema, with psycopg's placeholders."""
    return _in_schema(statement, schema).replace("?", "%s").encode()


def _in_schema(statement: str, schema: str) -> str:
    return statement.replace("video_", f'"{schema}".video_')


def creation(schema: str) -> str:
    """Return the statement that creates a schema."""
    return f'CREATE SCHEMA "{schema}";\n'


def migration(schema: str, version: int) -> str:
    """Return the statements that bring the tables of a schema from a version to ours."""
    later = "".join(_MIGRATIONS[version:])
    return _in_schema(f"{later}UPDATE video_schema SET version = {VERSION};\n", schema)  # noqa: S608 - our own constants


def grants(schema: str, role: str) -> str:
    """Return the statements that let a role use the journal, and not change its tables."""
    return (
        f'GRANT USAGE ON SCHEMA "{schema}" TO {role};\n'
        f'GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA "{schema}" TO {role};\n'
    )
