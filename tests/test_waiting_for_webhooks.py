"""A job is polled when its webhook came, at the beginning, and now and then: never more."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from returns.io import IOFailure
from returns.result import Failure
from tests.support import fal_replies as fal

from tarash.tarash_gateway import (
    GenerationFailedError,
    JobInUseError,
    Journal,
    JournalError,
    SqliteJournal,
    TimeoutError,
    ValidationError,
    VideoGeneration,
    VideoGenerationUpdate,
    functional,
    start_video,
    wait_for_webhook,
    wait_for_webhook_async,
)
from tarash.tarash_gateway.effects import Effects
from tarash.tarash_gateway.effects.live import RandomIds
from tarash.tarash_gateway.http.messages import HttpRequest, HttpResponse
from tarash.tarash_gateway.lifecycle.waking import Patience, about, until_look
from tarash.tarash_gateway.outcome import IOOutcome, result_of
from tarash.tarash_gateway.testing import FakeClock, Reply, ScriptedHttp, fake_effects, json_reply

_POLL = "/requests/job-1/status"


def _asyncio(*arguments: Any, **options: Any) -> Any:
    return asyncio.run(wait_for_webhook_async(*arguments, **options))


def _functional(*arguments: Any, **options: Any) -> Any:
    outcome = result_of(functional.wait_for_webhook(*arguments, **options))
    if isinstance(outcome, Failure):
        raise outcome.failure()
    return outcome.unwrap()


def _future(*arguments: Any, **options: Any) -> Any:
    async def run() -> Any:
        return await functional.wait_for_webhook_async(*arguments, **options)

    outcome = result_of(asyncio.run(run()))
    if isinstance(outcome, Failure):
        raise outcome.failure()
    return outcome.unwrap()


@pytest.fixture(params=[wait_for_webhook, _asyncio, _functional, _future])
def wait(request: pytest.FixtureRequest) -> Callable[..., Any]:
    face: Callable[..., Any] = request.param
    return face


@attrs.define
class Post(FakeClock):
    """A clock at whose times webhooks are written into a journal.

    Attributes:
        journal: The journal.
        due: When each of them comes: seconds on the clock.
    """

    journal: Journal | None = None
    due: list[float] = attrs.field(factory=list)
    request_id: str = "job-1"

    def sleep(self, seconds: float) -> None:
        FakeClock.sleep(self, seconds)
        while self.due and self.due[0] <= self.monotonic():
            self.deliver(f"message at {self.due.pop(0)}")

    def deliver(self, message: str) -> None:
        assert self.journal is not None
        now = self.utc()
        noted = self.journal.note(
            message,
            about=about("fal", self.request_id),
            now=now,
            until=now + timedelta(hours=1),
        )
        assert result_of(noted).unwrap()


def _started(journal: Journal | None = None, **changes: Any) -> VideoGeneration:
    effects = fake_effects(http=ScriptedHttp([fal.queued()]))
    return start_video(fal.config(**changes), fal.REQUEST, effects=effects, journal=journal)


def _world(clock: FakeClock, *replies: Reply) -> tuple[Effects, list[float], ScriptedHttp]:
    """Return effects, the times of the polls, and the HTTP."""
    polls: list[float] = []

    def timed(reply: Reply) -> Reply:
        def answer(request: HttpRequest) -> HttpResponse:
            if request.url.partition("?")[0].endswith(_POLL):
                polls.append(clock.monotonic())
            assert isinstance(reply, HttpResponse)
            return reply

        return answer

    http = ScriptedHttp([timed(reply) for reply in replies])
    return fake_effects(http=http, clock=clock), polls, http


def test_a_webhook_makes_the_poll_go_out(wait: Callable[..., Any], journal: Journal) -> None:
    # given a running job whose webhook comes after 300 seconds
    generation, clock = _started(journal), Post(journal=journal, due=[300.0])
    replies = [fal.running()] * 5
    effects, polls, http = _world(clock, *replies, fal.completed(), fal.result())
    # when it is waited for
    response = wait(generation, journal=journal, config=fal.config(), effects=effects)
    # then it is polled at the beginning, once a minute, and when the webhook came
    assert response.video == fal.URL
    assert polls == [0.0, 60.0, 120.0, 180.0, 240.0, 300.0]
    assert http.unused == 0


def test_a_lost_webhook_is_made_up_by_the_net(wait: Callable[..., Any], journal: Journal) -> None:
    generation, clock = _started(journal), FakeClock()
    effects, polls, _ = _world(clock, fal.running(), fal.completed(), fal.result())
    response = wait(
        generation, journal=journal, config=fal.config(), effects=effects, poll_every=200.0
    )
    assert (response.video, polls) == (fal.URL, [0.0, 200.0])


def test_a_webhook_that_came_before_the_wait_costs_no_poll_more(journal: Journal) -> None:
    # given a webhook that came before anybody waited
    generation, clock = _started(journal), Post(journal=journal)
    clock.deliver("early")
    effects, polls, _ = _world(clock, fal.running(), fal.completed(), fal.result())
    wait_for_webhook(generation, journal, config=fal.config(), effects=effects)
    # then the first poll is for it, and the next one for the minute
    assert polls == [0.0, 60.0]


def test_each_webhook_is_followed_by_one_poll(journal: Journal) -> None:
    # given webhooks that tell of a start, twice, and of the end
    generation, clock = _started(journal), Post(journal=journal, due=[3.5, 3.6, 20.2])
    replies = [fal.running(), fal.running(), fal.completed(), fal.result()]
    effects, polls, _ = _world(clock, *replies)
    wait_for_webhook(generation, journal, config=fal.config(), effects=effects)
    assert polls == [0.0, 4.0, 21.0]


def test_webhooks_without_end_are_not_polls_without_end(journal: Journal) -> None:
    generation = _started(journal)
    clock = Post(journal=journal, due=[n / 4 for n in range(1, 80)])
    replies = [*[fal.running()] * 10, fal.completed(), fal.result()]
    effects, polls, _ = _world(clock, *replies)
    wait_for_webhook(generation, journal, config=fal.config(), effects=effects)
    assert all(after - before >= 1.0 for before, after in pairwise(polls))


def test_a_webhook_about_another_job_wakes_nobody(journal: Journal) -> None:
    generation = _started(journal)
    clock = Post(journal=journal, due=[10.0], request_id="job-11")
    effects, polls, _ = _world(clock, fal.running(), fal.completed(), fal.result())
    wait_for_webhook(generation, journal, config=fal.config(), effects=effects)
    assert polls == [0.0, 60.0]


def test_the_wait_has_an_end(wait: Callable[..., Any], journal: Journal) -> None:
    generation, clock = _started(journal, timeout=600), FakeClock()
    effects, polls, _ = _world(clock, *[fal.running()] * 4)
    with pytest.raises(TimeoutError) as caught:
        wait(generation, journal=journal, config=fal.config(), effects=effects, timeout=150.0)
    # the last look is at the end, and the job can be waited for again
    assert polls == [0.0, 60.0, 120.0, 150.0]
    assert caught.value.generation is not None
    assert caught.value.generation.request_id == "job-1"


def test_without_a_limit_the_config_s_holds(journal: Journal) -> None:
    generation, clock = _started(journal), FakeClock()
    effects, polls, _ = _world(clock, *[fal.running()] * 3)
    config = fal.config(timeout=90)
    with pytest.raises(TimeoutError):
        wait_for_webhook(generation, journal, config=config, effects=effects)
    assert polls == [0.0, 60.0, 90.0]


def test_bad_weather_is_polled_through_as_always(journal: Journal) -> None:
    # given a provider that answers with errors at first
    generation, clock = _started(journal), FakeClock()
    bad = json_reply(500, {})
    effects, polls, _ = _world(clock, bad, bad, fal.running(), fal.completed(), fal.result())
    wait_for_webhook(generation, journal, config=fal.config(), effects=effects)
    # then it is asked again soon, and only its first good answer begins the long pauses
    assert polls[2] < 10
    assert polls[3] == polls[2] + 60


def test_a_failed_job_is_a_failed_job(wait: Callable[..., Any], journal: Journal) -> None:
    # given a webhook, whatever it says, and a provider that says that the job failed
    generation, clock = _started(journal), Post(journal=journal, due=[5.0])
    effects, _, _ = _world(clock, fal.running(), fal.failed())
    with pytest.raises(GenerationFailedError):
        wait(generation, journal=journal, config=fal.config(), effects=effects)


def test_the_waiting_call_owns_the_job(journal: Journal) -> None:
    # given a call that waits, and another one at the same time
    generation = _started(journal)
    caught: list[type[Exception]] = []

    def intrude(_: HttpRequest) -> HttpResponse:
        with pytest.raises(JobInUseError) as error:
            wait_for_webhook(generation, journal, config=fal.config(), effects=other)
        caught.append(type(error.value))
        return fal.running()

    clock = FakeClock()
    other = attrs.evolve(fake_effects(clock=clock), ids=RandomIds())
    http = ScriptedHttp([intrude, intrude, fal.completed(), fal.result()])
    effects = fake_effects(http=http, clock=clock)
    # when it polls, and a minute later
    wait_for_webhook(generation, journal, config=fal.config(), effects=effects)
    # then the other one was refused each time: the lease outlasts the pause
    assert caught == [JobInUseError] * 2


def test_a_finished_generation_needs_no_wait(journal: Journal) -> None:
    generation, clock = _started(journal), FakeClock()
    effects, _, _ = _world(clock, fal.completed(), fal.result())
    response = wait_for_webhook(generation, journal, config=fal.config(), effects=effects)
    done = attrs.evolve(generation, response=response)
    assert wait_for_webhook(done, journal, effects=fake_effects()) == response


def test_the_caller_hears_of_each_poll_and_gets_a_file(tmp_path: Path, journal: Journal) -> None:
    updates: list[VideoGenerationUpdate] = []
    generation, clock = _started(journal), FakeClock()
    video = HttpResponse(status=200, body=b"\0\0\0\x08ftyp")
    replies = [fal.running(), fal.completed(), fal.result(), video]
    effects, _, _ = _world(clock, *replies)
    response = wait_for_webhook(
        generation,
        journal,
        config=fal.config(),
        effects=effects,
        on_progress=updates.append,
        save_to=tmp_path / "kite.mp4",
        measure=False,
    )
    assert [update.status for update in updates][:2] == ["processing", "completed"]
    assert response.path is not None


class _Broken(SqliteJournal):
    """A journal whose messages cannot be read."""

    def noted(self, about: str) -> IOOutcome[datetime | None]:
        return IOFailure(JournalError(f"no messages about {about}"))


def test_a_journal_that_cannot_be_read_leaves_the_net(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    journal = _Broken(tmp_path / "journal.sqlite3")
    generation, clock = _started(journal), FakeClock()
    effects, polls, _ = _world(clock, fal.running(), fal.completed(), fal.result())
    wait_for_webhook(generation, journal, config=fal.config(), effects=effects)
    assert polls == [0.0, 60.0]
    assert [r.message for r in caplog.records if "webhooks are not noticed" in r.message] == [
        "no messages about fal:job-1; webhooks are not noticed, and the job is only polled"
    ]


@pytest.mark.parametrize("wrong", [{"poll_every": 0}, {"timeout": -1}, {"poll_every": "often"}])
def test_numbers_are_above_zero(wrong: dict[str, Any], journal: Journal) -> None:
    with pytest.raises(ValidationError, match="above 0"):
        wait_for_webhook(_started(), journal, effects=fake_effects(), **wrong)


@settings(max_examples=20)
@given(
    st.lists(st.floats(0.1, 60.0), max_size=10).map(sorted),
    st.floats(0.5, 15.0),
    st.integers(0, 3),
)
def test_no_poll_is_later_than_the_net_and_none_earlier_than_a_second(
    tmp_path_factory: pytest.TempPathFactory, times: list[float], every: float, running: int
) -> None:
    journal = SqliteJournal(tmp_path_factory.mktemp("journal") / "journal.sqlite3")
    clock = Post(journal=journal, due=list(dict.fromkeys(times)))
    replies = [*[fal.running()] * (running + 1), fal.completed(), fal.result()]
    effects, polls, _ = _world(clock, *replies)
    config = fal.config(poll_interval=0.1)
    generation = _started(journal, poll_interval=0.1)
    wait_for_webhook(generation, journal, config=config, effects=effects, poll_every=every)
    pauses = [after - before for before, after in pairwise(polls)]
    assert len(polls) == running + 2
    assert all(min(every, 1.0) - 1e-6 <= pause <= max(every, 1.0) + 1e-6 for pause in pauses)


def test_a_look_is_never_longer_than_what_is_left() -> None:
    assert [until_look(left) for left in (5.0, 0.5, 0.0, -3.0)] == [1.0, 0.5, 0.0, 0.0]
    assert Patience(every=1).timeout is None
