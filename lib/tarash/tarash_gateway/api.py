"""The entry points that raise. What each of them does is written in `running.verbs`."""

from collections.abc import Callable, Coroutine
from typing import Any, ParamSpec, TypeVar

from .outcome import result_of, settle
from .running import verbs
from .running.faces import dress
from .running.tasks import Task

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


def _blocking(verb: Callable[P, Task[T]]) -> Callable[P, T]:
    def face(*arguments: P.args, **options: P.kwargs) -> T:
        return settle(result_of(verb(*arguments, **options).block()))

    return dress(face, verb)


def _awaiting(verb: Callable[P, Task[T]]) -> Callable[P, Coroutine[Any, Any, T]]:
    async def face(*arguments: P.args, **options: P.kwargs) -> T:
        """Do what `{}` does, without blocking the event loop."""
        return settle(result_of(await verb(*arguments, **options).start()))

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
