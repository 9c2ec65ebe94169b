"""Taking over a job is a single step that one call owns."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import attrs
import pytest
from tests.support import fal_replies as fal
from tests.support.places import Place, Wrapped

from tarash.tarash_gateway import (
    GenerationFailedError,
    JobInUseError,
    Journal,
    JournalEntry,
    TarashException,
    TimeoutError,
    VideoGeneration,
    VideoGenerationConfig,
    cancel_video,
    check_video,
    generate_video,
    pending_videos,
    resume_video,
    start_video,
)
from tarash.tarash_gateway.effects import Effects
from tarash.tarash_gateway.effects.processes import is_gone, this_process
from tarash.tarash_gateway.http.messages import HttpRequest, HttpResponse
from tarash.tarash_gateway.outcome import IOOutcome, result_of
from tarash.tarash_gateway.registry import BUILT_IN
from tarash.tarash_gateway.testing import FakeClock, Reply, ScriptedHttp, fake_effects
from tarash.tarash_gateway.values.journal_entry import Claim
from tarash.tarash_gateway.values.submission_key import KeyedAttempt

_OK = VideoGenerationConfig(provider="mock", model="second")
_NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)


@attrs.frozen
class _Ids:
    """Names that begin with a worker's own."""

    worker: str
    _count: list[int] = attrs.field(factory=lambda: [0])

    def new(self) -> str:
        self._count[0] += 1
        return f"{self.worker}{self._count[0]}"


def _world(worker: str, *replies: Reply) -> tuple[ScriptedHttp, Effects]:
    http = ScriptedHttp(replies)
    effects = fake_effects(http=http, environment={"FAL_KEY": "k"})
    return http, attrs.evolve(effects, ids=_Ids(worker))


def _started(journal: Journal | None = None, **changes: Any) -> VideoGeneration:
    _, effects = _world("start", fal.queued())
    return start_video(fal.config(**changes), fal.REQUEST, effects=effects, journal=journal)


def _states(journal: Journal) -> dict[str, tuple[str, str | None]]:
    entries = result_of(journal.entries(pending=False)).unwrap()
    return {e.generation.id: (e.state, e.generation.request_id) for e in entries}


def _claim(journal: Journal, entry: JournalEntry, owner: str, now: datetime) -> str:
    until = now + timedelta(minutes=2)
    return result_of(journal.claim(entry, owner=owner, now=now, until=until)).unwrap()


def test_a_claim_excludes_other_owners_until_it_ends(journal: Journal) -> None:
    entry = JournalEntry(generation=_started(), state="accepted", updated_at=_NOW)
    later = _NOW + timedelta(minutes=3)
    assert _claim(journal, entry, "a", _NOW) == "owned"
    assert _claim(journal, entry, "a", _NOW) == "owned"
    assert _claim(journal, entry, "b", _NOW) == "in_use"
    assert _claim(journal, entry, "b", later) == "owned"
    assert _claim(journal, entry, "a", later) == "in_use"
    result_of(journal.release(entry.generation.id, owner="a")).unwrap()
    assert _claim(journal, entry, "a", later) == "in_use"
    result_of(journal.release(entry.generation.id, owner="b")).unwrap()
    assert _claim(journal, entry, "a", later) == "owned"
    result_of(journal.put(attrs.evolve(entry, state="failed"))).unwrap()
    assert _claim(journal, entry, "a", later) == "ended"


def test_one_of_many_threads_owns_a_job(journal: Journal) -> None:
    entry = JournalEntry(generation=_started(), state="accepted", updated_at=_NOW)
    claims: list[str] = []
    threads = [
        threading.Thread(target=lambda n=n: claims.append(_claim(journal, entry, f"w{n}", _NOW)))
        for n in range(12)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(claims) == ["in_use"] * 11 + ["owned"]


def test_the_lease_of_a_process_that_is_gone_has_ended(place: Place, journal: Journal) -> None:
    entry = JournalEntry(generation=_started(), state="accepted", updated_at=_NOW)
    assert _claim(journal, entry, "a", _NOW) == "owned"
    code = "from tarash.tarash_gateway.effects.processes import this_process; print(this_process())"
    gone = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.strip()
    assert is_gone(gone)
    assert not is_gone(this_process())
    assert not is_gone(this_process().replace(str(os.getpid()), str(os.getpid()), 1) + " elsewhere")
    place.execute("UPDATE video_claims SET process = ?", gone)
    assert _claim(journal, entry, "b", _NOW) == "owned"


def test_what_a_process_wrote_just_before_it_was_gone_is_known(
    monkeypatch: pytest.MonkeyPatch, place: Place, journal: Journal
) -> None:
    # given a process that is about to submit, and another that reads its entry
    keyed = KeyedAttempt(key="clip", number=1, fingerprint="")
    intent = JournalEntry(
        generation=attrs.evolve(_started(), id=keyed.id, keyed=keyed),
        state="intended",
        updated_at=_NOW,
    )
    until = _NOW + timedelta(minutes=2)
    owned = journal.reserve(intent, owner="a", now=_NOW, until=until)
    assert result_of(owned).unwrap() == "owned"

    def writes_and_ends(_process: str) -> bool:
        accepted = attrs.evolve(intent, state="accepted")
        return result_of(place.journal().put(accepted, owner="a")).unwrap() is None

    # when it writes that the job was accepted, and is killed, before the other looks for it
    monkeypatch.setattr("tarash.tarash_gateway.effects.sql_journal.is_gone", writes_and_ends)
    # then the job is not taken for one that nobody knows
    (found,) = result_of(journal.keyed("clip", now=_NOW)).unwrap()
    assert found.state == "accepted"


def test_a_saved_job_that_is_resumed_again_and_again_is_paid_once(
    journal: Journal,
) -> None:
    text = _started(journal, fallback_configs=[fal.config(model="fal-ai/veo2")]).to_json()
    paid: list[str] = []
    for number in range(3):

        def accept(_asked: HttpRequest, number: int = number) -> HttpResponse:
            paid.append(f"job-2-{number}")
            return fal.queued(paid[-1])

        _, effects = _world(f"worker{number}-", fal.failed(), accept, *[fal.running()] * 300)
        with pytest.raises((TimeoutError, GenerationFailedError)):
            resume_video(VideoGeneration.from_json(text), effects=effects, journal=journal)
    assert paid == ["job-2-0"]
    assert set(_states(journal).values()) == {("failed", "job-1"), ("accepted", "job-2-0")}


def _while_waiting(journal: Journal, look: Callable[[], None]) -> Any:
    """Generate a video, and call ``look`` while the job is polled."""

    def poll(_asked: HttpRequest) -> HttpResponse:
        look()
        return fal.completed()

    _, effects = _world("first", fal.queued(), poll, fal.result())
    return generate_video(
        fal.config(fallback_configs=[_OK]), fal.REQUEST, effects=effects, journal=journal
    )


def test_a_second_worker_does_not_take_a_job_that_is_waited_for(journal: Journal) -> None:
    seen: list[Any] = []

    def second() -> None:
        (entry,) = pending_videos(journal)
        http, effects = _world("second")
        # The lease is of another process on another machine.
        with pytest.raises(JobInUseError, match="another call waits for job job-1") as caught:
            resume_video(entry.generation, effects=effects, journal=journal)
        seen.append((entry.in_use, http.requests, caught.value.generation))

    assert _while_waiting(journal, second).video == fal.URL
    (in_use, requests, kept) = seen[0]
    assert (in_use, requests, kept.request_id) == (False, [], "job-1")
    assert set(_states(journal).values()) == {("completed", "job-1")}


def test_looking_at_a_job_and_cancelling_it_need_no_ownership(journal: Journal) -> None:
    def second() -> None:
        (entry,) = pending_videos(journal)
        _, effects = _world("second", fal.running())
        assert check_video(entry.generation, effects=effects, journal=journal).polls == 1
        late = HttpResponse(status=400, body=b'{"status": "ALREADY_COMPLETED"}')
        _, effects = _world("third", fal.running(), late)
        assert cancel_video(entry.generation, effects=effects, journal=journal) == "too_late"

    assert _while_waiting(journal, second).video == fal.URL


def test_a_job_that_was_taken_over_is_left_to_its_new_owner(journal: Journal) -> None:
    clock = FakeClock()

    def poll(_asked: HttpRequest) -> HttpResponse:
        # This process was suspended for an hour, and another one took the job over.
        clock.advance(3600)
        (entry,) = pending_videos(journal)
        assert _claim(journal, entry, "other", clock.utc()) == "owned"
        return fal.running()

    http, effects = _world("first", fal.queued(), poll)
    with pytest.raises(JobInUseError) as caught:
        generate_video(
            fal.config(timeout=7200, fallback_configs=[_OK]),
            fal.REQUEST,
            effects=attrs.evolve(effects, clock=clock),
            journal=journal,
        )
    assert http.unused == 0
    assert caught.value.generation is not None
    assert caught.value.generation.request_id == "job-1"


class _Recording(Wrapped):
    """A journal that records when each attempt was claimed or reserved, and until when."""

    def __init__(self, inner: Journal) -> None:
        super().__init__(inner)
        self.claims: list[tuple[datetime, datetime]] = []

    def claim(self, entry: JournalEntry, **more: Any) -> IOOutcome[Claim]:
        self.claims.append((more["now"], more["until"]))
        return self.inner.claim(entry, **more)

    def reserve(self, entry: JournalEntry, **more: Any) -> IOOutcome[Claim]:
        self.claims.append((more["now"], more["until"]))
        return self.inner.reserve(entry, **more)


def test_a_lease_is_not_renewed_at_every_poll(place: Place) -> None:
    # Given a job that is polled every five seconds for ten minutes.
    journal, clock = _Recording(place.journal()), FakeClock()
    polls: list[datetime] = []

    def poll(_asked: HttpRequest) -> HttpResponse:
        polls.append(clock.utc())
        clock.advance(1)
        return fal.running() if len(polls) < 100 else fal.completed()

    http, effects = _world("first", fal.queued(), *[poll] * 100, fal.result())
    effects = attrs.evolve(effects, clock=clock)
    # When it is waited for.
    config = fal.config(timeout=3600)
    assert generate_video(config, fal.REQUEST, effects=effects, journal=journal).video == fal.URL
    assert http.unused == 0
    # Then the intent is reserved, the long lease of the submission is shortened at once, and the
    # lease is renewed about twice a minute.
    assert journal.claims[1][1] < journal.claims[0][1]
    renewals = [now for now, _ in journal.claims[1:]]
    assert 600 / 40 < len(renewals) < 600 / 25
    # And at the beginning of each poll, the lease outlasts the poll by at least half a minute.
    longest = timedelta(seconds=config.request_timeout + 30)
    for start in polls:
        until = [end for now, end in journal.claims if now <= start][-1]
        assert until >= start + longest


def test_a_job_whose_owner_crashed_between_renewals_is_free_when_its_lease_ends(
    place: Place,
) -> None:
    # Given an owner that has polled a job a few times, without a renewal at each poll.
    journal, clock = _Recording(place.journal()), FakeClock()
    answers: list[str] = []

    def crash(_asked: HttpRequest) -> HttpResponse:
        assert len(journal.claims) < 4
        (entry,) = pending_videos(journal)
        _, until = journal.claims[-1]
        assert until < clock.utc() + timedelta(minutes=3)
        # When another call claims the job just before and just after the end of the lease.
        moments = (until - timedelta(seconds=1), until)
        answers.extend(_claim(journal, entry, "other", moment) for moment in moments)
        raise KeyboardInterrupt

    _, effects = _world("first", fal.queued(), *[fal.running()] * 4, crash)
    effects = attrs.evolve(effects, clock=clock)
    with pytest.raises(KeyboardInterrupt):
        generate_video(fal.config(timeout=3600), fal.REQUEST, effects=effects, journal=journal)
    # Then it gets the job when the lease has ended, and not before.
    assert answers == ["in_use", "owned"]


def test_a_job_that_was_taken_over_and_failed_is_not_paid_for_again(
    journal: Journal,
) -> None:
    # Given a process that was suspended for an hour while it polled.
    clock = FakeClock()

    def poll(_asked: HttpRequest) -> HttpResponse:
        clock.advance(3600)
        (entry,) = pending_videos(journal)
        assert _claim(journal, entry, "other", clock.utc()) == "owned"
        return fal.failed()

    http, effects = _world("first", fal.queued(), poll, fal.queued("job-2"))
    # When it sees that the job failed, which the new owner will see as well.
    with pytest.raises(JobInUseError) as caught:
        generate_video(
            fal.config(timeout=7200, fallback_configs=[fal.config(model="fal-ai/veo2")]),
            fal.REQUEST,
            effects=attrs.evolve(effects, clock=clock),
            journal=journal,
        )
    # Then only the new owner may go on along the chain.
    assert http.unused == 1
    assert caught.value.generation is not None
    assert caught.value.generation.request_id == "job-1"


@pytest.mark.parametrize("end", ["timeout", "interrupt"])
def test_a_job_that_a_call_gave_up_is_free_at_once(journal: Journal, end: str) -> None:
    def stop(_asked: HttpRequest) -> HttpResponse:
        if end == "interrupt":
            raise KeyboardInterrupt
        return fal.running()

    _, effects = _world("first", fal.queued(), stop)
    with pytest.raises((KeyboardInterrupt, TimeoutError)):
        generate_video(
            fal.config(max_poll_attempts=1), fal.REQUEST, effects=effects, journal=journal
        )
    (entry,) = pending_videos(journal)
    _, effects = _world("second", fal.completed(), fal.result())
    assert resume_video(entry.generation, effects=effects, journal=journal).video == fal.URL


def test_a_started_job_is_free_at_once(journal: Journal) -> None:
    kept = _started(journal)
    _, effects = _world("second", fal.completed(), fal.result())
    assert resume_video(kept, effects=effects, journal=journal).video == fal.URL


def test_attempts_of_different_calls_have_different_ids(journal: Journal) -> None:
    kept = _started(journal, fallback_configs=[fal.config(model="fal-ai/veo2")])
    _, effects = _world("resumed", fal.failed(), fal.queued("job-2"), fal.completed(), fal.result())
    resume_video(kept, effects=effects, journal=journal)
    assert _states(journal) == {
        "start1-1": ("failed", "job-1"),
        "resumed1-2": ("completed", "job-2"),
    }


def test_a_submission_that_is_under_way_is_not_unknown_to_others(journal: Journal) -> None:
    seen: list[tuple[str, bool]] = []

    def submit(_asked: HttpRequest) -> HttpResponse:
        seen.extend((entry.state, entry.in_use) for entry in pending_videos(journal))
        return fal.queued()

    _, effects = _world("first", submit, fal.completed(), fal.result())
    clock = FakeClock(utc=datetime.now(UTC))
    generate_video(
        fal.config(),
        fal.REQUEST,
        effects=attrs.evolve(effects, clock=clock),
        journal=journal,
    )
    assert seen == [("intended", True)]


def test_a_fallback_that_lost_its_key_does_not_keep_a_paid_job(journal: Journal) -> None:
    lost = VideoGenerationConfig(provider="runway", model="gen4.5", api_key="k")
    kept = VideoGeneration.from_json(_started(journal, fallback_configs=[lost]).to_json())
    _, effects = _world("second", fal.completed(), fal.result())
    response = resume_video(kept, effects=effects, journal=journal)
    assert response.video == fal.URL
    assert response.warnings[-1].startswith(
        "the fallback runway/gen4.5 was left out: no key for runway"
    )


# With which config a job is asked for.


def test_a_job_is_asked_for_with_the_config_that_submitted_it() -> None:
    first = fal.config(api_key="first:account")
    second = fal.config(api_key="second:account", base_url="https://b.example")
    third = fal.config(api_key="third:account")
    chain = attrs.evolve(first, fallback_configs=[second, third])
    refused = HttpResponse(status=401, body=b"{}")
    _, effects = _world("start", refused, refused, fal.queued())
    kept = start_video(chain, fal.REQUEST, effects=effects)
    assert (kept.position, kept.base_url) == (2, "https://queue.fal.run")
    for given in (chain, third):
        http, effects = _world("again", fal.completed(), fal.result())
        again = VideoGeneration.from_json(kept.to_json())
        assert resume_video(again, config=given, effects=effects).video == fal.URL
        keys = {asked.credential["Authorization"] for asked in http.requests}
        assert keys == {"Key third:account"}


@pytest.mark.parametrize(
    "other",
    [
        fal.config(model="fal-ai/veo2"),
        fal.config(base_url="https://elsewhere.example"),
        VideoGenerationConfig(provider="runway", model="fal-ai/veo3", api_key="k"),
    ],
    ids=["model", "base url", "provider"],
)
def test_another_config_is_refused(other: VideoGenerationConfig) -> None:
    http, effects = _world("again")
    with pytest.raises(TarashException, match="give the config that submitted it"):
        resume_video(_started(), config=other, effects=effects)
    assert http.requests == []


def test_a_config_that_may_be_two_is_refused() -> None:
    kept = attrs.evolve(_started(), position=5)
    chain = fal.config(fallback_configs=[fal.config(api_key="other:account")])
    _, effects = _world("again")
    with pytest.raises(TarashException, match="several configs of the chain"):
        resume_video(kept, config=chain, effects=effects)


def test_a_job_is_asked_for_where_it_was_submitted() -> None:
    http = ScriptedHttp([HttpResponse(status=200, body=b'{"id": "t1"}')])
    here = {"RUNWAYML_API_SECRET": "k", "RUNWAYML_BASE_URL": "https://here.example"}
    config = VideoGenerationConfig(provider="runway", model="gen4.5")
    kept = start_video(config, fal.REQUEST, effects=fake_effects(http=http, environment=here))
    moved = here | {"RUNWAYML_BASE_URL": "https://there.example"}
    http = ScriptedHttp([HttpResponse(status=200, body=b'{"id": "t1", "status": "RUNNING"}')])
    again = VideoGeneration.from_json(kept.to_json())
    check_video(again, effects=fake_effects(http=http, environment=moved))
    assert http.requests[0].url == "https://here.example/v1/tasks/t1"


def test_settings_that_are_not_secret_are_kept() -> None:
    settings = {"auth": "bearer", "video_api": "videos", "my_token": "canary"}
    config = VideoGenerationConfig(
        provider="azure-openai",
        model="sora-2",
        api_key="k",
        base_url="https://r.openai.azure.com",
        provider_config=settings,
    )
    http = ScriptedHttp([HttpResponse(status=200, body=b'{"id": "v1", "status": "queued"}')])
    kept = start_video(config, fal.REQUEST, effects=fake_effects(http=http))
    text = kept.to_json()
    assert "canary" not in text
    again = VideoGeneration.from_json(text)
    http = ScriptedHttp([HttpResponse(status=200, body=b'{"id": "v1", "status": "queued"}')])
    given = attrs.evolve(config, provider_config={})
    check_video(again, config=given, effects=fake_effects(http=http))
    assert http.requests[0].credential == {"Authorization": "Bearer k"}


# Refusals are believed, across checks.


def test_doubts_add_up_over_checks() -> None:
    kept = _started()
    refused = HttpResponse(status=401, body=b"{}")
    for doubts in (1, 2):
        _, effects = _world(f"check{doubts}", refused)
        kept = VideoGeneration.from_json(check_video(kept, effects=effects).to_json())
        assert kept.doubts == doubts
    _, effects = _world("check3", refused)
    with pytest.raises(TarashException, match="FAL_KEY") as caught:
        check_video(kept, effects=effects)
    assert caught.value.generation is not None


def test_a_saved_job_that_is_ready_says_so() -> None:
    _, effects = _world("check", fal.completed())
    ready = check_video(_started(), effects=effects)
    assert (ready.ready, ready.status) == (True, "completed")


def test_a_fallback_whose_provider_is_gone_is_left_out_with_a_warning(
    journal: Journal,
) -> None:
    mine = attrs.evolve(BUILT_IN["fal"], name="mine")
    gone = VideoGenerationConfig(provider="mine", model="fal-ai/veo3", api_key="k")
    _, effects = _world("start", fal.queued())
    saved = start_video(
        fal.config(fallback_configs=[gone]),
        fal.REQUEST,
        effects=effects,
        journal=journal,
        providers={"mine": mine},
    )
    _, effects = _world("second", fal.completed(), fal.result())
    response = resume_video(saved, effects=effects, journal=journal)
    assert response.video == fal.URL
    assert response.warnings[-1].startswith(
        "the fallback mine/fal-ai/veo3 was left out: provider 'mine' is not known"
    )
