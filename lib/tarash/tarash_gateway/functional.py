"""The entry points for functional code bases: nothing raises, everything is in the type.

from tarash.tarash_gateway import functional

functional.generate_video(config, request)        # IOResult[Response, TarashException]
functional.generate_video_async(config, request)  # FutureResult[Response, TarashException]
"""

from collections.abc import Callable

from returns.future import FutureResult

from .api import __all__ as __all__
from .outcome import FutureOutcome, IOOutcome
from .running import verbs
from .running.faces import P, T, dress
from .running.tasks import Task, begin, contain


def _faces(
    verb: Callable[P, Task[T]],
) -> tuple[Callable[P, IOOutcome[T]], Callable[P, FutureOutcome[T]]]:
    def block(*arguments: P.args, **options: P.kwargs) -> IOOutcome[T]:
        """Return what `tarash.tarash_gateway.{}` returns, or the error that it raises."""
        return contain(lambda: verb(*arguments, **options).block())

    def start(*arguments: P.args, **options: P.kwargs) -> FutureOutcome[T]:
        """Return the same as `{}` in a future, without blocking the event loop."""
        task = verb(*arguments, **options)
        return FutureResult(begin(lambda: task))

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
