"""What a journal remembers of messages, and what it may forget."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import attrs
import pytest
from tests.support import fal_replies as fal
from tests.support.keyed_calls import KEY, generate, states, submissions
from tests.support.places import Place

from tarash.tarash_gateway import Journal, JournalEntry, VideoGeneration, start_video
from tarash.tarash_gateway.outcome import result_of
from tarash.tarash_gateway.testing import ScriptedHttp, fake_effects
from tarash.tarash_gateway.values.journal_entry import PENDING
from tarash.tarash_gateway.values.submission_key import KeyedAttempt

_NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
_DAY = timedelta(days=1)


def _note(journal: Journal, message: str, about: str = "job-1", **more: Any) -> bool:
    times = {"now": _NOW, "until": _NOW + _DAY, **more}
    return result_of(journal.note(message, about=about, **times)).unwrap()


def _noted(journal: Journal, about: str) -> datetime | None:
    return result_of(journal.noted(about)).unwrap()


def _prune(journal: Journal, before: datetime) -> int:
    return result_of(journal.prune(before)).unwrap()


@pytest.fixture(scope="module")
def generation() -> VideoGeneration:
    effects = fake_effects(http=ScriptedHttp([fal.queued()]))
    return start_video(fal.config(), fal.REQUEST, effects=effects)


def _put(
    journal: Journal, generation: VideoGeneration, name: str, at: datetime, **more: Any
) -> None:
    key, _, number = name.partition("#")
    keyed = KeyedAttempt(key=key, number=int(number), fingerprint="") if number else None
    known = attrs.evolve(generation, id=name, keyed=keyed)
    entry = JournalEntry(generation=known, updated_at=at, **{"state": "failed", **more})
    result_of(journal.put(entry)).unwrap()


def test_a_message_is_new_once(journal: Journal) -> None:
    # given a message that came
    assert _note(journal, "m1")
    # then it is known, whenever it comes again in its time, and others are not
    assert not _note(journal, "m1")
    assert not _note(journal, "m1", now=_NOW + _DAY - timedelta(seconds=1))
    assert _note(journal, "m2")
    # and a message whose time is over is a new one
    assert _note(journal, "m1", now=_NOW + _DAY, until=_NOW + 2 * _DAY)
    assert not _note(journal, "m1", now=_NOW + _DAY)


def test_the_newest_message_about_a_job_is_known(journal: Journal) -> None:
    assert _noted(journal, "job-1") is None
    later = (_NOW + timedelta(hours=3)).astimezone(timezone(timedelta(hours=-7)))
    for number, time in enumerate((_NOW, later, _NOW + timedelta(hours=1))):
        _note(journal, f"m{number}", now=time)
    _note(journal, "other", about="job-2")
    assert _noted(journal, "job-1") == later
    assert _noted(journal, "job-2") == _NOW


@pytest.mark.parametrize("name", ["a\ud800", "a\x00b", "it's; --", "100%s ?", "ä" * 300])
def test_a_message_may_have_any_name(journal: Journal, name: str) -> None:
    assert _note(journal, name, about=name)
    assert not _note(journal, name, about=name)
    assert _noted(journal, name) == _NOW


def test_messages_are_forgotten_when_their_time_is_over(journal: Journal) -> None:
    _note(journal, "old", about="old")
    _note(journal, "new", about="new", until=_NOW + 3 * _DAY)
    assert _prune(journal, _NOW + 2 * _DAY) == 0
    assert (_noted(journal, "old"), _noted(journal, "new")) == (None, _NOW)


def test_what_ended_long_ago_is_removed(journal: Journal, generation: VideoGeneration) -> None:
    # given entries that ended on several days, in the words of several time zones
    west = timezone(timedelta(hours=-8))
    _put(journal, generation, "old", _NOW)
    _put(journal, generation, "old in the west", (_NOW - timedelta(minutes=1)).astimezone(west))
    _put(journal, generation, "new", _NOW + _DAY)
    _put(journal, generation, "new in the west", (_NOW + _DAY).astimezone(west))
    # when those before a time are pruned
    assert _prune(journal, (_NOW + _DAY).astimezone(west)) == 2
    # then the later ones are there, and nothing is left to prune
    assert set(states(journal)) == {"new", "new in the west"}
    assert _prune(journal, _NOW + _DAY) == 0


@pytest.mark.parametrize("state", PENDING)
def test_what_may_be_charged_is_never_removed(
    journal: Journal, generation: VideoGeneration, state: str
) -> None:
    _put(journal, generation, "job", _NOW, state=state)
    assert _prune(journal, _NOW + 10_000 * _DAY) == 0
    assert states(journal) == {"job": state}


def test_a_video_that_is_not_saved_is_never_removed(
    place: Place, generation: VideoGeneration
) -> None:
    journal = place.journal(until_saved=True)
    _put(journal, generation, "job", _NOW, state="completed")
    assert _prune(journal, _NOW + _DAY) == 0
    _put(journal, generation, "job", _NOW, state="completed", unsaved=False)
    assert _prune(journal, _NOW + _DAY) == 1


def test_a_state_of_a_later_version_is_never_removed(
    place: Place, journal: Journal, generation: VideoGeneration
) -> None:
    _put(journal, generation, "job", _NOW)
    _put(journal, generation, "clip#1", _NOW)
    _put(journal, generation, "clip#2", _NOW)
    place.execute("UPDATE video_generations SET state = 'suspended' WHERE id IN ('job', 'clip#2')")
    assert _prune(journal, _NOW + _DAY) == 0


@pytest.mark.parametrize(
    ("last", "removed"),
    [
        ({"state": "refused"}, 3),
        ({"state": "accepted"}, 0),
        ({"state": "unknown"}, 0),
        ({"state": "failed", "at": _NOW + 2 * _DAY}, 0),
        ({"state": "completed", "unsaved": True}, 0),
    ],
    ids=["all ended", "pending", "unknown", "newer", "not saved"],
)
def test_a_key_is_removed_as_a_whole_or_not_at_all(
    journal: Journal, generation: VideoGeneration, last: dict[str, Any], removed: int
) -> None:
    # given a key with three attempts, two of which ended long ago
    for number in (1, 2):
        _put(journal, generation, f"clip#{number}", _NOW)
    _put(journal, generation, "clip#3", **{"at": _NOW, **last})
    # then the third decides about all of them, and another key is another matter
    _put(journal, generation, "other#1", _NOW)
    assert _prune(journal, _NOW + _DAY) == removed + 1
    assert len(states(journal)) == 3 - removed


def test_a_key_that_was_removed_is_new(journal: Journal) -> None:
    generate(journal, *fal.success())
    _, silent = generate(journal)
    assert submissions(silent) == 0
    assert _prune(journal, datetime.now(UTC) + 10_000 * _DAY) == 1
    _, http = generate(journal, *fal.success("job-2"))
    assert submissions(http) == 1
    assert states(journal) == {f"{KEY}#1": "completed"}


def test_many_entries_are_removed_in_several_steps(
    monkeypatch: pytest.MonkeyPatch, journal: Journal, generation: VideoGeneration
) -> None:
    # given steps of two entries, and keys that do not fit into one
    monkeypatch.setattr("tarash.tarash_gateway.effects.sql_journal._BATCH", 2)
    for key in range(3):
        for number in range(3):
            _put(journal, generation, f"clip{key}#{number}", _NOW)
    _put(journal, generation, "single", _NOW)
    assert _prune(journal, _NOW + _DAY) == 10
    assert states(journal) == {}
