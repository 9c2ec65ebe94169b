"""What a batch does next: a value that counts, and never waits."""

from typing import Literal, TypeAlias

import attrs

from ..values.batch import BatchSummary

Move: TypeAlias = Literal["draw", "give", "wait", "end"]


@attrs.frozen(kw_only=True)
class BatchPlan:
    """How far a batch is, and what its driver has to do.

    Requests are drawn only while a seat is free, and at most one of them before each result that is
    handed over: a caller who takes long over a result holds the next requests back, and results do
    not pile up.

    Attributes:
        seats: Most calls that run at once, >= 1.
        tolerated: After so many failures no request is drawn any more; None for no limit.
        drawn: Requests that were drawn.
        running: Calls that run.
        waiting: Results that were not handed over yet.
        done: Calls that brought a video.
        failed: Calls that brought an error.
        drawing: Whether a request is awaited.
        exhausted: Whether there are no more requests.
        has_drawn: Whether a request was drawn for the seat of the result that is handed over next.
    """

    seats: int
    tolerated: int | None = None
    drawn: int = 0
    running: int = 0
    waiting: int = 0
    done: int = 0
    failed: int = 0
    drawing: bool = False
    exhausted: bool = False
    has_drawn: bool = False

    @property
    def is_stopped(self) -> bool:
        """Whether so much has failed that nothing new is started."""
        return self.tolerated is not None and self.failed >= self.tolerated

    @property
    def is_cut_short(self) -> bool:
        """Whether requests may be left that nobody will draw."""
        return self.is_stopped and not self.exhausted

    @property
    def _wants(self) -> bool:
        over = self.exhausted or self.is_stopped
        return not over and not self.drawing and self.running < self.seats

    @property
    def move(self) -> Move:
        """What the driver has to do now."""
        if self.waiting and (self.has_drawn or not self._wants):
            return "give"
        if self._wants:
            return "draw"
        # A request that is awaited when the batch stops is not wanted any more.
        return "wait" if self.running or (self.drawing and not self.is_stopped) else "end"

    def draw(self) -> "BatchPlan":
        """Return the plan while a request is awaited."""
        return attrs.evolve(self, drawing=True)

    def drew(self) -> "BatchPlan":
        """Return the plan with one more call that runs."""
        return attrs.evolve(
            self,
            drawing=False,
            has_drawn=self.waiting > 0,
            drawn=self.drawn + 1,
            running=self.running + 1,
        )

    def exhaust(self) -> "BatchPlan":
        """Return the plan without further requests."""
        return attrs.evolve(self, drawing=False, exhausted=True)

    def finish(self, *, failed: bool) -> "BatchPlan":
        """Return the plan after the end of a call."""
        return attrs.evolve(
            self,
            running=self.running - 1,
            waiting=self.waiting + 1,
            done=self.done + (not failed),
            failed=self.failed + failed,
        )

    def give(self) -> "BatchPlan":
        """Return the plan after a result was handed over."""
        return attrs.evolve(self, waiting=self.waiting - 1, has_drawn=False)

    @property
    def summary(self) -> BatchSummary:
        """How far the batch is, for its caller."""
        return BatchSummary(
            drawn=self.drawn,
            running=self.running,
            waiting=self.waiting,
            done=self.done,
            failed=self.failed,
        )
