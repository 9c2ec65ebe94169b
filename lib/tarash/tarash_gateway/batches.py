"""The entry points for many videos that raise; `api` has them too, and loads them when asked."""

from collections.abc import Callable

from .outcome import settle
from .running import batch
from .running.batch_runs import AsyncVideoBatch, VideoBatch
from .running.faces import P, dress
from .values.batch import BatchItem

__all__ = ["generate_videos", "generate_videos_async"]


def _faces(
    verb: Callable[P, batch.Batch],
) -> tuple[Callable[P, VideoBatch[BatchItem]], Callable[P, AsyncVideoBatch[BatchItem]]]:
    def block(*arguments: P.args, **options: P.kwargs) -> VideoBatch[BatchItem]:
        return VideoBatch(verb(*arguments, **options), settle)

    def start(*arguments: P.args, **options: P.kwargs) -> AsyncVideoBatch[BatchItem]:
        """Do what `{}` does, for ``async for``."""
        return AsyncVideoBatch(verb(*arguments, **options), settle)

    return dress(block, verb), dress(start, verb, "_async")


generate_videos, generate_videos_async = _faces(batch.generate_videos)
