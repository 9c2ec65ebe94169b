"""A fal that takes any number of jobs from any thread, and holds those that a test wants held."""

import json
import re
import threading
from collections import Counter
from typing import Any, Final

import attrs
from returns.io import IOFailure, IOResult
from tests.support import fal_replies as fal
from tests.support.patience import wait

from tarash.tarash_gateway import HTTPConnectionError, TarashException
from tarash.tarash_gateway.effects import Effects, HttpReply
from tarash.tarash_gateway.effects.live import RandomIds, SystemClock
from tarash.tarash_gateway.effects.receiving import WholeReply
from tarash.tarash_gateway.effects.unscripted import unscripted_error
from tarash.tarash_gateway.http.messages import HttpRequest, HttpResponse, JsonBody, Limits
from tarash.tarash_gateway.mock.clips import packaged_clip
from tarash.tarash_gateway.outcome import IOOutcome
from tarash.tarash_gateway.testing import fake_effects, json_reply

_JOB: Final = re.compile(r"/requests/(job-[^/]+)(/\w+)?$")
_CANCELLED: Final = json_reply(202, {"status": "CANCELLATION_REQUESTED"})
CLIP: Final = packaged_clip("1:1").content


@attrs.define(eq=False)
class FalWorld:
    """An HTTP effect; the job of a prompt is named after it.

    Attributes:
        held: Prompts whose jobs run until `release`.
        refused: Prompts that are refused, with their replies.
        content: Every video.
        awaited: Prompts whose submissions are answered when their event is set.
        failing: Prompts whose jobs fail.
        lost: Prompts whose submissions are accepted, and whose answers are lost.
        submitted: How often each prompt was submitted.
        bodies: The last submission of each prompt.
        models: The path of the last submission of each prompt.
        cancelled: Jobs that were cancelled.
        polled: Set when a job was asked for the first time.
    """

    held: set[str] = attrs.field(factory=set)
    refused: dict[str, HttpResponse] = attrs.field(factory=dict)
    awaited: dict[str, threading.Event] = attrs.field(factory=dict)
    failing: set[str] = attrs.field(factory=set)
    lost: set[str] = attrs.field(factory=set)
    content: bytes = CLIP
    submitted: Counter[str] = attrs.field(factory=Counter)
    bodies: dict[str, Any] = attrs.field(factory=dict)
    models: dict[str, str] = attrs.field(factory=dict)
    cancelled: list[str] = attrs.field(factory=list)
    polled: dict[str, threading.Event] = attrs.field(factory=dict)

    def release(self, prompt: str) -> None:
        """Let the job of a prompt end."""
        self.held.discard(prompt)

    def wait(self, *prompts: str) -> None:
        """Wait until the jobs of these prompts were asked for."""
        for prompt in prompts:
            event = self.polled.setdefault(prompt, threading.Event())
            wait(event)

    def open(self, request: HttpRequest, *, limits: Limits) -> IOOutcome[HttpReply]:
        """Answer a request."""
        if request.optional:
            return IOFailure(unscripted_error(request))
        reply = self._reply(request)
        if isinstance(reply, TarashException):
            return IOFailure(reply)
        return IOResult.from_value(WholeReply(reply, limits))

    def _reply(self, request: HttpRequest) -> HttpResponse | TarashException:
        if request.url == fal.URL:
            return HttpResponse(status=200, body=self.content)
        found = _JOB.search(request.url.partition("?")[0])
        if found is None:
            return self._submit(request)
        job, what = found.groups()
        prompt = job.removeprefix("job-")
        if what == "/cancel":
            self.cancelled.append(job)
            return _CANCELLED
        if what is None:
            return fal.result()
        self.polled.setdefault(prompt, threading.Event()).set()
        if prompt in self.failing:
            return fal.failed()
        return fal.waiting() if prompt in self.held else fal.completed()

    def _submit(self, request: HttpRequest) -> HttpResponse | TarashException:
        assert isinstance(request.body, JsonBody)
        prompt = request.body.value["prompt"]
        self.submitted[prompt] += 1
        self.bodies[prompt] = request.body.value
        self.models[prompt] = request.url
        if prompt in self.awaited:
            wait(self.awaited[prompt])
        if prompt in self.lost:
            return HTTPConnectionError("the connection was lost", request_sent=True)
        return self.refused.get(prompt) or fal.queued(f"job-{prompt}")

    def effects(self) -> Effects:
        """Return the effects of a world with this provider, in which time passes."""
        fakes = fake_effects(http=self, environment={"FAL_KEY": "id:secret"})
        return attrs.evolve(fakes, clock=SystemClock(), ids=RandomIds())


def error_reply(status: int) -> HttpResponse:
    """Return a refusal."""
    return HttpResponse(status=status, body=json.dumps({"detail": "no"}).encode())
