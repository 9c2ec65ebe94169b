"""The entry points for functional code bases: nothing raises, everything is in the type.

from tarash.tarash_gateway import functional

functional.generate_video(config, request)        # IOResult[Response, TarashException]
functional.generate_video_async(config, request)  # FutureResult[Response, TarashException]
"""

from collections.abc import Callable

from returns.future import FutureResult
from returns.io import IOResult

from . import _later
from .api import __all__ as __all__
from .outcome import FutureOutcome, IOOutcome, Outcome
from .running import (
    batch,
    config_verbs,
    fingerprint_verb,
    list_verbs,
    reconcile_verb,
    verbs,
    webhook_verbs,
)
from .running.batch_runs import AsyncVideoBatch, VideoBatch
from .running.faces import P, T, dress
from .running.tasks import Task, begin, contain
from .running.webhook_check import verify_webhook as _verify_webhook
from .values.batch import BatchItem

__dir__ = _later.public(__name__)


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


def _pure(check: Callable[P, Outcome[T]]) -> Callable[P, Outcome[T]]:
    def face(*arguments: P.args, **options: P.kwargs) -> Outcome[T]:
        """Return what `tarash.tarash_gateway.{}` returns, or the error that it raises."""
        return check(*arguments, **options)

    return dress(face, check)


def _batches(
    verb: Callable[P, batch.Batch],
) -> tuple[
    Callable[P, VideoBatch[IOOutcome[BatchItem]]],
    Callable[P, AsyncVideoBatch[IOOutcome[BatchItem]]],
]:
    def block(*arguments: P.args, **options: P.kwargs) -> VideoBatch[IOOutcome[BatchItem]]:
        """Return the batch of `tarash.tarash_gateway.{}`; what it raises is its last result."""
        return VideoBatch(verb(*arguments, **options), IOResult.from_result)

    def start(*arguments: P.args, **options: P.kwargs) -> AsyncVideoBatch[IOOutcome[BatchItem]]:
        """Return the same as `{}` for ``async for``."""
        return AsyncVideoBatch(verb(*arguments, **options), IOResult.from_result)

    return dress(block, verb), dress(start, verb, "_async")


generate_video, generate_video_async = _faces(verbs.generate_video)
generate_videos, generate_videos_async = _batches(batch.generate_videos)
start_video, start_video_async = _faces(verbs.start_video)
resume_video, resume_video_async = _faces(verbs.resume_video)
check_video, check_video_async = _faces(verbs.check_video)
cancel_video, cancel_video_async = _faces(verbs.cancel_video)
save_video, save_video_async = _faces(verbs.save_video)
receive_webhook, receive_webhook_async = _faces(webhook_verbs.receive_webhook)
wait_for_webhook, wait_for_webhook_async = _faces(webhook_verbs.wait_for_webhook)
reconcile_video, reconcile_video_async = _faces(reconcile_verb.reconcile_video)
# These only read files, and have no asyncio form.
list_configs = _faces(config_verbs.list_configs)[0]
load_config = _faces(config_verbs.load_config)[0]
pending_videos = _faces(verbs.pending_videos)[0]
plan_video = _faces(verbs.plan_video)[0]
fingerprint_video = _faces(fingerprint_verb.fingerprint_video)[0]
# These two read tables, and the environment or the clock.
list_models = _faces(list_verbs.list_models)[0]
list_providers = _faces(list_verbs.list_providers)[0]
# This one touches nothing: it returns a Result.
verify_webhook = _pure(_verify_webhook)
