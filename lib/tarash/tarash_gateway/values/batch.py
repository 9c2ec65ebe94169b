"""What a batch gives back: one value for each request, and a count of them all."""

import attrs
from returns.result import Failure, Success

from ..exceptions import SubmissionUnknownError, TarashException
from ..outcome import Outcome
from .request import VideoGenerationRequest
from .response import VideoGenerationResponse
from .shown import Shown


@attrs.frozen(kw_only=True)
class BatchItem(Shown):
    """One request of a batch, and what became of it: a response or an error.

    Attributes:
        index: Place of the request among those of the batch, from 0.
        request: The request, as the caller's iterator gave it.
        response: The finished video, or None.
        error: Why there is none, or None.
    """

    index: int
    request: VideoGenerationRequest
    response: VideoGenerationResponse | None = None
    error: TarashException | None = None

    @property
    def outcome(self) -> Outcome[VideoGenerationResponse]:
        """The response or the error as a `Result`."""
        if self.response is not None:
            return Success(self.response)
        return Failure(self.error or TarashException("nothing is known about this request"))

    @property
    def may_have_been_paid(self) -> bool:
        """Whether the provider may charge for this request, as far as is known."""
        if self.response is not None:
            made = self.response.execution_metadata
            return made is None or bool(made.may_have_been_paid)
        error = self.error
        if error is None or isinstance(error, SubmissionUnknownError):
            return error is not None
        return error.generation is not None or any(a.may_have_been_paid for a in error.attempts)


@attrs.frozen(kw_only=True)
class BatchSummary(Shown):
    """How far a batch has come.

    Attributes:
        drawn: Requests that were taken from the caller's iterator.
        running: Requests that are being worked on.
        waiting: Results that nobody has taken yet.
        done: Requests that brought a video.
        failed: Requests that brought an error.
    """

    drawn: int
    running: int
    waiting: int
    done: int
    failed: int
