"""The journal: written before the submission leaves, right after acceptance, at the end."""

import asyncio
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import attrs
import pytest
from returns.io import IOFailure
from tests.support import fal_replies as fal
from tests.support import patience
from tests.support.places import Place, Wrapped

from tarash.tarash_gateway import (
    AuthenticationError,
    GenerationFailedError,
    HTTPConnectionError,
    Journal,
    JournalEntry,
    JournalError,
    SubmissionUnknownError,
    TarashException,
    TimeoutError,
    VideoGeneration,
    VideoGenerationConfig,
    VideoGenerationRequest,
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
_NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
_CANCELLED = json_reply(202, {"status": "CANCELLATION_REQUESTED"})


def _states(journal: Journal, *, pending: bool = False) -> list[tuple[str, str, str | None]]:
    entries = result_of(journal.entries(pending=pending)).unwrap()
    return [(e.generation.model, e.state, e.generation.request_id) for e in entries]


def _generate(journal: Journal, *replies: Reply, **changes: Any) -> Any:
    effects = fake_effects(http=ScriptedHttp(replies))
    return generate_video(fal.config(**changes), fal.REQUEST, effects=effects, journal=journal)


def _start(journal: Journal, **changes: Any) -> VideoGeneration:
    effects = fake_effects(http=ScriptedHttp([fal.queued()]))
    return start_video(fal.config(**changes), fal.REQUEST, effects=effects, journal=journal)


def test_each_step_is_written_down_when_it_happens(journal: Journal) -> None:
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
    journal: Journal,
    replies: list[Reply],
    changes: dict[str, Any],
    expected: type[TarashException],
    state: str,
) -> None:
    with pytest.raises(expected):
        _generate(journal, *replies, **changes)
    assert [kept[1] for kept in _states(journal)] == [state]
    assert bool(pending_videos(journal)) is (state in {"unknown", "accepted"})


def test_each_config_of_a_chain_has_its_entry(journal: Journal) -> None:
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


def test_a_crash_leaves_what_to_resume(journal: Journal) -> None:
    effects = fake_effects(http=ScriptedHttp([fal.queued()]))
    start_video(fal.config(), fal.REQUEST, effects=effects, journal=journal)
    (entry,) = pending_videos(journal)
    assert (entry.state, entry.generation.request_id) == ("accepted", "job-1")
    world = fake_effects(
        http=ScriptedHttp([fal.completed(), fal.result()]), environment={"FAL_KEY": "k"}
    )
    assert resume_video(entry.generation, effects=world, journal=journal).video == fal.URL
    assert _states(journal) == [("fal-ai/veo3", "completed", "job-1")]


def test_a_crash_in_the_submission_is_unknown(journal: Journal) -> None:
    def crash(_asked: HttpRequest) -> HttpResponse:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        _generate(journal, crash)
    (entry,) = pending_videos(journal)
    assert (entry.state, entry.generation.job) == ("unknown", None)
    result_of(journal.forget(entry.generation.id)).unwrap()
    assert pending_videos(journal) == ()


def test_checks_and_cancels_are_written_down(journal: Journal) -> None:
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


class _Fails(Wrapped):
    """A journal whose disk is full after the intent."""

    def put(self, entry: JournalEntry, **_more: Any) -> IOOutcome[None]:
        return IOFailure(JournalError(message=f"the disk is full for {entry.state}"))


def test_a_journal_that_fails_later_does_not_cost_the_job(
    journal: Journal, caplog: pytest.LogCaptureFixture
) -> None:
    assert _generate(_Fails(journal), *fal.success()).video == fal.URL
    assert "the disk is full for accepted; the generation goes on" in caplog.text


def test_an_entry_that_cannot_be_read_hides_no_other(
    place: Place, journal: Journal, caplog: pytest.LogCaptureFixture
) -> None:
    for number in range(3):
        effects = _named(fake_effects(http=ScriptedHttp([fal.queued(f"job-{number}")])), number)
        start_video(fal.config(), fal.REQUEST, effects=effects, journal=journal)
    place.execute("UPDATE video_generations SET generation = '{' WHERE request_id = 'job-1'")
    assert [e.generation.request_id for e in pending_videos(journal)] == ["job-0", "job-2"]
    assert "cannot be read: call1-1 of fal/fal-ai/veo3, job job-1" in caplog.text
    (damaged,) = result_of(journal.unreadable()).unwrap()
    assert (damaged.id, damaged.state, damaged.request_id) == ("call1-1", "accepted", "job-1")
    assert "this is not the JSON of a VideoGeneration" in damaged.reason


def test_no_key_is_stored(place: Place, journal: Journal) -> None:
    _generate(journal, *fal.success(), api_key="canary", provider_config={"token": "canary"})
    assert b"canary" not in place.content()


def test_many_threads_share_it(journal: Journal) -> None:
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
    class Ids:
        def new(self) -> str:
            return f"call{number}"

    return attrs.evolve(effects, ids=Ids())


async def test_a_task_cancelled_in_its_submission_loses_no_job(journal: Journal) -> None:
    began, release = threading.Event(), threading.Event()

    def slow(_asked: HttpRequest) -> HttpResponse:
        began.set()
        patience.wait(release)
        return fal.queued()

    http = ScriptedHttp([slow])
    call = generate_video_async(
        fal.config(), fal.REQUEST, effects=fake_effects(http=http), journal=journal
    )
    task = asyncio.ensure_future(call)
    await patience.wait_async(began)
    task.cancel()
    # The cancelled call waits for the answer, which comes a moment later.
    asyncio.get_running_loop().call_later(0.1, release.set)
    with pytest.raises(asyncio.CancelledError):
        await task
    await patience.until_async(lambda: _states(journal) == [("fal-ai/veo3", "accepted", "job-1")])
    assert len(http.requests) == 1


@pytest.mark.parametrize("job", ["job-\ud800", "\ud83d", "a\x00b", "job 'x'; --", "ä" * 300])
def test_any_id_and_any_words_can_be_written(place: Place, job: str) -> None:
    journal = place.journal()
    odd = json_reply(
        200, {"status": "COMPLETED", "error": f"x {job}", "error_type": "internal_error"}
    )
    effects = fake_effects(http=ScriptedHttp([fal.queued(job)]))
    kept = start_video(fal.config(), fal.REQUEST, effects=effects, journal=journal)
    assert kept.request_id == job
    (entry,) = pending_videos(journal)
    assert entry.generation.request_id == job
    found = result_of(journal.entry(job)).unwrap()
    assert found is not None
    assert found.generation == entry.generation
    world = fake_effects(http=ScriptedHttp([odd]), environment={"FAL_KEY": "k"})
    with pytest.raises(GenerationFailedError):
        resume_video(entry.generation, effects=world, journal=journal)
    assert pending_videos(journal) == ()


def test_an_entry_is_found_by_either_id_and_the_newest_wins(place: Place) -> None:
    journal = place.journal()
    old = _start(journal)
    new = attrs.evolve(old, id="new-1", started_at=_NOW)
    result_of(journal.put(JournalEntry(generation=new, state="accepted", updated_at=_NOW))).unwrap()
    for name, id_ in (("call1-1", "call1-1"), ("new-1", "new-1"), ("job-1", "new-1")):
        found = result_of(journal.entry(name)).unwrap()
        assert found is not None
        assert found.generation.id == id_
    assert result_of(journal.entry("nothing")).unwrap() is None


def test_what_has_ended_does_not_become_pending_again(place: Place) -> None:
    journal = place.journal()
    entry = JournalEntry(generation=_start(journal), state="completed", updated_at=_NOW)
    result_of(journal.put(entry)).unwrap()
    result_of(journal.put(attrs.evolve(entry, state="accepted"))).unwrap()
    assert pending_videos(journal) == ()


def test_a_completed_job_stays_pending_until_its_video_is_saved(place: Place) -> None:
    journal = place.journal(until_saved=True)
    effects = fake_effects(http=ScriptedHttp(fal.success()))
    generate_video(fal.config(), fal.REQUEST, effects=effects, journal=journal)
    (entry,) = pending_videos(place.journal())
    assert (entry.state, entry.unsaved) == ("completed", True)
    result_of(journal.put(attrs.evolve(entry, unsaved=False))).unwrap()
    assert pending_videos(journal) == ()


def test_credentials_among_the_parameters_are_not_kept(place: Place) -> None:
    extra = {
        "openai_api_key": "canary",
        "cookies": "canary",
        "connection_string": "canary",
        "database": "postgres://user:canary@host/db",
        "nested": {"Authorization": "canary", "cfg_scale": 0.5},
        "key_frames": 3,
    }
    request = VideoGenerationRequest(prompt="a kite", extra_params=extra)
    journal = place.journal()
    effects = fake_effects(http=ScriptedHttp([fal.queued()]))
    start_video(fal.config(model="some/model"), request, effects=effects, journal=journal)
    assert b"canary" not in place.content()
    (entry,) = pending_videos(journal)
    assert entry.generation.request.extra_params == {
        "database": "postgres://host/db",
        "nested": {"cfg_scale": 0.5},
        "key_frames": 3,
    }


def test_a_value_that_is_not_json_costs_no_job(place: Place) -> None:
    settings = {
        "headers": {"X-Fal-Note": "x"},
        "file": Path("a/b"),
        "day": _NOW,
        "odd": object(),
        "bytes": b"123",
        "deep": {"token": "canary", "list": [Path("c")]},
    }
    journal = place.journal()
    kept = _start(journal, provider_config=settings)
    again = VideoGeneration.from_json(kept.to_json()).configs[0].provider_config
    assert again == {
        "headers": {"X-Fal-Note": "x"},
        "file": str(Path("a/b")),
        "day": _NOW.isoformat(),
        "odd": "<object>",
        "bytes": "<3 bytes>",
        "deep": {"list": ["c"]},
    }
