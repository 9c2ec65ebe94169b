"""How fast submissions with one key may follow each other: pure.

A key bears a number of submissions at once, and a number of running jobs, which no provider reports
before they are exceeded. Both are learned: they grow while submissions are accepted, and shrink
when one is refused as too many (additive increase, multiplicative decrease, as in RFC 5681).
"""

import math
from typing import Final

import attrs

from ..exceptions import RateLimitError, TarashException
from .deadline import backoff, credible
from .fates import hint_of, is_overload
from .generation import Moment

# Submissions at once: before anything is known, and at most.
_FIRST: Final = 32.0
_MOST: Final = 256.0
# What each accepted submission adds after a refusal: one more at once for four times around. Each
# try too many makes everybody rest.
_GROWTH: Final = 0.25


@attrs.frozen(kw_only=True)
class Pace:
    """What is known about the submissions with one key.

    Attributes:
        under_way: Submissions that are being sent.
        jobs: Accepted jobs of this process that have not ended.
        most_under_way: How many submissions may be under way, >= 1. A fraction adds up.
        most_jobs: How many jobs may run, >= 1; infinite until the provider says otherwise.
        resting_until: No submission begins before: monotonic seconds.
        refusals: How many refusals in a row were seen; those of submissions that were under way
            at the same time count as one.
        cuts: How many there were in all. A submission that began before the last one says nothing
            new.
    """

    under_way: int = 0
    jobs: int = 0
    most_under_way: float = _FIRST
    most_jobs: float = math.inf
    resting_until: float = -math.inf
    refusals: int = 0
    cuts: int = 0

    def delay(self, now: float) -> float:
        """Return the seconds until a submission may begin.

        It is infinite where that takes the answer to another one, or the end of a job.

        >>> Pace().delay(5), Pace(resting_until=7).delay(5), Pace(jobs=1, most_jobs=1).delay(5)
        (0.0, 2, inf)
        """
        if now < self.resting_until:
            return self.resting_until - now
        room = (
            self.under_way + 1 <= self.most_under_way
            and self.jobs + self.under_way + 1 <= self.most_jobs
        )
        return 0.0 if room else math.inf

    def begun(self) -> "Pace":
        """Return the pace after a submission began."""
        return self._counting(self.under_way + 1, self.jobs)

    def given_up(self) -> "Pace":
        """Return the pace after one whose answer says nothing about the pace, or is not known."""
        return self._counting(self.under_way - 1, self.jobs)

    def accepted(self, *, job: bool) -> "Pace":
        """Return the pace after one was accepted; ``job``: as a job that runs now."""
        most, jobs = self.most_under_way, self.jobs + job
        # Room that nobody needed was not tried out.
        if 2 * self.under_way >= most:
            most = min(most + (_GROWTH / most if self.cuts else 1.0), _MOST)
        counted = self._counting(self.under_way - 1, jobs)
        if most == self.most_under_way and jobs <= self.most_jobs and not self.refusals:
            return counted
        # The provider runs as many as it accepted.
        most_jobs = max(self.most_jobs, jobs)
        return attrs.evolve(counted, most_under_way=most, most_jobs=most_jobs, refusals=0)

    def refused(self, error: TarashException, cuts: int, now: Moment) -> "Pace":
        """Return the pace after one ended in ``error``.

        Args:
            error: The error.
            cuts: ``cuts`` of the pace when it began.
            now: The time.
        """
        if not is_overload(error):
            return self.given_up()
        left, first = self.given_up(), cuts == self.cuts
        crowded = isinstance(error, RateLimitError) and error.concurrent
        if crowded:
            left = attrs.evolve(left, most_jobs=min(self.most_jobs, max(1, self.jobs)))
        if crowded and self.jobs:
            # Its end makes room, and comes when it comes.
            return left
        earlier = self.refusals if first else max(0, self.refusals - 1)
        pause = backoff(earlier, now.chance, credible(hint_of(error)))
        left = attrs.evolve(left, resting_until=max(self.resting_until, now.monotonic + pause))
        if not first:
            return left
        return attrs.evolve(
            left,
            most_under_way=max(1.0, math.floor(min(self.most_under_way, self.under_way) / 2)),
            refusals=self.refusals + 1,
            cuts=self.cuts + 1,
        )

    def resumed(self) -> "Pace":
        """Return the pace with a job that was accepted earlier."""
        return self._counting(self.under_way, self.jobs + 1)

    def left(self) -> "Pace":
        """Return the pace without a job that nobody here waits for any more."""
        return self._counting(self.under_way, self.jobs - 1)

    def ended(self) -> "Pace":
        """Return the pace after a job ended: a full account may bear one more each time around."""
        left = self.left()
        if self.jobs + self.under_way + 1 <= self.most_jobs:
            return left
        return attrs.evolve(left, most_jobs=self.most_jobs + 1.0 / self.most_jobs)

    def _counting(self, under_way: int, jobs: int) -> "Pace":
        # Each call does this three times, and `attrs.evolve` takes three times as long.
        return Pace(
            under_way=under_way,
            jobs=jobs,
            most_under_way=self.most_under_way,
            most_jobs=self.most_jobs,
            resting_until=self.resting_until,
            refusals=self.refusals,
            cuts=self.cuts,
        )
