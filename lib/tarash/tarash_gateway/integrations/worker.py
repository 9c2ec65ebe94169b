"""The steps of a durable workflow as a worker does them, whatever engine records their results."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Final

import attrs
from returns.result import Failure, Success

from ..effects import Effects
from ..effects.journal import Journal
from ..exceptions import GenerationCancelledError, SubmissionUnknownError
from ..lifecycle.links import is_mocked
from ..lifecycle.submission_keys import cancelling, unknown_of
from ..lifecycle.watched import Look, paced
from ..outcome import IOOutcome
from ..providers.base import Provider
from ..registry import known_providers
from ..running.calls import Call, make_call
from ..running.delivery import Delivery, delivery
from ..running.keyed import KeyedCall
from ..running.looking import look, submit
from ..running.pausing import pause
from ..running.reconcile_verb import reconcile_video
from ..running.tasks import Steps, Task, do, sequence, work
from ..running.worlds import world_of
from ..values.attempts import Cancellation
from ..values.config import VideoGenerationConfig
from ..values.media import MediaContent
from ..values.response import VideoGenerationResponse
from ..values.saved import VideoGeneration
from .orders import Order, Stored, WithKeys, look_in, look_out, response_in, response_out
from .story import Do

# A journal has no text that is kept for ever; dates end with the year 9999.
_KEPT: Final = timedelta(days=3650)
# Seconds between two looks at a submission that is under way.
_LOOK: Final = 0.25
_UNDER_WAY: Final = ("uploading", "intended")
# Seconds between two polls of a job whose webhook is awaited: a message may be lost.
_NET: Final = 60.0


@attrs.frozen(kw_only=True)
class Worker:
    """What the steps of this process work with.

    Attributes:
        journal: Where submission keys are remembered.
        effects: The effects, or None for those of this process.
        providers: Further providers by name.
        with_keys: Returns a stored config with its keys, or None where they are in the environment.
        folder: Where a video is saved that comes as bytes to an order without ``save_to``.
    """

    journal: Journal
    effects: Effects | None = None
    providers: Mapping[str, Provider] | None = None
    with_keys: WithKeys | None = None
    folder: Path = Path("tarash-videos")

    def task(self, key: str, order: Order, step: Do) -> Task[Stored]:
        """Return the task of a step.

        Args:
            key: The submission key: the id of the workflow.
            order: What the workflow makes.
            step: Which step, and what it gets.
        """
        match step.step:
            case "submit":
                return sequence(lambda: self._submit(key, order))
            case "reconcile":
                return sequence(lambda: self._reconcile(key, order))
            case "check":
                return sequence(lambda: self._check(order, step.last or {}))
            case "deliver":
                return sequence(lambda: self._deliver(order, step.last or {}))

    def config(self, stored: VideoGenerationConfig) -> VideoGenerationConfig:
        """Return a stored config with its keys."""
        return stored if self.with_keys is None else self.with_keys(stored)

    def cancel(self, key: str) -> IOOutcome[bool]:
        """Remember that the video of a key is not wanted: whoever submits it looks here."""
        now = world_of(self.effects).clock.utc()
        return self.journal.note(_cancelled(key), about=_cancelled(key), now=now, until=now + _KEPT)

    def cancelled(self, key: str, timeout: float) -> Task[Cancellation | None]:
        """Return the task that cancels the job of a key, after `cancel`.

        Args:
            key: The submission key.
            timeout: Seconds to wait for a submission that is under way.
        """
        return sequence(lambda: self._cancelled(key, timeout))

    def _cancelled(self, key: str, timeout: float) -> Steps[Cancellation | None]:
        clock = world_of(self.effects).clock
        end = clock.monotonic() + timeout
        while True:
            found = yield from do(work(lambda: self.journal.keyed(key, now=clock.utc())))
            if isinstance(found, Failure):
                return Failure(found.failure())
            entries = found.unwrap()
            under_way = any(e.in_use and e.state in _UNDER_WAY for e in entries)
            if not under_way or clock.monotonic() >= end:
                break
            yield from do(pause(clock, _LOOK))
        match cancelling(entries):
            case VideoGeneration() as job:
                return (yield from self._call().cancel(job, self.config(job.configs[0])))
            case SubmissionUnknownError() as unknown:
                return Failure(unknown)
            case ended:
                return Success(ended)

    def _call(self) -> Call:
        return make_call(self.effects, self.providers, self.journal)

    def _submit(self, key: str, order: Order) -> Steps[Stored]:
        """Submit, or find what was submitted with the key; the files are checked before."""
        call, config = self._call(), self.config(order.config)
        allowed = yield from self._not_cancelled(key)
        if isinstance(allowed, Failure):
            return allowed
        place = yield from do(work(lambda: self._delivery(order, call, overwrite=order.overwrite)))
        if isinstance(place, Failure):
            return Failure(place.failure())
        keyed = KeyedCall(
            call=call,
            config=config,
            request=order.request,
            key=key,
            journal=self.journal,
            on_interrupt="keep",
        )
        begun = yield from submit(keyed)
        if isinstance(begun, Failure):
            return Failure(begun.failure())
        # A cancel that came while the submission was under way found no job yet.
        allowed = yield from self._not_cancelled(key)
        if isinstance(allowed, Failure):
            yield from call.cancel(begun.unwrap().generation, config)
            return allowed
        return (yield from self._result(order, begun.unwrap()))

    def _not_cancelled(self, key: str) -> Steps[Stored]:
        noted = yield from do(work(lambda: self.journal.noted(_cancelled(key))))
        if isinstance(noted, Failure):
            return Failure(noted.failure())
        if noted.unwrap() is None:
            return Success({})
        message = (
            f"the video of workflow {key!r} was cancelled, and nothing is submitted for it: use "
            "another workflow id for another video"
        )
        return Failure(GenerationCancelledError(message))

    def _reconcile(self, key: str, order: Order) -> Steps[Stored]:
        """Look for the job of a submission without an answer; the journal keeps what is found."""
        now = world_of(self.effects).clock.utc()
        kept = yield from do(work(lambda: self.journal.keyed(key, now=now)))
        if isinstance(kept, Failure):
            return Failure(kept.failure())
        unclear = unknown_of(kept.unwrap())
        if unclear is None:
            # Another call has found it.
            return Success({"state": "found", "wait": None})
        config = self.config(order.config)
        task = reconcile_video(
            unclear,
            config=config,
            journal=self.journal,
            effects=self.effects,
            providers=self.providers,
        )
        answer = yield from do(task)
        return answer.map(
            lambda found: {
                "state": found.state,
                "wait": found.again_at and (found.again_at - now).total_seconds(),
            }
        )

    def _check(self, order: Order, last: Stored) -> Steps[Stored]:
        call = self._call()
        looked = yield from look(call, look_in(last), self.config(order.config), order.request)
        if isinstance(looked, Failure):
            return Failure(looked.failure())
        return (yield from self._result(order, looked.unwrap()))

    def _result(self, order: Order, found: Look) -> Steps[Stored]:
        """Return what a step found; bytes are saved at once, because no database keeps them."""
        response = found.generation.response
        if response is None:
            now = world_of(self.effects).clock.utc()
            least = _NET if self._is_called(order, found.generation) else 0.0
            return Success(look_out(paced(found, now, least=least)))
        response = attrs.evolve(response, generation=attrs.evolve(found.generation, response=None))
        if isinstance(response.video, MediaContent):
            return (yield from self._save(order, response))
        return Success(response_out(response))

    def _is_called(self, order: Order, job: VideoGeneration) -> bool:
        """Tell whether a webhook will tell of the end of a job, so that polls are only the net."""
        if order.webhook is not None:
            return order.webhook
        provider = known_providers(self.providers).get(job.provider)
        asked = provider is not None and provider.webhooks is not None and provider.webhooks.ask
        return bool(asked and job.configs[0].webhook_url and not is_mocked(job.configs[0]))

    def _save(self, order: Order, response: VideoGenerationResponse) -> Steps[Stored]:
        if order.save_to is None:
            reason = (
                "the video came as bytes, which no database keeps, and was saved by the worker in "
                f"{self.folder}: give save_to to choose another folder"
            )
            response = attrs.evolve(response, warnings=(*response.warnings, reason))
        return (yield from self._delivered(order, response))

    def _deliver(self, order: Order, last: Stored) -> Steps[Stored]:
        response = response_in(last)
        # It was saved already where it has a path.
        if response.path is not None:
            return Success(last)
        return (yield from self._delivered(order, response))

    def _delivered(self, order: Order, response: VideoGenerationResponse) -> Steps[Stored]:
        in_bytes = isinstance(response.video, MediaContent)

        def place() -> IOOutcome[Delivery]:
            # The file was free before the submission: what is there now is this video, saved by a
            # step whose record was lost.
            if not (in_bytes and order.save_to is None):
                return self._delivery(order, self._call(), overwrite=True)
            self.folder.mkdir(parents=True, exist_ok=True)
            own = attrs.evolve(order, save_to=f"{self.folder.absolute()}/")
            return self._delivery(own, self._call(), overwrite=True)

        found = yield from do(work(place))
        if isinstance(found, Failure):
            return Failure(found.failure())
        delivered = yield from found.unwrap().deliver(response)
        return delivered.map(response_out)

    def _delivery(self, order: Order, call: Call, *, overwrite: bool) -> IOOutcome[Delivery]:
        return delivery(
            call,
            order.save_to,
            overwrite=overwrite,
            measure=order.measure,
            download_timeout=None,
            config=self.config(order.config),
        )


def _cancelled(key: str) -> str:
    return f"cancelled:{key}"
