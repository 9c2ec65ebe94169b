"""A fal that takes any number of jobs from any thread, and holds those that a test wants held."""

import json
import re
import threading
from collections import Counter
from typing import Final

import attrs
from returns.io import IOFailure, IOResult
from tests.support import fal_replies as fal

from tarash.tarash_gateway.effects import Effects, HttpReply
from tarash.tarash_gateway.effects.live import RandomIds, SystemClock
from tarash.tarash_gateway.effects.receiving import WholeReply
from tarash.tarash_gateway.effects.unscripted import unscripted_error
from tarash.tarash_gateway.http.messages import HttpRequest, HttpResponse, JsonBody, Limits
from tarash.tarash_gateway.outcome import IOOutcome
from tarash.tarash_gateway.testing import fake_effects, json_reply

_JOB: Final = re.compile(r"/requests/(job-[^/]+)(/\w+)?$")
_CANCELLED: Final = json_reply(202, {"status": "CANCELLATION_REQUESTED"})


@attrs.define(eq=False)
class FalWorld:
    """An HTTP effect; the job of a prompt is named after it.

    Attributes:
        held: Prompts whose jobs run until `release`.
        refused: Prompts that are refused, with their replies.
        submitted: How often each prompt was submitted.
        cancelled: Jobs that were cancelled.
        polled: Set when a job was asked for the first time.
    """

    held: set[str] = attrs.field(factory=set)
    refused: dict[str, HttpResponse] = attrs.field(factory=dict)
    submitted: Counter[str] = attrs.field(factory=Counter)
    cancelled: list[str] = attrs.field(factory=list)
    polled: dict[str, threading.Event] = attrs.field(factory=dict)

    def release(self, prompt: str) -> None:
        """Let the job of a prompt end."""
        self.held.discard(prompt)

    def wait(self, *prompts: str) -> None:
        """Wait until the jobs of these prompts were asked for."""
        for prompt in prompts:
            event = self.polled.setdefault(prompt, threading.Event())
            assert event.wait(20), prompt

    def open(self, request: HttpRequest, *, limits: Limits) -> IOOutcome[HttpReply]:
        """Answer a request."""
        if request.optional:
            return IOFailure(unscripted_error(request))
        return IOResult.from_value(WholeReply(self._reply(request), limits))

    def _reply(self, request: HttpRequest) -> HttpResponse:
        found = _JOB.search(request.url.partition("?")[0])
        if found is None:
            assert isinstance(request.body, JsonBody)
            prompt = request.body.value["prompt"]
            self.submitted[prompt] += 1
            return self.refused.get(prompt) or fal.queued(f"job-{prompt}")
        job, what = found.groups()
        prompt = job.removeprefix("job-")
        if what == "/cancel":
            self.cancelled.append(job)
            return _CANCELLED
        if what is None:
            return fal.result()
        self.polled.setdefault(prompt, threading.Event()).set()
        return fal.waiting() if prompt in self.held else fal.completed()

    def effects(self) -> Effects:
        """Return the effects of a world with this provider, in which time passes."""
        fakes = fake_effects(http=self, environment={"FAL_KEY": "id:secret"})
        return attrs.evolve(fakes, clock=SystemClock(), ids=RandomIds())


def error_reply(status: int) -> HttpResponse:
    """Return a refusal."""
    return HttpResponse(status=status, body=json.dumps({"detail": "no"}).encode())
