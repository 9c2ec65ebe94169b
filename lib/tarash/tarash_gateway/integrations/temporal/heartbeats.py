"""Heartbeats of an activity that waits: they show that its worker lives, and keep its job."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final

import attrs
from temporalio import activity

from ...exceptions import ValidationError
from ...values.saved import VideoGeneration

# Seconds between two heartbeats where the activity has no heartbeat timeout.
_USUAL: Final = 10.0
# Heartbeats for each timeout: a late one must not end the activity.
_PER_TIMEOUT: Final = 3


@attrs.define
class Heart:
    """What the next heartbeat says.

    Attributes:
        job: The JSON of the job as it was last seen, or None before there is one.
    """

    job: str | None = None

    def see(self, job: VideoGeneration) -> None:
        """Take in what a poll said, and tell Temporal at once."""
        self.job = job.to_json()
        self.beat()

    def beat(self) -> None:
        """Send a heartbeat; the SDK holds back those that come too often."""
        activity.heartbeat(*(() if self.job is None else (self.job,)))


@asynccontextmanager
async def beating(heart: Heart) -> AsyncIterator[Heart]:
    """Beat as long as the block runs: a poll may be minutes away."""
    limit = activity.info().heartbeat_timeout
    pause = _USUAL if limit is None else limit.total_seconds() / _PER_TIMEOUT

    async def beat_on() -> None:
        while True:
            heart.beat()
            await asyncio.sleep(pause)

    beats = asyncio.create_task(beat_on())
    try:
        yield heart
    finally:
        beats.cancel()
        await asyncio.wait({beats})


def job_of(details: Sequence[Any], given: VideoGeneration) -> VideoGeneration:
    """Return the job of the last heartbeat of an earlier try, or the one given.

    A poll may have learned more than the submission did, such as where the result is.
    """
    if not details or not isinstance(details[0], str):
        return given
    try:
        seen = VideoGeneration.from_json(details[0])
    except ValidationError:
        # Another version of the worker wrote it.
        return given
    return seen if seen.id == given.id and seen.job is not None else given
