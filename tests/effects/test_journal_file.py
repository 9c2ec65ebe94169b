"""The file of the journal: whose it is, what it survives, how older ones are read."""

import json
import os
import sqlite3
import stat
import threading
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import attrs
import pytest
from returns.result import Success
from tests.support import fal_replies as fal

from tarash.tarash_gateway import (
    JournalEntry,
    JournalError,
    SqliteJournal,
    VideoGeneration,
    VideoGenerationConfig,
    generate_video,
    pending_videos,
    start_video,
)
from tarash.tarash_gateway.outcome import Outcome, result_of
from tarash.tarash_gateway.testing import Reply, ScriptedHttp, fake_effects

_NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
# As version 0.1 before leases wrote it.
_OLD_TABLE = """
CREATE TABLE video_generations (
    id TEXT PRIMARY KEY, state TEXT NOT NULL, provider TEXT NOT NULL, model TEXT NOT NULL,
    request_id TEXT, started_at TEXT NOT NULL, updated_at TEXT NOT NULL, message TEXT,
    generation TEXT NOT NULL
)
"""
_OLD_JSON = (
    '{"version":1,"id":"old-2","request":{"prompt":"a kite"},'
    '"configs":[{"provider":"fal","model":"fal-ai/veo3"}],'
    '"started_at":"2026-11-01T00:00:00+00:00","job":{"id":"job-7","urls":{}},'
    '"attempts":[{"provider":"fal","model":"fal-ai/veo2","attempt_number":1,'
    '"started_at":"2026-11-01T00:00:00+00:00","ended_at":"2026-11-01T00:00:01+00:00",'
    '"status":"failed","submission":"refused"}]}'
)


_OK = VideoGenerationConfig(provider="mock", model="second")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.sqlite3"


def _start(journal: SqliteJournal, *replies: Reply, **changes: Any) -> VideoGeneration:
    effects = fake_effects(http=ScriptedHttp(replies or [fal.queued()]))
    return start_video(fal.config(**changes), fal.REQUEST, effects=effects, journal=journal)


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
def test_only_the_user_may_read_it(path: Path) -> None:
    path.touch(0o644)
    path.chmod(0o644)
    _start(SqliteJournal(path))
    assert {stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()} == {0o600}


def test_an_older_journal_is_read_and_written(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(_OLD_TABLE)
        connection.execute(
            "INSERT INTO video_generations VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            ("old-2", "accepted", "fal", "m", "job-7", "2026", _NOW.isoformat(), None, _OLD_JSON),
        )
    journal = SqliteJournal(path)
    (entry,) = pending_videos(journal)
    assert (entry.generation.request_id, entry.generation.position) == ("job-7", 1)
    assert (entry.unsaved, entry.in_use) == (False, False)
    _start(journal)
    assert [e.generation.request_id for e in pending_videos(journal)] == ["job-7", "job-1"]


# As the version with leases wrote it.
_SECOND = """
CREATE TABLE video_claims (
    id TEXT PRIMARY KEY, owner TEXT, process TEXT, until TEXT, unsaved INTEGER NOT NULL DEFAULT 0
);
INSERT INTO video_claims (id, unsaved) VALUES ('old-2', 1);
PRAGMA user_version = 2;
"""


def test_a_journal_of_the_version_before_keys_takes_keys(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.executescript(f"{_OLD_TABLE}; {_SECOND}")
        connection.execute(
            "INSERT INTO video_generations VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            ("old-2", "completed", "fal", "m", "job-7", "2026", _NOW.isoformat(), None, _OLD_JSON),
        )
    journal = SqliteJournal(path)
    (old,) = pending_videos(journal)
    assert (old.generation.id, old.generation.key, old.unsaved) == ("old-2", None, True)
    effects = fake_effects(http=ScriptedHttp([fal.queued()]))
    start_video(fal.config(), fal.REQUEST, effects=effects, journal=journal, key="clip")
    (new,) = result_of(journal.keyed("clip", now=_NOW)).unwrap()
    assert (new.generation.id, new.state) == ("clip#1", "accepted")
    # A program that does not know keys must not go on along the chain of one.
    with closing(sqlite3.connect(path)) as connection:
        found = connection.execute("SELECT id, generation FROM video_generations").fetchall()
    versions = {name: json.loads(text)["version"] for name, text in found}
    assert versions == {"old-2": 1, "clip#1": 3}


def test_what_cannot_be_written_down_is_not_submitted(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("not a database, not a folder", encoding="utf-8")
    for path in (tmp_path / "taken", tmp_path / "taken" / "journal"):
        http = ScriptedHttp([])
        with pytest.raises(JournalError, match="cannot be used") as caught:
            generate_video(
                fal.config(fallback_configs=[_OK]),
                fal.REQUEST,
                effects=fake_effects(http=http),
                journal=SqliteJournal(path),
            )
        assert http.requests == []
        assert caught.value.provider == "fal"


def test_a_lock_of_somebody_else_does_not_outlast_the_deadline(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal, waits = SqliteJournal(path), list[float]()
    result_of(journal.entries()).unwrap()
    connect: Callable[..., sqlite3.Connection] = sqlite3.connect

    def watched(path: Path, *, timeout: float, **more: Any) -> sqlite3.Connection:
        waits.append(timeout)
        return connect(path, timeout=timeout, **more)

    with closing(connect(path, isolation_level=None)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        monkeypatch.setattr(sqlite3, "connect", watched)
        http = ScriptedHttp([])
        with pytest.raises(JournalError, match="cannot be used"):
            generate_video(
                fal.config(timeout=0.5),
                fal.REQUEST,
                effects=fake_effects(http=http),
                journal=journal,
            )
        assert http.requests == []
    # SQLite was told to wait until then, and a second at least; never as long as others wait.
    assert waits
    assert max(waits) <= 1.0, waits


def test_a_home_that_does_not_exist_is_our_error() -> None:
    with pytest.raises(JournalError):
        pending_videos(SqliteJournal("~nobody-of-this-name/journal"))


def test_settings_of_a_provider_of_a_user_s_own_are_exact(path: Path) -> None:
    from tarash.tarash_gateway.providers.base import Setting  # noqa: PLC0415
    from tarash.tarash_gateway.providers.fal.provider import PROVIDER  # noqa: PLC0415

    settings = (Setting("auth"), Setting("stage", secret=True))
    mine = attrs.evolve(PROVIDER, name="mine", settings=settings)
    config = VideoGenerationConfig(
        provider="mine",
        model="fal-ai/veo3",
        api_key="k",
        provider_config={"auth": "bearer", "stage": "canary"},
    )
    effects = fake_effects(http=ScriptedHttp([fal.queued()]))
    kept = start_video(config, fal.REQUEST, effects=effects, providers={"mine": mine})
    once = VideoGeneration.from_json(kept.to_json())
    twice = VideoGeneration.from_json(once.to_json())
    assert twice.configs[0].provider_config == {"auth": "bearer"}
    assert path.parent.exists()


def test_many_threads_may_begin_a_new_file_at_once(tmp_path: Path) -> None:
    # given files that do not exist yet
    for number in range(30):
        journal, start = SqliteJournal(tmp_path / f"{number}.sqlite3"), threading.Barrier(8)
        outcomes: list[Outcome[tuple[JournalEntry, ...]]] = []

        def look(
            journal: SqliteJournal = journal,
            start: threading.Barrier = start,
            outcomes: list[Outcome[tuple[JournalEntry, ...]]] = outcomes,
        ) -> None:
            start.wait()
            outcomes.append(result_of(journal.entries()))

        # when eight threads use one for the first time at once
        threads = [threading.Thread(target=look) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        # then none is told that it is locked, and nothing else is left in the folder
        assert outcomes == [Success(())] * 8
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]
