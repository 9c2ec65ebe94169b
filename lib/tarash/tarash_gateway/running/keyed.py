"""A call with a submission key: it submits, waits for another call, or returns what that one had.

What to do is decided by `lifecycle.submission_keys.decide`, by what the journal has below the key.
It is asked again and again until the call has its own result. The guard against a second payment is
not this loop, but the reservation of each attempt in the journal before it is sent.
"""

from collections.abc import Callable
from typing import Final, TypeVar

import attrs
from returns.io import IOFailure
from returns.result import Failure, Success

from ..effects.journal import Journal
from ..exceptions import JobInUseError, TarashException, TimeoutError, ValidationError
from ..lifecycle.chained import alone, with_request
from ..lifecycle.generation import Generation
from ..lifecycle.links import chain
from ..lifecycle.revive import configs_of
from ..lifecycle.submission_keys import (
    Decision,
    Fetch,
    Give,
    GoOn,
    Refuse,
    Submit,
    Wait,
    advised,
    decide,
)
from ..outcome import IOOutcome, Outcome
from ..values.checks import preview
from ..values.config import VideoGenerationConfig
from ..values.journal_entry import JournalEntry
from ..values.request import VideoGenerationRequest
from ..values.response import VideoGenerationResponse
from ..values.saved import VideoGeneration
from ..values.submission_key import wrong_key
from .calls import Call, response_of
from .interpreters import Running, begin_and_run
from .naming import name_of
from .options import OnInterrupt, SubmitOptions
from .pausing import pause
from .saving import with_fresh_url
from .steps import submitted
from .tasks import Steps, Task, do, work
from .watcher import Watcher, in_use

T = TypeVar("T")

# Seconds between two looks at the journal: another call may be done at once, or in minutes.
_FIRST_PAUSE: Final = 0.5
_LONGEST_PAUSE: Final = 2.0
_GROWTH: Final = 1.5


@attrs.frozen(kw_only=True)
class KeyedCall:
    """A call with a submission key.

    Attributes:
        call: Its effects, providers and watcher.
        config: The chain.
        request: What the caller wants.
        key: The submission key.
        journal: Where the key is remembered, or None.
        on_interrupt: What an interruption does to an accepted job.
        digest: The fingerprint, once the files of the request were read.
    """

    call: Call
    config: VideoGenerationConfig
    request: VideoGenerationRequest
    key: str
    journal: Journal | None
    on_interrupt: OnInterrupt
    digest: str = ""

    @classmethod
    def of(
        cls,
        call: Call,
        config: VideoGenerationConfig,
        request: VideoGenerationRequest,
        options: SubmitOptions,
    ) -> "KeyedCall":
        """Return the call of a verb with these options."""
        return cls(
            call=call,
            config=config,
            request=request,
            key=options["key"] or "",
            journal=options["journal"],
            on_interrupt=options["on_interrupt"],
        )

    def prepare(self) -> IOOutcome["KeyedCall"]:
        """Return the call with the files of its request and with its fingerprint.

        Errors:
            ValidationError: The key is not usable, there is no journal, an argument has another
                type, or a file cannot be read.
        """
        if wrong := wrong_key(self.key) or _without_journal(self.journal):
            return IOFailure(wrong)

        def with_digest(ready: VideoGenerationRequest) -> "KeyedCall":
            return attrs.evolve(self, request=ready, digest=name_of(self.config, ready))

        return self.call.ready(self.request).map(with_digest)

    def look(self) -> IOOutcome[Decision]:
        """Return what to do now.

        Errors:
            JournalError: The journal cannot be read.
        """
        if self.journal is None:
            return IOFailure(_without_journal(None) or ValidationError("no journal"))
        now = self.call.effects.clock.utc()
        return self.journal.keyed(self.key, now=now).map(
            lambda entries: decide(
                self.key,
                entries,
                fingerprint=self.digest,
                configs=len(chain(self.config)),
                now=now,
            )
        )

    def submit(self, order: Submit) -> Task[Running]:
        """Return the task that begins an attempt of this call."""
        return self._fresh.begin(self.config, self.request, order)

    def take_over(self, decision: GoOn) -> Task[Running]:
        """Return the task that goes on with the job of a call that is gone.

        Errors:
            JobInUseError: Yet another call was quicker, or the job has ended: look again.
        """
        call, saved = self._fresh, with_request(decision.entry, self.request)
        kept = alone(saved) if decision.alone else saved

        def owned(revived: Generation) -> IOOutcome[Running]:
            return call.watcher.take_over(revived).bind_result(
                lambda claim: (
                    Success(call.running(revived)) if claim == "owned" else Failure(in_use(revived))
                )
            )

        return work(lambda: call.revive(kept, self.config).bind(owned))

    def ask_again(self, entry: JournalEntry) -> Task[Running]:
        """Return the task that asks the provider for a finished video; the journal stays as it is.

        Nothing is submitted, whatever the provider answers.
        """
        effects = self.call.effects
        call = attrs.evolve(self.call, watcher=Watcher(effects, self.call.watcher.listener))
        return call.take_over(alone(with_request(entry, self.request)), self.config)

    def known(self, entry: JournalEntry) -> Outcome[VideoGeneration]:
        """Return the job of an entry with the configs of this call, which have their keys."""
        saved = with_request(entry, self.request)
        return configs_of(saved, self.config).map(
            lambda configs: attrs.evolve(saved, configs=configs)
        )

    @property
    def _fresh(self) -> Call:
        # What a watcher remembers is about one attempt to have the job.
        return attrs.evolve(self.call, watcher=attrs.evolve(self.call.watcher))


def _without_journal(journal: Journal | None) -> ValidationError | None:
    if journal is not None:
        return None
    message = (
        "a key needs a journal, in which it is remembered: give journal=SqliteJournal(...), or no "
        "key; nothing was sent"
    )
    return ValidationError(message)


def video_of_key(keyed: KeyedCall) -> Steps[VideoGenerationResponse]:
    """Return the video of a submission key."""
    return (yield from settle(keyed, _video))


def job_of_key(keyed: KeyedCall) -> Steps[VideoGeneration]:
    """Return the accepted job of a submission key, or its finished generation."""
    return (yield from settle(keyed, job_of))


def settle(asked: KeyedCall, act: Callable[[KeyedCall, Decision], Steps[T] | None]) -> Steps[T]:
    """Look and act until there is a result; another call that has the key is waited for."""
    prepared = yield from do(work(asked.prepare))
    if isinstance(prepared, Failure):
        return Failure(prepared.failure())
    keyed = prepared.unwrap()
    clock, timeout = keyed.call.effects.clock, float(keyed.config.timeout)
    end, seconds = clock.monotonic() + timeout, _FIRST_PAUSE
    while True:
        looked = yield from do(work(keyed.look))
        if isinstance(looked, Failure):
            return Failure(looked.failure())
        decision = looked.unwrap()
        if isinstance(decision, Refuse):
            return Failure(advised(decision.error, keyed.key, decision))
        acting = act(keyed, decision)
        if acting is not None:
            outcome = yield from acting
            if not isinstance(outcome, Failure):
                return outcome
            error = outcome.failure()
            if not isinstance(error, JobInUseError):
                seen = yield from do(work(keyed.look))
                return Failure(advised(error, keyed.key, seen.value_or(None)))
        left = end - clock.monotonic()
        if left <= 0:
            return Failure(_too_late(keyed, decision))
        yield from do(pause(clock, min(seconds, left)))
        seconds = min(seconds * _GROWTH, _LONGEST_PAUSE)


def _video(keyed: KeyedCall, decision: Decision) -> Steps[VideoGenerationResponse] | None:
    match decision:
        case Submit():
            return _run(keyed, keyed.submit(decision))
        case GoOn():
            return _run(keyed, keyed.take_over(decision))
        case Fetch(entry=entry):
            return _fetch(keyed, entry)
        case Give(response=response):
            return _given(Success(response))
        case _:
            return None


def _run(keyed: KeyedCall, begin: Task[Running]) -> Steps[VideoGenerationResponse]:
    ended = yield from begin_and_run(begin, on_interrupt=keyed.on_interrupt)
    return ended.bind(response_of)


def _fetch(keyed: KeyedCall, entry: JournalEntry) -> Steps[VideoGenerationResponse]:
    fetched = yield from _run(keyed, keyed.ask_again(entry))
    stored = None if entry.ending is None else entry.ending.response
    if stored is None or isinstance(fetched, Failure):
        return fetched
    newer = fetched.unwrap()
    return Success(attrs.evolve(with_fresh_url(stored, newer), generation=newer.generation))


def job_of(keyed: KeyedCall, decision: Decision) -> Steps[VideoGeneration] | None:
    """Return the steps to the accepted job, or None where another call has the key."""
    match decision:
        case Submit():
            return _start(keyed, keyed.submit(decision))
        case Give(response=response, entry=entry):
            return _given(keyed.known(entry).map(lambda job: attrs.evolve(job, response=response)))
        case Wait(entry=entry) if entry.state == "accepted":
            return _given(keyed.known(entry))
        case GoOn(entry=entry) | Fetch(entry):
            return _given(keyed.known(entry))
        case _:
            return None


def _start(keyed: KeyedCall, begin: Task[Running]) -> Steps[VideoGeneration]:
    ended = yield from begin_and_run(begin, on_interrupt=keyed.on_interrupt, until=submitted)
    return ended.map(Generation.durable)


def _given(outcome: Outcome[T]) -> Steps[T]:
    yield from ()
    return outcome


def _too_late(keyed: KeyedCall, decision: Decision) -> TarashException:
    timeout = float(keyed.config.timeout)
    entry = decision.entry if isinstance(decision, Wait | GoOn) else None
    saved = None if entry is None else entry.generation
    job = "" if saved is None or saved.request_id is None else f" (job {saved.request_id})"
    return TimeoutError(
        f"another call has the key {preview(keyed.key)}{job}, and had no result within timeout "
        f"({timeout:g} s); nothing was sent: call again later with the same key",
        provider=None if saved is None else saved.provider,
        model=None if saved is None else saved.model,
        request_id=None if saved is None else saved.request_id,
        generation=None if saved is None or saved.job is None else saved,
        timeout_seconds=timeout,
    )
