"""The entry points for functional code bases: nothing raises, everything is in the type.

from tarash.tarash_gateway import functional

functional.generate_video(config, request)        # IOResult[Response, TarashException]
functional.generate_video_async(config, request)  # FutureResult[Response, TarashException]
"""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from .outcome import FutureOutcome, IOOutcome
from .running import verbs
from .running.faces import dress
from .running.tasks import Task, contain

__all__ = [
    "cancel_video",
    "cancel_video_async",
    "check_video",
    "check_video_async",
    "generate_video",
    "generate_video_async",
    "pending_videos",
    "plan_video",
    "resume_video",
    "resume_video_async",
    "start_video",
    "start_video_async",
]

P = ParamSpec("P")
T = TypeVar("T")


def _blocking(verb: Callable[P, Task[T]]) -> Callable[P, IOOutcome[T]]:
    def face(*arguments: P.args, **options: P.kwargs) -> IOOutcome[T]:
        """Return what `tarash.tarash_gateway.{}` returns, or the error that it raises."""
        return contain(lambda: verb(*arguments, **options).block())

    return dress(face, verb)


def _awaiting(verb: Callable[P, Task[T]]) -> Callable[P, FutureOutcome[T]]:
    def face(*arguments: P.args, **options: P.kwargs) -> FutureOutcome[T]:
        """Return the same as `{}` in a future, without blocking the event loop."""
        return verb(*arguments, **options).start()

    return dress(face, verb, "_async")


generate_video = _blocking(verbs.generate_video)
generate_video_async = _awaiting(verbs.generate_video)
start_video = _blocking(verbs.start_video)
start_video_async = _awaiting(verbs.start_video)
resume_video = _blocking(verbs.resume_video)
resume_video_async = _awaiting(verbs.resume_video)
check_video = _blocking(verbs.check_video)
check_video_async = _awaiting(verbs.check_video)
cancel_video = _blocking(verbs.cancel_video)
cancel_video_async = _awaiting(verbs.cancel_video)
pending_videos = _blocking(verbs.pending_videos)
plan_video = _blocking(verbs.plan_video)
