"""What a scripted world answers to each request, and what it knows of its jobs."""

from collections.abc import Mapping
from typing import Any

import attrs

from ..effects import Clock
from ..exceptions import HTTPConnectionError, TarashException
from ..http.messages import HttpRequest, HttpResponse
from .dialects import Taken
from .happenings import Happenings
from .jobs import ScriptedJob, listed
from .playing import Spoken, fields_of, reply_of, reply_to, spoken_by
from .scripts import json_reply
from .uploads import Uploading
from .webhooks import key_set_at


@attrs.frozen(kw_only=True)
class Submitted:
    """A submission that a provider got.

    Attributes:
        provider: Provider id.
        url: Where it was sent, with its query.
        body: The fields of its JSON, or of its form (files as bytes).
        job: The id of the job, or None: it was refused, or not accepted.
        request: The whole request.
    """

    provider: str
    url: str
    body: Mapping[str, Any]
    job: str | None
    request: HttpRequest = attrs.field(repr=False)


@attrs.define(eq=False)
class Answering:
    """The providers of a scripted world.

    Attributes:
        clock: Its clock.
        submitted: What the providers got.
        cancelled: The ids of the jobs that were cancelled.
        problems: What is to be said about requests that nobody answered.
        script: What happens next.
        uploading: The storages.
    """

    clock: Clock
    submitted: list[Submitted] = attrs.field(factory=list)
    cancelled: list[str] = attrs.field(factory=list)
    problems: list[str] = attrs.field(factory=list)
    script: Happenings = attrs.field(factory=Happenings)
    uploading: Uploading = attrs.field(factory=Uploading)
    _jobs: list[ScriptedJob] = attrs.field(factory=list)
    _spoken: list[Spoken] = attrs.field(factory=list)

    def answer(self, request: HttpRequest) -> HttpResponse | TarashException:
        """Return the reply to a request, or the error of an exchange without one.

        Raises:
            AssertionError: Nobody said what happens.
        """
        if (taken := self.uploading.answer(request)) is not None:
            return taken
        for job in reversed(self._jobs):
            if (reply := job.answer(request)) is not None:
                if job.is_cancelled and job.name not in self.cancelled:
                    self.cancelled.append(job.name)
                return reply
        for known in self._spoken:
            if known.lists(request):
                return reply_of(listed(known, self._jobs))
        if request.method == "GET" and (keys := key_set_at(request.url)) is not None:
            return json_reply(200, keys)
        if (spoken := spoken_by(request)) is None:
            raise self._problem(_unexpected(request))
        return self._submit(spoken, request)

    def _submit(self, spoken: Spoken, request: HttpRequest) -> HttpResponse | TarashException:
        provider = spoken.dialect.provider
        body = fields_of(request)
        happening = self.script.take(provider, body)
        if happening is None:
            raise self._problem(self._unscripted(provider, body, request.url))
        if spoken not in self._spoken:
            self._spoken.append(spoken)
        if happening.loss == "not sent":
            return HTTPConnectionError("the script sends nothing", request_sent=False)
        name = f"job{len(self.submitted) + 1:06}" if happening.makes_job else None
        self.submitted.append(
            Submitted(provider=provider, url=request.url, body=body, job=name, request=request)
        )
        if name is not None:
            taken = Taken(name, body, self.clock.utc(), None)
            self._jobs.append(
                ScriptedJob(spoken=spoken, happening=happening, taken=taken, url=request.url)
            )
        return reply_to(spoken, happening, name)

    def _unscripted(self, provider: str, body: object, url: str) -> str:
        left = "; ".join(self.script.left) or "nothing"
        message = (
            f"submission {len(self.submitted) + 1} of this test went to {provider}, for which the "
            f"script has nothing (left: {left}): say what happens to it, by "
            "scripted_video.completes(), .fails(), .refuses(429) and so on"
        )
        before = self.submitted[-1] if self.submitted else None
        if before is None or before.job or (before.body, before.url) != (body, url):
            return message
        again = "it is the refused one, sent again: .refuses(429, times=4) refuses that for good"
        return f"{message}; {again}"

    def _problem(self, message: str) -> AssertionError:
        self.problems.append(message)
        return AssertionError(message)

    def job(self, name: str | None) -> ScriptedJob | None:
        """Return a job by its id, or the last one."""
        # The ids of some providers are paths.
        last = name and name.rpartition("/")[2]
        found = (job for job in reversed(self._jobs) if last in {None, job.name})
        return next(found, None)


def _unexpected(request: HttpRequest) -> str:
    asked = f"{request.method} {request.url.partition('?')[0]}"
    return (
        f"the script has no answer to {asked}: it plays the built-in providers, and jobs that were "
        "submitted to them in this test; for another provider use a ScriptedHttp with every reply"
    )
