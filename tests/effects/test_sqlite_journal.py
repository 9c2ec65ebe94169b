"""The journal: written before the submission leaves, right after acceptance, at the end."""

import asyncio
import sqlite3
import threading
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from returns.io import IOFailure
from tests.support import fal_replies as fal

from tarash.tarash_gateway import (
    AuthenticationError,
    GenerationFailedError,
    HTTPConnectionError,
    Journal,
    JournalEntry,
    JournalError,
    SqliteJournal,
    SubmissionUnknownError,
    TarashException,
    TimeoutError,
    VideoGenerationConfig,
    cancel_video,
    check_video,
    generate_video,
    generate_video_async,
    pending_videos,
    resume_video,
    start_video,
)
from tarash.tarash_gateway.http.messages import HttpRequest, HttpResponse
from tarash.tarash_gateway.outcome import IOOutcome, result_of
from tarash.tarash_gateway.testing import Reply, ScriptedHttp, fake_effects, json_reply

_OK = VideoGenerationConfig(provider="mock", model="second")
_CANCELLED = json_reply(202, {"status": "CANCELLATION_REQUESTED"})


@pytest.fixture
def journal(tmp_path: Path) -> SqliteJournal:
    return SqliteJournal(tmp_path / "new" / "journal.sqlite3")


def _states(journal: Journal, *, pending: bool = False) -> list[tuple[str, str, str | None]]:
    entries = result_of(journal.entries(pending=pending)).unwrap()
    return [(e.generation.model, e.state, e.generation.request_id) for e in entries]


def _generate(journal: Journal, *replies: Reply, **changes: Any) -> Any:
    effects = fake_effects(http=ScriptedHttp(replies))
    return generate_video(fal.config(**changes), fal.REQUEST, effects=effects, journal=journal)


def test_each_step_is_written_down_when_it_happens(journal: SqliteJournal) -> None:
    seen: list[list[tuple[str, str, str | None]]] = []

    def look(reply: HttpResponse) -> Any:
        def answer(_asked: HttpRequest) -> HttpResponse:
            seen.append(_states(journal))
            return reply

        return answer

    replies = [look(fal.queued()), look(fal.completed()), look(fal.result())]
    assert _generate(journal, *replies).video == fal.URL
    assert seen == [
        [("fal-ai/veo3", "intended", None)],
        [("fal-ai/veo3", "accepted", "job-1")],
        [("fal-ai/veo3", "accepted", "job-1")],
    ]
    assert _states(journal) == [("fal-ai/veo3", "completed", "job-1")]
    assert pending_videos(journal) == ()


@pytest.mark.parametrize(
    ("replies", "changes", "expected", "state"),
    [
        ([json_reply(401, {"detail": "x"})], {}, AuthenticationError, "refused"),
        ([HTTPConnectionError(message="x")], {}, SubmissionUnknownError, "unknown"),
        ([fal.queued(), fal.failed()], {}, GenerationFailedError, "failed"),
        ([fal.queued(), fal.running()], {"max_poll_attempts": 1}, TimeoutError, "accepted"),
    ],
    ids=["refused", "unknown", "failed", "timeout"],
)
def test_an_end_is_written_down(
    journal: SqliteJournal,
    replies: list[Reply],
    changes: dict[str, Any],
    expected: type[TarashException],
    state: str,
) -> None:
    with pytest.raises(expected):
        _generate(journal, *replies, **changes)
    assert [kept[1] for kept in _states(journal)] == [state]
    assert bool(pending_videos(journal)) is (state in {"unknown", "accepted"})


def test_each_config_of_a_chain_has_its_entry(journal: SqliteJournal) -> None:
    response = _generate(
        journal,
        *(fal.queued(), fal.waiting(), _CANCELLED),
        max_poll_attempts=1,
        fallback_configs=[_OK],
    )
    assert response.is_mock
    assert [(kept[0], kept[1]) for kept in _states(journal)] == [
        ("fal-ai/veo3", "cancelled"),
        ("second", "completed"),
    ]


def test_a_crash_leaves_what_to_resume(journal: SqliteJournal) -> None:
    effects = fake_effects(http=ScriptedHttp([fal.queued()]))
    start_video(fal.config(), fal.REQUEST, effects=effects, journal=journal)
    (entry,) = pending_videos(journal)
    assert (entry.state, entry.generation.request_id) == ("accepted", "job-1")
    world = fake_effects(
        http=ScriptedHttp([fal.completed(), fal.result()]), environment={"FAL_KEY": "k"}
    )
    assert resume_video(entry.generation, effects=world, journal=journal).video == fal.URL
    assert _states(journal) == [("fal-ai/veo3", "completed", "job-1")]


def test_a_crash_in_the_submission_is_unknown(journal: SqliteJournal) -> None:
    def crash(_asked: HttpRequest) -> HttpResponse:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        _generate(journal, crash)
    (entry,) = pending_videos(journal)
    assert (entry.state, entry.generation.job) == ("unknown", None)
    result_of(journal.forget(entry.generation.id)).unwrap()
    assert pending_videos(journal) == ()


def test_checks_and_cancels_are_written_down(journal: SqliteJournal) -> None:
    effects = fake_effects(
        http=ScriptedHttp([fal.queued(), fal.running(), fal.waiting(), _CANCELLED]),
        environment={"FAL_KEY": "k"},
    )
    generation = start_video(fal.config(), fal.REQUEST, effects=effects, journal=journal)
    checked = check_video(generation, effects=effects, journal=journal)
    assert checked.status == "processing"
    assert _states(journal)[0][1] == "accepted"
    assert cancel_video(checked, effects=effects, journal=journal) == "confirmed"
    assert _states(journal)[0][1] == "cancelled"


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


class _Fails(SqliteJournal):
    """A journal whose disk is full after the intent."""

    def put(self, entry: JournalEntry, **_more: Any) -> IOOutcome[None]:
        return IOFailure(JournalError(message=f"the disk is full for {entry.state}"))


def test_a_journal_that_fails_later_does_not_cost_the_job(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    journal = _Fails(tmp_path / "journal.sqlite3")
    assert _generate(journal, *fal.success()).video == fal.URL
    assert "the disk is full for accepted; the generation goes on" in caplog.text


def test_an_entry_that_cannot_be_read_hides_no_other(
    journal: SqliteJournal, caplog: pytest.LogCaptureFixture
) -> None:
    for number in range(3):
        effects = _named(fake_effects(http=ScriptedHttp([fal.queued(f"job-{number}")])), number)
        start_video(fal.config(), fal.REQUEST, effects=effects, journal=journal)
    with closing(sqlite3.connect(journal._path)) as connection, connection:
        connection.execute("UPDATE video_generations SET generation = '{' WHERE request_id='job-1'")
    assert [e.generation.request_id for e in pending_videos(journal)] == ["job-0", "job-2"]
    assert "cannot be read: call1-1 of fal/fal-ai/veo3, job job-1" in caplog.text
    (damaged,) = result_of(journal.unreadable()).unwrap()
    assert (damaged.id, damaged.state, damaged.request_id) == ("call1-1", "accepted", "job-1")
    assert "this is not the JSON of a VideoGeneration" in damaged.reason


def test_no_key_is_in_the_file(journal: SqliteJournal) -> None:
    _generate(journal, *fal.success(), api_key="canary", provider_config={"token": "canary"})
    folder = journal._path.parent
    assert b"canary" not in b"".join(path.read_bytes() for path in folder.iterdir())


def test_many_threads_share_the_file(journal: SqliteJournal) -> None:
    def work(number: int) -> None:
        effects = fake_effects(http=ScriptedHttp(fal.success(f"job-{number}")))
        config = fal.config(provider_config={"number": number})
        generate_video(config, fal.REQUEST, effects=_named(effects, number), journal=journal)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(kept[1:] for kept in _states(journal)) == sorted(
        ("completed", f"job-{number}") for number in range(12)
    )


def _named(effects: Any, number: int) -> Any:
    import attrs  # noqa: PLC0415 - one helper's

    class Ids:
        def new(self) -> str:
            return f"call{number}"

    return attrs.evolve(effects, ids=Ids())


async def test_a_task_cancelled_in_its_submission_loses_no_job(journal: SqliteJournal) -> None:
    began, release = threading.Event(), threading.Event()

    def slow(_asked: HttpRequest) -> HttpResponse:
        began.set()
        release.wait(5)
        return fal.queued()

    http = ScriptedHttp([slow])
    call = generate_video_async(
        fal.config(), fal.REQUEST, effects=fake_effects(http=http), journal=journal
    )
    task = asyncio.ensure_future(call)
    await asyncio.to_thread(began.wait, 5)
    task.cancel()
    # The cancelled call waits for the answer, which comes a moment later.
    asyncio.get_running_loop().call_later(0.1, release.set)
    with pytest.raises(asyncio.CancelledError):
        await task
    for _ in range(200):
        if _states(journal) == [("fal-ai/veo3", "accepted", "job-1")]:
            break
        await asyncio.sleep(0.02)
    assert _states(journal) == [("fal-ai/veo3", "accepted", "job-1")]
    assert len(http.requests) == 1
