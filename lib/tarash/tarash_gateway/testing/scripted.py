"""A world in which every provider does what a test says, in its own words."""

import threading
from collections.abc import Mapping
from typing import Any, Self

import attrs
from returns.io import IOFailure, IOResult

from ..effects import Clock, Effects, HttpReply
from ..effects.receiving import WholeReply
from ..effects.unscripted import unscripted_error
from ..exceptions import HTTPConnectionError, TarashException
from ..http.events import EVENTS
from ..http.messages import HttpRequest, HttpResponse, Limits
from ..outcome import IOOutcome
from ..values.known import KnownProvider
from .dialects import Taken
from .fakes import FakeClock
from .happenings import Happening, Happenings
from .jobs import ScriptedJob, listed
from .playing import PLAYED, Spoken, fields_of, reply_of, reply_to, spoken_by
from .uploads import Uploaded, Uploading
from .worlds import scripted_effects


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


@attrs.define(eq=False, repr=False)
class ScriptedVideo:
    """The providers of a test: each submission is followed by what the test said.

        scripted_video.refuses(429, retry_after=7).completes()
        response = code_that_makes_a_video()
        assert scripted_video.submitted[-1].body["prompt"] == "a kite"

    It answers for every built-in provider in that provider's own dialect, under any base URL, so
    that mapping, uploads, polling and parsing are the real ones. A job makes a playable grey clip
    of the length and the size that its submission asks for, 5 seconds and 720p where it leaves
    them open. What is said happens in its order: one saying for one submission, unless ``times``
    says more. A submission that is sent again after a refusal is one more.

    A request that nobody answers raises an AssertionError; `check` raises it again, for code that
    catches everything. Safe to share between threads.

    Attributes:
        clock: Its clock, of which sleeps return at once.
        requests: Every request, in order, except those for streams of events.
        submitted: What the providers got.
        cancelled: The ids of the jobs that were cancelled.
        problems: What `check` says about requests that nobody answered.
    """

    clock: Clock = attrs.field(factory=FakeClock)
    requests: list[HttpRequest] = attrs.field(factory=list, init=False)
    submitted: list[Submitted] = attrs.field(factory=list, init=False)
    cancelled: list[str] = attrs.field(factory=list, init=False)
    problems: list[str] = attrs.field(factory=list, init=False)
    _script: Happenings = attrs.field(factory=Happenings, init=False)
    _jobs: list[ScriptedJob] = attrs.field(factory=list, init=False)
    _spoken: list[Spoken] = attrs.field(factory=list, init=False)
    _uploading: Uploading = attrs.field(factory=Uploading, init=False)
    _turn: threading.RLock = attrs.field(factory=threading.RLock, init=False, repr=False)

    @property
    def uploaded(self) -> list[Uploaded]:
        """The files that the providers' storages got."""
        return self._uploading.uploaded

    def __repr__(self) -> str:
        left = ", ".join(self._script.missing) or "nothing"
        return f"ScriptedVideo(submitted={len(self.submitted)}, left={left!r})"

    @property
    def effects(self) -> Effects:
        """Effects for this world: real files, a key for each provider, and no network."""
        return scripted_effects(http=self, clock=self.clock)

    def completes(
        self,
        *,
        polls: int = 1,
        video: bytes | None = None,
        times: int | None = 1,
        provider: KnownProvider | None = None,
    ) -> Self:
        """Let the next job make a video.

        Args:
            polls: How many polls find it running before.
            video: Its file, such as a `grey_clip`; None: as long and as large as it was asked for.
            times: For so many submissions; None: for all from here on, none of which is missed.
            provider: Only for submissions to this provider; None: to any.

        Raises:
            ValueError: ``provider`` is none of the built-in providers.
        """
        return self._says("completes", polls=polls, video=video, times=times, provider=provider)

    def fails(
        self,
        *,
        moderated: bool = False,
        polls: int = 1,
        times: int | None = 1,
        provider: KnownProvider | None = None,
    ) -> Self:
        """Let the next job fail at the provider, or be refused there for its content.

        The first is a `GenerationFailedError`, the second a `ContentModerationError`. For the other
        arguments see `completes`.
        """
        return self._says(
            "fails",
            end="is moderated" if moderated else "fails",
            polls=polls,
            times=times,
            provider=provider,
        )

    def times_out(self, *, times: int | None = 1, provider: KnownProvider | None = None) -> Self:
        """Let the next job run until it is given up: a `TimeoutError`, and a cancel."""
        return self._says("times_out", end="never ends", times=times, provider=provider)

    def refuses(
        self,
        status: int,
        message: str = "refused by the script",
        *,
        retry_after: float | None = None,
        times: int | None = 1,
        provider: KnownProvider | None = None,
    ) -> Self:
        """Refuse the next submission with an HTTP status of 400 to 599.

        The library sends some refused submissions again, such as after 429: each is one more.

        Args:
            status: HTTP status.
            message: The provider's words.
            retry_after: Seconds, for the header ``Retry-After``.
            times: See `completes`.
            provider: See `completes`.

        Raises:
            ValueError: The status is no refusal.
        """
        if status not in range(400, 600):
            given = f"refuses() takes an HTTP status from 400 to 599, not {status}"
            raise ValueError(given)
        return self._says(
            f"refuses({status})",
            status=status,
            message=message,
            retry_after=retry_after,
            times=times,
            provider=provider,
        )

    def loses_submission(
        self, *, accepted: bool = True, times: int | None = 1, provider: KnownProvider | None = None
    ) -> Self:
        """Let the answer to the next submission get lost: a `SubmissionUnknownError`.

        Args:
            accepted: Whether the provider has the job nevertheless, so that `reconcile_video` finds
                it where the provider lists its jobs.
            times: See `completes`.
            provider: See `completes`.
        """
        loss = "accepted" if accepted else "not accepted"
        return self._says("loses_submission", loss=loss, times=times, provider=provider)

    def is_unreachable(
        self, *, times: int | None = 1, provider: KnownProvider | None = None
    ) -> Self:
        """Let nothing of the next submission be sent, as where a name cannot be resolved.

        The library sends it again, which is one submission more.
        """
        return self._says("is_unreachable", loss="not sent", times=times, provider=provider)

    def check(self) -> None:
        """Tell whether everything happened that was said, and nothing else was asked.

        Raises:
            AssertionError: Something was not: the message says what to do.
        """
        missing = self._script.missing
        notes = list(self.problems)
        if missing:
            came = len(self.submitted)
            found = f"{came} submission{'' if came == 1 else 's'} came"
            notes.append(f"this was scripted and did not happen: {', '.join(missing)}; {found}")
        if notes:
            raise AssertionError("\n".join(notes))

    def open(self, request: HttpRequest, *, limits: Limits) -> IOOutcome[HttpReply]:
        """Answer a request: see `effects.Http`.

        Raises:
            AssertionError: Nobody said what happens.
        """
        if request.headers.get("Accept") == EVENTS:
            # A scripted job is polled: its stream would say no more.
            return IOFailure(unscripted_error(request))
        with self._turn:
            self.requests.append(request)
            reply = self._answer(request)
        if isinstance(reply, TarashException):
            return IOFailure(reply)
        return IOResult.from_value(WholeReply(reply, limits))

    def _says(self, what: str, *, provider: str | None, **more: Any) -> Self:
        if provider not in {None, *PLAYED}:
            wrong = f"provider {provider!r} is not scripted: use one of {', '.join(sorted(PLAYED))}"
            raise ValueError(wrong)
        with self._turn:
            self._script.add(Happening(what=what, provider=provider, **more))
        return self

    def _answer(self, request: HttpRequest) -> HttpResponse | TarashException:
        if (taken := self._uploading.answer(request)) is not None:
            return taken
        for job in reversed(self._jobs):
            if (reply := job.answer(request)) is not None:
                if job.is_cancelled and job.name not in self.cancelled:
                    self.cancelled.append(job.name)
                return reply
        for known in self._spoken:
            if known.lists(request):
                return reply_of(listed(known, self._jobs))
        if (spoken := spoken_by(request)) is None:
            raise self._problem(_unexpected(request))
        return self._submit(spoken, request)

    def _submit(self, spoken: Spoken, request: HttpRequest) -> HttpResponse | TarashException:
        provider = spoken.dialect.provider
        happening = self._script.take(provider)
        if happening is None:
            raise self._problem(_unscripted(provider, len(self.submitted) + 1))
        if spoken not in self._spoken:
            self._spoken.append(spoken)
        if happening.loss == "not sent":
            return HTTPConnectionError("the script sends nothing", request_sent=False)
        name = f"job{len(self.submitted) + 1:06}" if happening.makes_job else None
        body = fields_of(request)
        self.submitted.append(
            Submitted(provider=provider, url=request.url, body=body, job=name, request=request)
        )
        if name is not None:
            taken = Taken(name, body, self.clock.utc(), None)
            self._jobs.append(
                ScriptedJob(spoken=spoken, happening=happening, taken=taken, url=request.url)
            )
        return reply_to(spoken, happening, name)

    def _problem(self, message: str) -> AssertionError:
        self.problems.append(message)
        return AssertionError(message)


def _unscripted(provider: str, nth: int) -> str:
    return (
        f"submission {nth} of this test went to {provider}, for which the script has nothing: say "
        "what happens to it, by scripted_video.completes(), .fails(), .refuses(429) and so on"
    )


def _unexpected(request: HttpRequest) -> str:
    asked = f"{request.method} {request.url.partition('?')[0]}"
    return (
        f"the script has no answer to {asked}: it plays the built-in providers, and jobs that were "
        "submitted to them in this test; for another provider use a ScriptedHttp with every reply"
    )
