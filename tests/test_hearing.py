"""What is made of a stream's bytes: when the next poll goes out, and what the caller is told."""

import json
from datetime import UTC, datetime
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from returns.result import Failure, Success
from tests.support import fal_replies as fal
from tests.support.event_host import DONE, QUEUED, event
from tests.support.google_cases import _omni, _vertex

from tarash.tarash_gateway import HTTPConnectionError, VideoGenerationConfig
from tarash.tarash_gateway.http.events import Event
from tarash.tarash_gateway.http.messages import HttpRequest
from tarash.tarash_gateway.lifecycle.generation import Generation, Leg, Moment, Polling
from tarash.tarash_gateway.lifecycle.listening import (
    Hearing,
    begin,
    heard,
    latest,
    limits_of,
    may_listen,
    opened,
    request_of,
)
from tarash.tarash_gateway.providers.base import Heard, Job, Provider, Stream, Submission, Target
from tarash.tarash_gateway.registry import BUILT_IN

_UTC = datetime(2026, 11, 26, tzinfo=UTC)
_URL = "https://queue.fal.run/fal-ai/veo3/requests/job-1/status"
_JOB = Job(id="job-1", urls={"poll": _URL})
_CUT = Failure(HTTPConnectionError(message="cut", request_sent=True))


def _at(monotonic: float) -> Moment:
    return Moment(monotonic=monotonic, utc=_UTC, chance=0.5)


def _polling(target: Target | None = None, due: float = 5.0, **changes: Any) -> Generation:
    """Return a generation that was polled at 0 s and is to be polled at 5 s."""
    config = fal.config(**changes)
    return Generation(
        request=fal.REQUEST,
        leg=Leg(
            target=target or Target(provider=BUILT_IN["fal"], config=config),
            submission=Submission(request=HttpRequest(method="POST", url="https://x.example")),
        ),
        stage=Polling(job=_JOB),
        started=_at(0.0),
        due=due,
    )


def _listening(generation: Generation) -> Hearing:
    hearing = begin(generation, _at(0.0))
    assert hearing is not None
    return hearing


def _stage(generation: Generation) -> Polling:
    assert isinstance(generation.stage, Polling)
    return generation.stage


def test_a_stream_is_not_opened_where_it_cannot_help() -> None:
    good, now = _polling(), _at(0.0)
    without = attrs.evolve(BUILT_IN["fal"], stream=None)
    deaf = attrs.evolve(_stage(good), ear=attrs.evolve(good.ear, deaf=True))
    stages = [
        deaf,
        attrs.evolve(_stage(good), faults=1),
        attrs.evolve(_stage(good), leaving=HTTPConnectionError(message="x", request_sent=True)),
    ]
    assert may_listen(good, now)
    assert [may_listen(attrs.evolve(good, stage=stage), now) for stage in stages] == [False] * 3
    assert not may_listen(_polling(Target(provider=without, config=fal.config())), now)
    assert not may_listen(_polling(listen=False), now)
    assert not may_listen(_polling(due=0.5), now)


def test_while_a_stream_is_alive_polls_are_a_minute_apart() -> None:
    assert latest(_polling(), _at(0.0)) == 60
    assert latest(_polling(timeout=40), _at(0.0)) == 40
    assert latest(_polling(due=90.0), _at(0.0)) == 90
    assert latest(_polling(listen=False), _at(0.0)) == 5


def test_a_stream_has_until_the_next_poll_to_say_something() -> None:
    limits = limits_of(_listening(_polling()), _at(2.0))
    assert (limits.total, limits.head, limits.first, limits.connect) == (58.0, 3.0, 3.0, 3.0)
    assert limits.idle == 20.0


def test_a_live_stream_is_polled_beside_and_opened_again() -> None:
    # given a stream that told something, and then only that it is alive, for a minute
    hearing = heard(_listening(_polling()), Success(event(QUEUED)), _at(1.0))
    for second in range(15, 60, 15):
        hearing = heard(hearing, Success(b": ping\n\n"), _at(float(second)))
        assert (hearing.over, hearing.updates) == (False, ())
    # when the minute is over
    hearing = heard(hearing, _CUT, _at(60.0))
    # then the job is polled, and the stream may be opened again
    assert (hearing.over, hearing.generation.due) == (True, 60.0)
    assert not hearing.generation.ear.deaf


@pytest.mark.parametrize("end", [Success(b""), _CUT])
def test_a_stream_that_ends_early_changes_nothing_about_the_polls(end: Any) -> None:
    hearing = heard(_listening(_polling()), Success(event(QUEUED)), _at(1.0))
    hearing = heard(hearing, end, _at(2.0))

    assert (hearing.over, hearing.generation.due) == (True, 5.0)
    assert hearing.generation.ear.deaf
    assert hearing.updates == ()


def test_news_make_a_poll_due_at_once() -> None:
    hearing = heard(_listening(_polling()), Success(event(DONE)), _at(2.0))

    assert (hearing.over, hearing.generation.due) == (True, 2.0)
    assert hearing.generation.ear.deaf


@pytest.mark.parametrize(
    ("status", "headers", "good"),
    [
        (200, {"content-type": "text/event-stream"}, True),
        (200, {"content-type": "Text/Event-Stream; charset=utf-8"}, True),
        (200, {"content-type": "application/json"}, False),
        (200, {}, False),
        (404, {"content-type": "text/event-stream"}, False),
        (204, {"content-type": "text/event-stream"}, False),
    ],
)
def test_only_a_stream_is_listened_to(status: int, headers: dict[str, str], *, good: bool) -> None:
    assert opened(_listening(_polling()), status, headers).over is not good


@given(st.lists(st.binary(max_size=40) | st.sampled_from([event(QUEUED), event(DONE)])))
def test_whatever_a_stream_sends_no_poll_is_later_than_a_minute(pieces: list[bytes]) -> None:
    hearing, now = _listening(_polling()), 0.0
    for piece in pieces:
        now = min(now + 7.0, 60.0)
        hearing = heard(hearing, Success(piece), _at(now))
        if hearing.over:
            break
    assert hearing.over or now < 60
    assert hearing.generation.due <= 60
    # What the stream says decides nothing about the job, and counts as no poll.
    assert _stage(hearing.generation).polls == 0


def _broken(_target: Target, _job: Job, _given: Any) -> Any:
    message = "a bug of the provider's"
    raise RuntimeError(message)


def test_a_bug_in_a_provider_s_stream_ends_the_listening_only() -> None:
    provider: Provider = attrs.evolve(
        BUILT_IN["fal"], stream=Stream(request=_broken, heard=_broken)
    )
    hearing = _listening(_polling(Target(provider=provider, config=fal.config())))

    assert isinstance(request_of(hearing), Failure)
    assert heard(hearing, Success(event(QUEUED)), _at(1.0)).generation.ear.deaf


def test_fal_s_stream_stands_beside_the_status() -> None:
    request = request_of(_listening(_polling())).unwrap()
    assert (request.url, request.optional) == (f"{_URL}/stream?logs=1", True)
    # The stream of a URL with a query of its own.
    job = Job(id="job-1", urls={"poll": f"{_URL}?a=1"})
    generation = attrs.evolve(_polling(), stage=Polling(job=job))
    assert request_of(_listening(generation)).unwrap().url == f"{_URL}/stream?a=1&logs=1"


def _interaction(**payload: Any) -> Event:
    return Event(data=json.dumps(payload))


def _understood(told: Event, target: Target | None = None) -> Heard | None:
    of = target or _omni()
    assert of.provider.stream is not None
    return of.provider.stream.heard(of, _JOB, told).value_or(None)


def test_omni_s_events() -> None:
    created = _interaction(
        event_type="interaction.created",
        event_id="e1",
        interaction={"id": "v1_a", "status": "in_progress"},
    )
    queued = _interaction(
        event_type="interaction.status_update", event_id="e2", status="queued", interaction_id="a"
    )
    first, second = _understood(created), _understood(queued)

    assert first is not None
    assert first.progress is not None
    assert (first.progress.status, first.place, first.news) == ("processing", "e1", False)
    assert second is not None
    assert second.progress is not None
    assert (second.progress.status, second.place) == ("queued", "e2")
    step = _understood(_interaction(event_type="step.delta", event_id="e3", delta={}))
    assert step == Heard(place="e3")


@pytest.mark.parametrize(
    "told",
    [
        _interaction(event_type="interaction.completed", interaction={"status": "completed"}),
        _interaction(event_type="interaction.cancelled"),
        _interaction(event_type="error", error={"code": "x"}),
        _interaction(event_type="interaction.status_update", status="failed"),
        _interaction(event_type="interaction.status_update", status="requires_action"),
        Event(data="[DONE]"),
    ],
)
def test_what_of_omni_s_events_is_worth_a_poll(told: Event) -> None:
    assert _understood(told) == Heard(news=True)


@pytest.mark.parametrize(
    "told",
    [
        Event(data="<html>"),
        Event(data="[]"),
        _interaction(status="in_progress"),
        _interaction(event_type=None),
        _interaction(event_type="interaction.created"),
        _interaction(event_type="interaction.status_update", status=7),
    ],
)
def test_an_event_of_omni_s_that_is_not_as_described_ends_the_listening(told: Event) -> None:
    assert _understood(told) is None


_JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(st.text() | _JSON.map(json.dumps), st.sampled_from(["google", "vertex", "fal"]))
def test_any_event_is_understood_or_refused(data: str, of: str) -> None:
    fal_target = Target(provider=BUILT_IN["fal"], config=fal.config())
    targets = {"google": _omni(), "vertex": _vertex("gemini-omni-1.2-flash"), "fal": fal_target}
    result = _understood(Event(data=data), targets[of])
    assert result is None or isinstance(result, Heard)


def test_omni_s_stream_goes_on_where_it_was() -> None:
    # given a job of Omni's whose stream has named an event, and was held until the poll
    hearing = _listening(_polling(_omni()))
    url = "https://generativelanguage.googleapis.com/v1beta/interactions/job-1"
    assert request_of(hearing).unwrap().url == f"{url}?stream=true"
    told = f"data: {json.dumps({'event_type': 'step.start', 'event_id': 'e/3'})}\n\n"
    held = heard(heard(hearing, Success(told.encode()), _at(1.0)), _CUT, _at(60.0)).generation
    # when it is listened to again after the poll
    again = begin(attrs.evolve(held, due=65.0), _at(60.0))
    # then the stream is asked for what came after that event
    assert again is not None
    assert request_of(again).unwrap().url == f"{url}?stream=true&last_event_id=e%2F3"


def test_an_access_key_goes_to_the_provider_s_own_stream_only() -> None:
    config = VideoGenerationConfig(provider="fal", model="fal-ai/veo3", api_key="a:b")
    target = Target(provider=BUILT_IN["fal"], config=config, key=config.api_key)
    mine = request_of(_listening(_polling(target))).unwrap()
    elsewhere = Job(id="job-1", urls={"poll": "https://elsewhere.example/status"})
    other = attrs.evolve(_polling(target), stage=Polling(job=elsewhere))

    assert mine.credential == {"Authorization": "Key a:b"}
    assert request_of(_listening(other)).unwrap().credential == {}
