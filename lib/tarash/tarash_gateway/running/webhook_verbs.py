"""What the verbs about webhooks do; what makes a webhook's job known is in `receiving`."""

from typing import TYPE_CHECKING, Unpack

from returns.result import Success

from .. import _later
from ..effects.journal import Journal
from ..values.response import VideoGenerationResponse
from ..values.saved import VideoGeneration
from .faces import verb
from .options import AwaitOptions, WaitOptions
from .tasks import Steps, Task
from .verbs import deliver, video_of

if TYPE_CHECKING:
    from ..lifecycle import waking as pure
    from . import calls, waking
else:
    calls, waking, pure = _later.modules(__package__, ".calls", ".waking", "..lifecycle.waking")


@verb
def wait_for_webhook(
    generation: VideoGeneration,
    journal: Journal,
    **options: Unpack[AwaitOptions],
) -> Task[VideoGenerationResponse]:
    """Wait for an accepted job to its end, and poll it when a webhook about it came.

    This is `resume_video`, which polls less: when the wait begins, when ``journal`` has a new
    webhook about the job, and every ``poll_every`` seconds, because a webhook may be lost. What
    became of the job, only the provider's answer to a poll says. `receive_webhook` and the
    receivers of `tarash.tarash_gateway.webhooks` write the webhooks into the journal, here or on
    another machine.

    Args:
        generation: The job, from `start_video`, an error's ``.generation``, a journal, or its JSON.
        journal: The journal in which webhooks are remembered. It is looked at once a second.
        poll_every: Most seconds between two polls, > 0.
        timeout: Seconds to wait, > 0, or None for ``timeout`` of the config.
        config: The config given again, where its keys are not in the environment.
        on_progress: Called with a `VideoGenerationUpdate` after every poll that brings news.
        on_interrupt: See `generate_video`, as for the other arguments.
        save_to: See there.
        overwrite: See there.
        download_timeout: See there.
        measure: See there.
        effects: See there.
        providers: See there.

    Raises:
        ValidationError: It is not known that a job was accepted, or a number is not above 0.
        TimeoutError: The video was not finished in time; the job goes on, and can be waited for
            again.
        TarashException: As for `resume_video`.
    """
    config = options["config"]

    def wait(call: "calls.Call") -> "Steps[VideoGenerationResponse]":
        if (response := calls.response_in(generation)) is not None:
            return Success(response)
        patience = pure.Patience(every=options["poll_every"], timeout=options["timeout"])
        begin = waking.begin_waiting(call, generation, config, patience, journal)
        return (yield from video_of(begin, options["on_interrupt"]))

    waiting: WaitOptions = {
        "save_to": options["save_to"],
        "overwrite": options["overwrite"],
        "download_timeout": options["download_timeout"],
        "measure": options["measure"],
        "on_interrupt": options["on_interrupt"],
        "effects": options["effects"],
        "providers": options["providers"],
        "journal": journal,
    }
    return deliver(waiting, options["on_progress"], wait, config)
