"""The calls of a batch: what each of them is given, and what becomes of it when all are stopped."""

import asyncio
from functools import partial
from typing import Any, TypeAlias

import attrs
from returns.result import Failure, Success

from ..exceptions import GenerationInterruptedError, SubmissionUnknownError, TarashException
from ..outcome import Outcome
from ..values.batch import BatchItem
from ..values.config import VideoGenerationConfig
from ..values.journal_entry import JournalEntry
from ..values.request import VideoGenerationRequest
from ..values.response import VideoGenerationResponse
from ..values.saved import VideoGeneration
from . import verbs
from .options import BatchProgress, GenerateOptions, KeyOfItem, Place, PlaceOfItem
from .tasks import begin


@attrs.frozen
class Raised:
    """What a call raised that is not its own error: the assertion of a test, an interruption."""

    error: BaseException


Ended: TypeAlias = BatchItem | Raised


@attrs.frozen(kw_only=True)
class BatchCall:
    """One request of a batch with its options; nothing has happened yet."""

    index: int
    config: VideoGenerationConfig
    request: VideoGenerationRequest
    on_progress: BatchProgress | None
    options: GenerateOptions

    async def make(self) -> Ended:
        """Generate the video on the running loop; never raises."""
        tell = None if self.on_progress is None else partial(self.on_progress, self.index)
        try:
            outcome = await begin(
                lambda: verbs.generate_video(self.config, self.request, tell, **self.options)
            )
        except asyncio.CancelledError as interruption:
            return self.interrupted(interruption)
        except AssertionError as error:
            # It belongs to a test.
            return Raised(error)
        except Exception as bug:  # noqa: BLE001 - no call may harm the others
            outcome = Failure(_bug(bug, "this is a bug in an effect or in the library"))
        except BaseException as error:  # noqa: BLE001 - the driver of the batch raises it
            return Raised(error)
        return item_of(self.index, self.request, outcome)

    def interrupted(self, interruption: BaseException | None) -> BatchItem:
        """Return the item of a call that was stopped, or that had not begun (None)."""
        response = getattr(interruption, "response", None)
        job = getattr(interruption, "generation", None) or getattr(response, "generation", None)
        error = _interrupted(
            job if isinstance(job, VideoGeneration) else None,
            response if isinstance(response, VideoGenerationResponse) else None,
        )
        return BatchItem(index=self.index, request=self.request, error=error)

    def lost(self) -> BatchItem:
        """Return the item of a call that was stopped, and that nobody could wait for."""
        error = SubmissionUnknownError(
            "interrupted, and nobody waited for what became of it: a job may go on; look at the "
            "journal and at the provider's dashboard",
            provider=self.config.provider,
            model=self.config.model,
        )
        return BatchItem(index=self.index, request=self.request, error=error)


def _interrupted(
    job: VideoGeneration | None, response: VideoGenerationResponse | None
) -> TarashException:
    """Return the error that says what is known about a call that was stopped."""
    if job is None or job.uploading:
        return GenerationInterruptedError("interrupted before anything was submitted")
    kind, words = _fate(job, response)
    error = kind(
        words,
        provider=job.provider,
        model=job.model,
        request_id=job.request_id,
        attempts=job.attempts,
        generation=job if job.job is not None else None,
    )
    if isinstance(error, SubmissionUnknownError):
        entry = JournalEntry(generation=job, state="intended", updated_at=job.started_at)
        return attrs.evolve(error, unknown=(entry,))
    return error


def _fate(
    job: VideoGeneration, response: VideoGenerationResponse | None
) -> tuple[type[TarashException], str]:
    if response is not None:
        return GenerationInterruptedError, (
            "interrupted when the video was finished and not yet saved: "
            "resume_video(error.generation, save_to=...) fetches it"
        )
    if job.job is None:
        return SubmissionUnknownError, (
            "interrupted, and a submission that was under way may have been accepted: look at the "
            "provider's dashboard before you send it again"
        )
    return GenerationInterruptedError, (
        "interrupted, and the job goes on: resume_video(error.generation) asks for it"
    )


def item_of(
    index: int, request: VideoGenerationRequest, outcome: Outcome[VideoGenerationResponse]
) -> BatchItem:
    """Return the item with a response or with an error."""
    if isinstance(outcome, Failure):
        return BatchItem(index=index, request=request, error=outcome.failure())
    return BatchItem(index=index, request=request, response=outcome.unwrap())


def options_of_item(
    options: GenerateOptions,
    key: str | KeyOfItem | None,
    save_to: Place | PlaceOfItem | None,
    index: int,
    request: VideoGenerationRequest,
) -> Outcome[GenerateOptions]:
    """Return the options of one call.

    Errors:
        TarashException: A function of the caller's raised: the item fails, and no other one does.
    """
    chosen: dict[str, Any] = {**options}
    try:
        chosen["save_to"] = save_to(index, request) if callable(save_to) else save_to
        if key is not None:
            chosen["key"] = key(index, request) if callable(key) else f"{key}{index}"
    except TarashException as error:
        return Failure(error)
    except Exception as bug:  # noqa: BLE001 - a caller's function may raise anything
        return Failure(_bug(bug, "key or save_to raised it, and nothing was sent"))
    # A TypedDict cannot be built from names that are known only at run time.
    return Success(GenerateOptions(**chosen))  # type: ignore[typeddict-item]


def _bug(bug: Exception, whose: str) -> TarashException:
    error = TarashException(f"{type(bug).__name__}: {bug}; {whose}")
    error.__cause__ = bug
    return error
