"""The last line of a command: how long it took, and what may have been paid."""

from collections.abc import Iterable, Sequence

from ..display.words import clock_face
from ..exceptions import SubmissionUnknownError, TarashException
from ..values.attempts import AttemptMetadata
from ..values.response import VideoGenerationResponse


def after_video(response: VideoGenerationResponse, seconds: float, how: str = "done in") -> str:
    """Return the last line of a command that has a video."""
    done = f"{how} {clock_face(seconds)}"
    if response.is_mock:
        return f"{done}; a test clip: nothing was sent, nothing is charged"
    made = response.execution_metadata
    if made is None or not made.attempts:
        return done
    paid = made.may_have_been_paid
    return f"{done}; {_jobs(paid)}; may have been paid: {len(paid)}"


def after_error(error: TarashException, seconds: float, *, is_free: bool = False) -> str:
    """Return the last line of a command that failed.

    Args:
        error: Why it failed.
        seconds: How long it took.
        is_free: Whether it makes test clips only.
    """
    after = f"after {clock_face(seconds)}; " if seconds >= 1 else ""
    if is_free:
        return f"{after}a test clip: nothing was sent, nothing is charged"
    paid = [attempt for attempt in error.attempts if attempt.may_have_been_paid]
    if paid:
        return f"{after}{_jobs(paid)}; may have been paid: {len(paid)}, see tarash jobs --all"
    if may_be_charged(error):
        return f"{after}may have been paid, see tarash jobs --all"
    if any(attempt.submission == "refused" for attempt in error.attempts):
        return f"{after}no job was accepted: nothing is charged"
    return f"{after}nothing was submitted: nothing is charged"


def after_batch(seconds: float, paid: int, *, is_mock: bool) -> str:
    """Return the last line of a batch.

    >>> after_batch(92, 40, is_mock=False)
    'ended after 1:32; may have been paid: 40'
    """
    ended = f"ended after {clock_face(seconds)}"
    if is_mock:
        return f"{ended}; test clips: nothing was sent, nothing is charged"
    return f"{ended}; may have been paid: {paid}"


def may_be_charged(error: TarashException) -> bool:
    """Tell whether a job of the call may cost money."""
    known = any(attempt.may_have_been_paid for attempt in error.attempts)
    return known or error.generation is not None or isinstance(error, SubmissionUnknownError)


def _jobs(attempts: Sequence[AttemptMetadata] | Iterable[AttemptMetadata]) -> str:
    """Return how many jobs were submitted where.

    >>> _jobs([])
    'no job'
    """
    places = [f"{attempt.provider}, {attempt.model}" for attempt in attempts]
    if not places:
        return "no job"
    counted = {place: places.count(place) for place in places}
    return " and ".join(
        f"{count} {'job' if count == 1 else 'jobs'} submitted to {place}"
        for place, count in counted.items()
    )
