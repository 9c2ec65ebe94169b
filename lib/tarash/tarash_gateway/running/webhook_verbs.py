"""What the verbs about webhooks do."""

from typing import TYPE_CHECKING, Unpack

from returns.io import IOResult
from returns.result import Failure, Success

from .. import _later
from ..effects.journal import Journal
from ..lifecycle.webhooks import GivenHeaders
from ..outcome import IOOutcome
from ..values.known import KnownProvider
from ..values.received import Webhook
from ..values.response import VideoGenerationResponse
from ..values.saved import VideoGeneration
from ..values.webhook import WebhookKeys
from .faces import verb
from .options import AwaitOptions, JournalOptions, WaitOptions
from .tasks import Steps, Task, do, sequence, work
from .verbs import deliver, video_of

if TYPE_CHECKING:
    from ..lifecycle import waking as pure
    from . import calls, receiving, waking
else:
    calls, receiving, waking, pure = _later.modules(
        __package__, ".calls", ".receiving", ".waking", "..lifecycle.waking"
    )


class ReceiveOptions(JournalOptions, total=False):
    """What `receive_webhook` takes."""

    keys: WebhookKeys | None


@verb
def receive_webhook(
    provider: KnownProvider,
    headers: GivenHeaders,
    body: bytes,
    **options: Unpack[ReceiveOptions],
) -> Task[Webhook]:
    """Check a message that came to a webhook, find its job, and remember the message.

    Nothing is polled, submitted or changed: a message is a hint that it is worth to call
    `check_video` once, and it wakes a call of `wait_for_webhook` about the job. The receivers of
    `tarash.tarash_gateway.webhooks` call this, and answer the provider.

    Args:
        provider: Provider id, as in the config of the jobs.
        headers: The headers of the HTTP request: a mapping or pairs, of strings or bytes.
        body: The body as it came, of 1 MiB at most: parsed and written again, it fits no signature.
        keys: The secrets, or the provider's public keys. By default, the environment has the
            secrets (``REPLICATE_WEBHOOK_SECRET``, ``OPENAI_WEBHOOK_SECRET``,
            ``GEMINI_WEBHOOK_SECRET``; several with spaces between, while one replaces another), and
            public keys are fetched where the provider publishes them, and kept for as long as it
            allows, for a day at most.
        journal: The journal that the jobs were started with; without one, no job is found and
            nothing is remembered.
        effects: The effects to use; by default those of this process, created on first use.
        providers: Further providers by name, for this call only.

    Returns:
        The message with its job. ``replayed`` says that it came before. One that nobody signed
        counts as new once in ten seconds for each job.

    Raises:
        WebhookError: The message is not believed: see `verify_webhook`.
        ValidationError: The provider is not known or sends no webhooks, or an argument is wrong.
        HTTPConnectionError: The provider's public keys cannot be fetched.
        UnexpectedReplyError: What was fetched is no key set.
        JournalError: The journal cannot be used; the message is not remembered.
    """

    def make() -> "IOOutcome[receiving.Receiver]":
        return IOResult.from_result(
            receiving.receiver_of(
                provider,
                options["keys"],
                options["journal"],
                options["effects"],
                options["providers"],
            )
        )

    def steps() -> Steps[Webhook]:
        made = yield from do(work(make))
        if isinstance(made, Failure):
            return made
        got = yield from receiving.received(made.unwrap(), headers, body)
        return got.map(lambda message: message.webhook)

    return sequence(steps)


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
        on_progress: Called with a `VideoGenerationUpdate` after every poll that brings news, or
            ``"bar"``: see `generate_video`.
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
