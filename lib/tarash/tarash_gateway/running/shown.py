"""The library's own progress bar, as an ``on_progress`` of a call or a batch."""

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, TypeVar

from returns.io import IOResult
from returns.result import Failure

from .. import _later
from ..effects import Effects
from ..exceptions import ValidationError
from ..outcome import IOOutcome, failed
from ..values.checks import refuse
from ..values.response import ProgressCallback, VideoGenerationResponse
from .tasks import Steps, do, work

if TYPE_CHECKING:
    from ..display import bars
    from . import worlds
else:
    # The first bar loads rich, in a thread where there is an event loop.
    bars, worlds = _later.modules(__package__, "..display.bars", ".worlds")

T = TypeVar("T")
BAR: Final = "bar"
_LOG: Final = logging.getLogger("tarash.tarash_gateway")


def with_bar(
    on_progress: object,
    effects: Effects | None,
    steps: Callable[[ProgressCallback | None], Steps[VideoGenerationResponse]],
) -> Steps[VideoGenerationResponse]:
    """Return the steps of a call with a bar, which ends with the call, however that ends.

    Errors:
        ValidationError: ``on_progress`` is another text than ``"bar"``.
    """
    if on_progress != BAR:
        return Failure(refuse_progress(on_progress, "a function of an update"))
    opened = yield from do(work(lambda: open_bar(effects, bars.video_bar)))
    bar = None if failed(opened) else opened.unwrap()
    response: VideoGenerationResponse | None = None
    try:
        outcome = yield from steps(None if bar is None else bar.show)
        response = None if failed(outcome) else outcome.unwrap()
        return outcome
    finally:
        if bar is not None:
            draw(lambda: bar.close(response))


def open_bar(effects: Effects | None, make: "Callable[[bars.Monotonic], T]") -> IOOutcome[T | None]:
    """Return a new bar that counts the seconds of these effects, or None if there cannot be one."""
    clock = worlds.world_of(effects).clock
    return IOResult.from_value(draw(lambda: make(clock.monotonic)))


def draw(drawing: Callable[[], T]) -> T | None:
    """Return what a function returns that draws, or None: no picture is worth a generation."""
    try:
        return drawing()
    except Exception:  # noqa: BLE001 - whatever a terminal does, a paid job must not be lost
        _LOG.exception("the progress bar cannot be drawn; the generation goes on")
        return None


def refuse_progress(value: object, function: str) -> ValidationError:
    """Return the error about an ``on_progress`` that is neither a function nor a bar."""
    return refuse("on_progress", value, f'{function}, or the text "bar"')
