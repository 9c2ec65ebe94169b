"""What `save_video` does: the verb that is about a finished video, and not about its job."""

from functools import partial
from typing import TYPE_CHECKING, Unpack

from returns.io import IOResult
from returns.result import Failure

from .. import _later
from ..outcome import IOOutcome
from ..values.response import ProgressCallback, VideoGenerationResponse
from .faces import verb
from .making import showing
from .options import Place, SaveOptions
from .tasks import Steps, Task, do, sequence, work

if TYPE_CHECKING:
    from . import calls, delivery
else:
    calls, delivery = _later.modules(__package__, ".calls", ".delivery")


@verb
def save_video(
    response: VideoGenerationResponse,
    path: Place,
    **options: Unpack[SaveOptions],
) -> Task[VideoGenerationResponse]:
    """Save a finished video to a file, and measure it; its bytes are written as they are.

    It is written under a temporary name in the same folder: a file is there whole or not at all. A
    download that breaks off is continued. Where the URL has expired, the provider is asked for a
    fresh one; nothing is submitted.

    Args:
        response: The finished video.
        path: The file, or a folder (one that exists, or a text that ends in a slash) in which it is
            named after its job.
        overwrite: Whether an existing file is replaced.
        on_progress: Called with a `VideoGenerationUpdate` a few times a second during the download,
            and at its end; plain or async. ``"bar"`` shows a progress bar: see `generate_video`.
        config: The config given again, where its keys are not in the environment; they are needed
            only to ask for a fresh URL.
        download_timeout: Seconds that the download may take, or None without a limit. One that
            brings nothing for a minute is continued on a new connection.
        max_bytes: Most bytes of the video, or None for ``max_video_bytes`` of the config.
        effects: The effects to use; by default those of this process, created on first use.
        providers: Further providers by name, for this call only.

    Returns:
        The response with ``path``, ``media.size``, ``media.sha256`` and the measured values.

    Raises:
        ValidationError: The file exists already, its folder does not, it cannot be written, or the
            disk is full; nothing was fetched.
        SaveError: The video could not be fetched or written; the error has it as ``.response``.
    """

    def prepare(callback: ProgressCallback | None) -> "IOOutcome[delivery.Delivery]":
        if wrong := calls.wrong_kind("response", response, VideoGenerationResponse):
            return IOResult.from_failure(wrong)
        return delivery.delivery(
            calls.make_call(options["effects"], options["providers"], None, callback),
            path,
            overwrite=options["overwrite"],
            download_timeout=options["download_timeout"],
            max_bytes=options["max_bytes"],
            config=options["config"],
        )

    def steps(callback: ProgressCallback | None) -> Steps[VideoGenerationResponse]:
        found = yield from do(work(partial(prepare, callback)))
        if isinstance(found, Failure):
            return Failure(found.failure())
        return (yield from found.unwrap().deliver(response))

    return sequence(lambda: showing(options["on_progress"], options, steps))
