"""What both drivers of a batch share: its plan, its results, and what an interruption leaves."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence, Sized
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, Final

import attrs
from returns.result import Failure, Success

from .. import _later
from ..exceptions import (
    BatchStoppedError,
    GenerationInterruptedError,
    SubmissionUnknownError,
    TarashException,
)
from ..lifecycle.batch import BatchPlan
from ..outcome import Outcome, result_of
from ..values.batch import BatchItem
from . import shown
from .batch import Batch
from .batch_calls import BatchCall, Ended, Raised
from .log_lines import LOG

if TYPE_CHECKING:
    from ..display import bars, words
else:
    # Few batches show a bar.
    bars, words = _later.modules(__package__, "..display.bars", "..display.words")

# So many jobs are named when a batch is interrupted; `left` has them all.
_NAMED: Final = 10


class End:
    """What is drawn when there are no more requests."""


END: Final = End()


@attrs.define(eq=False)
class Desk:
    """What both drivers share: the plan, and the results that nobody has taken yet.

    Attributes:
        batch: What is to be made.
        plan: How far it is.
        ready: Results in the order of their completion.
        under_way: The calls that run, by their index.
        left: What was begun and not handed over when the batch was interrupted.
        problem: What the caller's iterator raised, or None.
        is_heard: Whether somebody asks for the next result.
    """

    batch: Batch
    plan: BatchPlan = attrs.field(init=False)
    ready: deque[BatchItem] = attrs.field(factory=deque, init=False)
    under_way: dict[int, BatchCall] = attrs.field(factory=dict, init=False)
    left: tuple[BatchItem, ...] = attrs.field(default=(), init=False)
    problem: Exception | None = attrs.field(default=None, init=False)
    is_heard: bool = attrs.field(default=True, init=False)
    _bar: "bars.BatchBar | None" = attrs.field(default=None, init=False)

    def __attrs_post_init__(self) -> None:
        """Begin with an empty plan."""
        self.plan = BatchPlan(seats=self.batch.max_in_flight, tolerated=self.batch.max_failures)

    def take(self, ended: Ended) -> None:
        """Take in the end of a call, or raise what it raised."""
        if isinstance(ended, Raised):
            raise ended.error
        self.under_way.pop(ended.index, None)
        self.ready.append(ended)
        self._draw(lambda bar: bar.end(*_told(ended), done=ended.response is not None))
        self.plan = self.plan.finish(failed=ended.response is None)

    def begin(self, drawn: object) -> BatchCall | None:
        """Return the call of what was drawn; None if there is none to make."""
        if isinstance(drawn, Raised):
            if not isinstance(drawn.error, Exception):
                raise drawn.error
            self.problem = drawn.error
        if isinstance(drawn, Raised | End):
            self.plan = self.plan.exhaust()
            return None
        index = self.plan.drawn
        self.plan = self.plan.drew()
        call = self.batch.call(index, drawn)
        self._draw(lambda bar: bar.begin())
        if not isinstance(call, Failure):
            self.under_way[index] = call.unwrap()
            return self.under_way[index]
        # Whatever it is, its caller finds it again in the item.
        request: Any = drawn
        self.take(BatchItem(index=index, request=request, error=call.failure()))
        return None

    def open_bar(self) -> None:
        """Begin to show how the batch goes, if its caller wants a bar."""
        if self.batch.on_progress != shown.BAR:
            return
        requests = self.batch.requests
        total = len(requests) if isinstance(requests, Sized) else None
        opened = shown.open_bar(
            self.batch.options.get("effects"), lambda now: bars.batch_bar(now, total)
        )
        self._bar = result_of(opened).value_or(None)

    def close_bar(self) -> None:
        """End the bar; the last line counts the videos."""
        self._draw(lambda bar: bar.close())

    def _draw(self, drawing: "Callable[[bars.BatchBar], None]") -> None:
        bar = self._bar
        if bar is not None:
            shown.draw(lambda: drawing(bar))

    @contextmanager
    def giving(self) -> Iterator[Outcome[BatchItem]]:
        """Yield the first result, and forget it when it was handed over."""
        try:
            yield Success(self.ready[0])
        except BaseException:
            # It comes from the end of the iterator, or of its loop: nobody asks for a result.
            self.is_heard = False
            raise
        finally:
            self.ready.popleft()
            self.plan = self.plan.give()

    def leave(self, ended: Iterable[Ended]) -> None:
        """Note what is left, when every call was interrupted."""
        items = [one for one in ended if isinstance(one, BatchItem)]
        for item in items:
            self.under_way.pop(item.index, None)
        # Calls that nobody could wait for, because the caller interrupted twice.
        unknown = [call.lost() for call in self.under_way.values()]
        self.left = (*self.left, *self.ready, *items, *unknown)
        self.ready.clear()
        self.under_way.clear()

    def tell_left(self, interruption: BaseException) -> None:
        """Tell what is left with the exception, or in the log where nobody will see it."""
        if self.is_heard:
            mark_left(interruption, self.left)
        elif self.left:
            LOG.warning("%s", describe(self.left))

    def early_end(self) -> TarashException | None:
        """Return the error of a batch that ended before its requests did, or None."""
        plan, bug = self.plan, self.problem
        why = f"{plan.failed} of {plan.drawn} requests failed (max_failures)"
        if bug is not None:
            why = f"the iterator of requests raised {type(bug).__name__}: {bug}"
        elif not plan.is_cut_short:
            return None
        error = BatchStoppedError(
            f"{why}: nothing more was started, and every call that was under way has ended "
            f"({plan.done} done, {plan.failed} failed)"
        )
        error.__cause__ = bug
        return error


def _told(item: BatchItem) -> tuple[str, str]:
    """Return what an item is called on the screen, and what became of it."""
    name = f"item {item.index}"
    return name, str(item.error) if item.response is None else words.place_of(item.response)


def describe(left: Sequence[BatchItem]) -> str:
    """Return what an interrupted batch leaves behind, in one sentence."""
    ended = [item.error for item in left if isinstance(item.error, GenerationInterruptedError)]
    jobs = [error for error in ended if error.generation is not None]
    unknown = sum(isinstance(item.error, SubmissionUnknownError) for item in left)
    names = [f"{error.request_id} of {error.provider}" for error in jobs[:_NAMED]]
    more = "" if len(jobs) <= _NAMED else f" and {len(jobs) - _NAMED} more"
    parts = (
        (len(jobs), "job goes on", "jobs go on", f" ({', '.join(names)}{more})"),
        (unknown, "submission", "submissions", " may have been accepted"),
        (len(ended) - len(jobs), "call", "calls", " had submitted nothing"),
        (len(left) - len(ended) - unknown, "result", "results", " had come and not been taken"),
    )
    told = [f"{n} {one if n == 1 else many}{rest}" for n, one, many, rest in parts if n]
    return f"the batch was interrupted: {'; '.join(told) or 'nothing was under way'}"


def mark_left(interruption: BaseException, left: tuple[BatchItem, ...]) -> None:
    """Attach what a batch leaves behind to the exception that ends it, as ``left`` and a note."""
    if not left:
        return
    # Some exceptions take no attributes; a note is better than nothing.
    with suppress(AttributeError):
        interruption.left = left  # type: ignore[attr-defined]  # any exception may be marked
    interruption.add_note(f"{describe(left)}: see error.left")
