"""The calls of a batch: what each of them is given, and what becomes of it when all are stopped."""

import asyncio
from functools import partial
from typing import Any, TypeAlias

import attrs
from returns.result import Failure, Success

from ..exceptions import GenerationInterruptedError, TarashException
from ..outcome import Outcome, result_of
from ..values.attempts import Submission
from ..values.batch import BatchItem
from ..values.config import VideoGenerationConfig
from ..values.request import VideoGenerationRequest
from ..values.response import VideoGenerationResponse
from ..values.saved import VideoGeneration
from . import verbs
from .options import BatchProgress, GenerateOptions, KeyOfItem, PlaceOfItem
from .saving import Place


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
            task = verbs.generate_video(self.config, self.request, tell, **self.options)
            outcome = result_of(await task.start())
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
        error = GenerationInterruptedError(
            "interrupted, and nobody waited for what became of it: a job may go on; the journal "
            "and the provider's dashboard know",
            provider=self.config.provider,
            model=self.config.model,
            submission="unknown",
        )
        return BatchItem(index=self.index, request=self.request, error=error)


def _interrupted(
    job: VideoGeneration | None, response: VideoGenerationResponse | None
) -> GenerationInterruptedError:
    submission, words = _fate(job, response)
    known = submission == "accepted"
    return GenerationInterruptedError(
        words,
        provider=None if job is None else job.provider,
        model=None if job is None else job.model,
        request_id=response.request_id if response else job.request_id if job else None,
        attempts=() if job is None else job.attempts,
        generation=job if known else None,
        submission=submission,
        response=response,
    )


def _fate(
    job: VideoGeneration | None, response: VideoGenerationResponse | None
) -> tuple[Submission, str]:
    """Return what is known about the submission of a call that was stopped, and a sentence."""
    if response is not None:
        return "accepted", (
            "interrupted when the video was finished and not yet saved: "
            "save_video(error.response, ...) fetches it"
        )
    if job is None or job.uploading:
        return "not_sent", "interrupted before anything was submitted"
    if job.job is None:
        return "unknown", (
            "interrupted, and a submission that was under way may have been accepted: look at the "
            "provider's dashboard before you send it again"
        )
    return "accepted", (
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
