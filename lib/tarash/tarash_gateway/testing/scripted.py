"""A world in which every provider does what a test says, in its own words."""

import threading
from contextlib import ExitStack
from typing import Any, Self

import attrs
from returns.io import IOFailure, IOResult

from ..effects import Clock, Effects, HttpReply
from ..effects.receiving import WholeReply
from ..effects.signing import SignedWebhook
from ..effects.unscripted import unscripted_error
from ..exceptions import TarashException
from ..http.events import EVENTS
from ..http.messages import HttpRequest, Limits
from ..outcome import IOOutcome
from ..values.known import KnownProvider
from .answering import Answering, Submitted
from .defaults import default_effects
from .fakes import FakeClock
from .happenings import Happening
from .playing import PLAYED
from .uploads import Uploaded
from .webhooks import webhook_about
from .worlds import scripted_effects


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
    catches everything. Safe to share between threads. In a ``with``, it is the world of every call
    that has no effects of its own, and is checked at the end:

        with ScriptedVideo().completes():
            code_that_makes_a_video()

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
    _providers: Answering = attrs.field(
        init=False,
        default=attrs.Factory(
            lambda self: Answering(self.clock, self.submitted, self.cancelled, self.problems),
            takes_self=True,
        ),
    )
    _turn: threading.RLock = attrs.field(factory=threading.RLock, init=False)
    _entered: ExitStack = attrs.field(factory=ExitStack, init=False)

    @property
    def uploaded(self) -> list[Uploaded]:
        """The files that the providers' storages got."""
        return self._providers.uploading.uploaded

    def __repr__(self) -> str:
        left = ", ".join(self._providers.script.missing) or "nothing"
        return f"ScriptedVideo(submitted={len(self.submitted)}, left={left!r})"

    @property
    def effects(self) -> Effects:
        """Effects for this world: real files, a key for each provider, and no network."""
        return scripted_effects(http=self, clock=self.clock)

    def __enter__(self) -> Self:
        self._entered.enter_context(default_effects(self.effects))
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._entered.close()
        if kind is None:
            self.check()

    def completes(
        self,
        *,
        polls: int = 1,
        video: bytes | None = None,
        times: int | None = 1,
        provider: KnownProvider | None = None,
        prompt: str | None = None,
    ) -> Self:
        """Let the next job make a video.

        Args:
            polls: How many polls find it running before.
            video: Its file, such as a `grey_clip`; None: as long and as large as it was asked for.
            times: For so many submissions; None: for all from here on, none of which is missed.
            provider: Only for submissions to this provider; None: to any.
            prompt: Only for submissions whose prompt has this text in it; None: for any.

        Raises:
            ValueError: ``provider`` is not a built-in provider, ``video`` is not bytes, or a number
                is too small.
        """
        return self._says(
            "completes", polls=polls, video=video, times=times, provider=provider, prompt=prompt
        )

    def fails(
        self,
        *,
        moderated: bool = False,
        polls: int = 1,
        times: int | None = 1,
        provider: KnownProvider | None = None,
        prompt: str | None = None,
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
            prompt=prompt,
        )

    def times_out(
        self,
        *,
        times: int | None = 1,
        provider: KnownProvider | None = None,
        prompt: str | None = None,
    ) -> Self:
        """Let the next job run until it is given up: a `TimeoutError`, and a cancel."""
        return self._says(
            "times_out", end="never ends", times=times, provider=provider, prompt=prompt
        )

    def refuses(  # noqa: PLR0913 - what a refusal says, and what is refused
        self,
        status: int,
        message: str = "refused by the script",
        *,
        retry_after: float | None = None,
        times: int | None = 1,
        provider: KnownProvider | None = None,
        prompt: str | None = None,
    ) -> Self:
        """Refuse the next submission with an HTTP status of 400 to 599.

        The library sends some refused submissions again, such as after 429: each is one more.

        Args:
            status: HTTP status.
            message: The provider's words.
            retry_after: Seconds, for the header ``Retry-After``.
            times: See `completes`.
            provider: See `completes`.
            prompt: See `completes`.

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
            prompt=prompt,
        )

    def loses_submission(
        self,
        *,
        accepted: bool = True,
        times: int | None = 1,
        provider: KnownProvider | None = None,
        prompt: str | None = None,
    ) -> Self:
        """Let the answer to the next submission get lost: a `SubmissionUnknownError`.

        Args:
            accepted: Whether the provider has the job nevertheless, so that `reconcile_video` finds
                it where the provider lists its jobs.
            times: See `completes`.
            provider: See `completes`.
            prompt: See `completes`.
        """
        loss = "accepted" if accepted else "not accepted"
        return self._says(
            "loses_submission", loss=loss, times=times, provider=provider, prompt=prompt
        )

    def is_unreachable(
        self,
        *,
        times: int | None = 1,
        provider: KnownProvider | None = None,
        prompt: str | None = None,
    ) -> Self:
        """Let nothing of the next submission be sent, as where a name cannot be resolved.

        The library sends it again, which is one submission more.
        """
        return self._says(
            "is_unreachable", loss="not sent", times=times, provider=provider, prompt=prompt
        )

    def webhook(self, job: str | None = None, *, secret: str | None = None) -> SignedWebhook:
        """End a job, and return the message that its provider sends about that, signed.

        The receivers of the library find the key that fits: the secret in the environment, and the
        provider's public keys where it publishes them, in this world.

        Args:
            job: The job's id; None: the last one's.
            secret: The secret that the code under test has, if it takes none from the environment.

        Raises:
            ValueError: There is no such job, it never ends, or its provider sends no webhooks.
        """
        with self._turn:
            found = self._providers.job(job)
            told = None if found is None else found.told()
        if found is None or told is None:
            wrong = f"there is no webhook about {job or 'a job'}: nothing was submitted that way, "
            raise ValueError(wrong + "the job never ends, or its provider sends none")
        provider = found.spoken.dialect.provider
        return webhook_about(found.name, told, provider, self.effects, secret)

    def check(self) -> None:
        """Tell whether everything happened that was said, and nothing else was asked.

        Raises:
            AssertionError: Something was not: the message says what to do.
        """
        missing = self._providers.script.missing
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
            reply = self._providers.answer(request)
        if isinstance(reply, TarashException):
            return IOFailure(reply)
        return IOResult.from_value(WholeReply(reply, limits))

    def _says(self, what: str, *, provider: str | None, **more: Any) -> Self:
        if provider not in {None, *PLAYED}:
            wrong = f"provider {provider!r} is not scripted: use one of {', '.join(sorted(PLAYED))}"
            raise ValueError(wrong)
        with self._turn:
            self._providers.script.add(Happening(what=what, provider=provider, **more))
        return self
