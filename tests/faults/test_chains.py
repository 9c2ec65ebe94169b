"""Fallback against a model of the providers: who pays for how many jobs.

Every config of a chain has a provider of its own that accepts, refuses, loses replies, fails jobs
and cancels as Hypothesis likes. However it goes, accepted jobs are never more than those whose
failure was told, those that were cancelled in the queue, those behind a submission that was
answered with a failure, and one.
"""

import json
from collections.abc import Sequence
from typing import Any

import attrs
import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from returns.io import IOFailure, IOSuccess
from tests.support import fal_replies as fal

from tarash.tarash_gateway import (
    HTTPConnectionError,
    TarashException,
    VideoGenerationConfig,
    generate_video,
)
from tarash.tarash_gateway.effects import HttpReply
from tarash.tarash_gateway.http.messages import HttpRequest, HttpResponse, Limits
from tarash.tarash_gateway.outcome import IOOutcome
from tarash.tarash_gateway.testing import WholeReply, fake_effects, json_reply

pytestmark = pytest.mark.slow

_WEATHER: dict[str, Any] = {
    "lost": HTTPConnectionError(message="no reply", request_sent=True),
    "500": json_reply(500, {"detail": "x"}),
    "503": json_reply(503, {"detail": "x"}),
    "499": json_reply(499, {"detail": "x"}),
    "102": HttpResponse(status=102),
    "html": HttpResponse(status=200, body=b"<html>"),
    "empty": HttpResponse(status=200),
    "429": json_reply(429, {"detail": "x"}),
    "401": json_reply(401, {"detail": "x"}),
    "404": json_reply(404, {"detail": "x"}),
}
_REFUSALS: dict[str, Any] = {
    "unsent": HTTPConnectionError(message="refused", request_sent=False),
    "429": json_reply(429, {"detail": "x"}),
    "503 later": json_reply(503, {"detail": "x"}, {"Retry-After": "1"}),
    "401": json_reply(401, {"detail": "x"}),
    "locked": json_reply(403, {"detail": "User is locked"}),
    "404": json_reply(404, {"detail": "x"}),
    "422": json_reply(422, {"detail": [{"msg": "no", "type": "missing"}]}),
}


@attrs.frozen
class Behaviour:
    """How one provider treats the one job that it may get.

    Attributes:
        refusals: What it answers to submissions before it takes one.
        lost_acceptance: What the client hears instead of the acceptance, or None.
        polls: What polls find before the end: ``"running"``, ``"waiting"`` or weather.
        end: How the job ends, or ``"never"``.
        collecting: What tries to fetch the result meet before it comes.
        cancel: ``"confirms"``, or the weather.
    """

    refusals: Sequence[str]
    lost_acceptance: str | None
    polls: Sequence[str]
    end: str
    collecting: Sequence[str]
    cancel: str


_BEHAVIOURS = st.builds(
    Behaviour,
    refusals=st.lists(st.sampled_from(sorted(_REFUSALS)), max_size=5),
    lost_acceptance=st.none() | st.sampled_from(["lost", "500", "499", "102", "html", "empty"]),
    polls=st.lists(st.sampled_from(["running", "waiting", *_WEATHER]), max_size=6),
    end=st.sampled_from(["done", "failed", "moderated", "cancelled", "never", "queued for ever"]),
    collecting=st.lists(st.sampled_from(sorted(_WEATHER)), max_size=5),
    cancel=st.sampled_from(["confirms", *_WEATHER]),
)


@attrs.define
class Provider:
    """The model of one provider, and what it counted."""

    behaviour: Behaviour
    submissions: int = 0
    accepted: int = 0
    silent: int = 0
    answered: int = 0
    told_failed: int = 0
    confirmed: int = 0
    charged: int = 0
    running: bool = False
    finished: bool = False
    polls: int = 0
    collected: int = 0

    def answer(self, request: HttpRequest) -> Any:
        """Return a reply, or an error."""
        if request.method == "POST":
            return self._submit()
        if request.method == "PUT":
            return self._cancel()
        return self._poll() if "/status" in request.url else self._collect()

    def _submit(self) -> Any:
        self.submissions += 1
        if self.submissions <= len(self.behaviour.refusals):
            return _REFUSALS[self.behaviour.refusals[self.submissions - 1]]
        self.accepted += 1
        if self.behaviour.lost_acceptance is None:
            return fal.queued(f"job-{self.accepted}")
        if self.behaviour.lost_acceptance == "500":
            self.answered += 1
        else:
            self.silent += 1
        return _WEATHER[self.behaviour.lost_acceptance]

    def _poll(self) -> Any:
        place, self.polls = self.polls, self.polls + 1
        if place < len(self.behaviour.polls):
            found = self.behaviour.polls[place]
            if found == "waiting" and not self.running:
                return fal.waiting()
            if found in {"waiting", "running"}:
                self.running = True
                return fal.running()
            return _WEATHER[found]
        if self.behaviour.end == "queued for ever" and not self.running:
            return fal.waiting()
        if self.behaviour.end in {"never", "queued for ever"}:
            self.running = True
            return fal.running()
        if self.behaviour.end == "failed":
            self.told_failed = 1
            return fal.failed()
        if self.behaviour.end == "cancelled":
            gone = {"status": "COMPLETED", "error": "x", "error_type": "client_cancelled"}
            return json_reply(200, gone)
        self.finished = True
        return fal.completed()

    def _collect(self) -> Any:
        place, self.collected = self.collected, self.collected + 1
        if place < len(self.behaviour.collecting):
            return _WEATHER[self.behaviour.collecting[place]]
        if self.behaviour.end == "moderated":
            self.told_failed = 1
            kind = "content_policy_violation"
            return json_reply(422, {"detail": [{"msg": "no", "type": kind}]})
        return fal.result()

    def _cancel(self) -> Any:
        if self.finished:
            return json_reply(400, {"status": "ALREADY_COMPLETED"})
        if self.behaviour.cancel != "confirms":
            return _WEATHER[self.behaviour.cancel]
        if self.running:
            self.charged = 1
        else:
            self.confirmed = 1
        return json_reply(202, {"status": "CANCELLATION_REQUESTED"})


class Market:
    """All providers of a chain behind one HTTP effect."""

    def __init__(self, providers: Sequence[Provider]) -> None:
        self.providers = providers

    def open(self, request: HttpRequest, *, limits: Limits) -> IOOutcome[HttpReply]:
        assert limits.total > 0
        place = int(request.url.removeprefix("https://p").partition(".")[0])
        answer = self.providers[place].answer(request)
        if isinstance(answer, TarashException):
            return IOFailure(answer)
        reply: IOOutcome[HttpReply] = IOSuccess(WholeReply(answer, limits))
        return reply


def _chain(nested: Sequence[bool]) -> VideoGenerationConfig:
    """Return a chain with one more config than ``nested``.

    True hangs the rest under the next config, False puts it beside.
    """
    configs = [
        fal.config(base_url=f"https://p{place}.example", max_poll_attempts=8)
        for place in range(len(nested) + 1)
    ]
    first, *rest = configs
    if not rest:
        return first
    if nested[0]:
        under = rest[-1]
        for config in reversed(rest[:-1]):
            under = attrs.evolve(config, fallback_configs=[under])
        return attrs.evolve(first, fallback_configs=[under])
    return attrs.evolve(first, fallback_configs=rest)


@settings(
    max_examples=1500,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(st.lists(_BEHAVIOURS, min_size=1, max_size=4), st.booleans())
def test_a_chain_pays_for_one_job(behaviours: list[Behaviour], nested: bool) -> None:  # noqa: FBT001 - drawn
    providers = [Provider(behaviour) for behaviour in behaviours]
    effects = fake_effects(http=Market(providers))
    config = _chain([nested] * (len(providers) - 1))
    error: TarashException | None = None
    try:
        response = generate_video(config, fal.REQUEST, effects=effects)
    except TarashException as caught:
        error, attempts = caught, caught.attempts
        event(type(caught).__name__)
    else:
        assert response.video == fal.URL
        assert response.execution_metadata is not None
        attempts = response.execution_metadata.attempts
        event(f"returned by {len(attempts)}")
    accepted = sum(p.accepted for p in providers)
    excused = sum(p.told_failed + p.confirmed + p.answered for p in providers)
    assert accepted <= excused + 1
    # A running job is charged whatever is cancelled, so nobody cancels it to pay for another.
    assert sum(p.charged for p in providers) == 0
    # A job that somebody cancelled makes nobody pay for another.
    gone = [p.behaviour.end == "cancelled" and p.polls > len(p.behaviour.polls) for p in providers]
    assert not any(gone[:-1]) or providers[gone.index(True) + 1].submissions == 0
    # None of them was asked twice for a job that it may have accepted.
    assert all(p.accepted <= 1 for p in providers)
    # What the caller is told is what happened.
    for provider, attempt in zip(providers, attempts, strict=False):
        fate = attempt.submission
        assert (fate in {"accepted", "unknown"}) is (provider.accepted == 1), json.dumps(fate)
        assert (attempt.cancellation == "confirmed") is (provider.confirmed == 1)
    open_jobs = [
        p
        for p in providers
        if p.accepted and not (p.told_failed or p.confirmed or p.answered or p.silent)
    ]
    if error is not None and open_jobs:
        assert error.generation is not None
        assert error.generation.request_id == "job-1"
