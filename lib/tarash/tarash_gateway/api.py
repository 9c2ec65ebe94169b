"""The entry points that raise. What each of them does is written in `running.verbs`."""

from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

from ._later import load
from .outcome import result_of, settle
from .running import verbs
from .running.faces import P, T, dress
from .running.tasks import Task, begin

__all__ = [
    "cancel_video",
    "cancel_video_async",
    "check_video",
    "check_video_async",
    "generate_video",
    "generate_video_async",
    "generate_videos",
    "generate_videos_async",
    "pending_videos",
    "plan_video",
    "resume_video",
    "resume_video_async",
    "save_video",
    "save_video_async",
    "start_video",
    "start_video_async",
    "verify_webhook",
]


def _faces(
    verb: Callable[P, Task[T]],
) -> tuple[Callable[P, T], Callable[P, Coroutine[Any, Any, T]]]:
    def block(*arguments: P.args, **options: P.kwargs) -> T:
        return settle(result_of(verb(*arguments, **options).block()))

    async def start(*arguments: P.args, **options: P.kwargs) -> T:
        """Do what `{}` does, without blocking the event loop."""
        return settle(await begin(lambda: verb(*arguments, **options)))

    return dress(block, verb), dress(start, verb, "_async")


generate_video, generate_video_async = _faces(verbs.generate_video)
start_video, start_video_async = _faces(verbs.start_video)
resume_video, resume_video_async = _faces(verbs.resume_video)
check_video, check_video_async = _faces(verbs.check_video)
cancel_video, cancel_video_async = _faces(verbs.cancel_video)
save_video, save_video_async = _faces(verbs.save_video)
# These two only read files, and have no asyncio form.
pending_videos = _faces(verbs.pending_videos)[0]
plan_video = _faces(verbs.plan_video)[0]

if TYPE_CHECKING:
    from .batches import generate_videos as generate_videos
    from .batches import generate_videos_async as generate_videos_async
    from .verifying import verify_webhook as verify_webhook
else:
    # Many videos need asyncio, and webhooks what checks a signature: the others need neither.
    _LATER = {
        "generate_videos": "batches",
        "generate_videos_async": "batches",
        "verify_webhook": "verifying",
    }

    def __getattr__(name: str) -> object:
        """Return an entry point that is loaded when it is first asked for."""
        if name in _LATER:
            return getattr(load(f"{__package__}.{_LATER[name]}"), name)
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
