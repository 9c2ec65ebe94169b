"""What a verb works with, made after its modules are loaded: in a thread, on an event loop."""

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from returns.io import IOResult
from returns.result import Failure

from .. import _later
from ..outcome import IOOutcome
from ..values.response import OnProgress, ProgressCallback, VideoGenerationResponse
from .options import JournalOptions, WorldOptions
from .tasks import Steps, Task, do, instant, work

if TYPE_CHECKING:
    from . import calls, delivery, shown
else:
    # The first call loads them, and with them most of the library.
    calls, delivery, shown = _later.modules(__package__, ".calls", ".delivery", ".shown")

T = TypeVar("T")


def call_of(options: JournalOptions, on_progress: ProgressCallback | None = None) -> "calls.Call":
    """Return the call of a verb with these options."""
    return calls.make_call(
        options["effects"],
        options["providers"],
        options["journal"],
        on_progress,
        # A typing error must not decide what becomes of a paid job.
        options.get("on_interrupt", "keep"),
    )


def making(options: WorldOptions, make: Callable[[], IOOutcome[T]]) -> Task[T]:
    """Return the task of a function that makes what a verb works with, and takes a moment only.

    The first time it takes a fraction of a second, which would stall an event loop.
    """

    def load_and_make() -> IOOutcome[T]:
        _later.load_now(delivery)
        return make()

    if not _later.is_loaded(delivery):
        return work(load_and_make)
    return (work if options["effects"] is None and not calls.has_live_effects() else instant)(make)


def with_call(options: JournalOptions, steps: "Callable[[calls.Call], Steps[T]]") -> Steps[T]:
    """Return the steps of a call that is made first."""
    made = yield from do(making(options, lambda: IOResult.from_value(call_of(options))))
    if isinstance(made, Failure):
        return Failure(made.failure())
    return (yield from steps(made.unwrap()))


def showing(
    on_progress: OnProgress | None,
    options: WorldOptions,
    steps: Callable[[ProgressCallback | None], Steps[VideoGenerationResponse]],
) -> Steps[VideoGenerationResponse]:
    """Return the steps of a call whose progress its caller, a bar or nobody hears about."""
    if on_progress is None or callable(on_progress):
        return steps(on_progress)
    return shown.with_bar(on_progress, options["effects"], steps)
