"""What is known about the pace of a key: whatever happens, nobody exceeds it and nobody starves."""

import math
from datetime import UTC, datetime

import attrs
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tarash.tarash_gateway import (
    HTTPConnectionError,
    HTTPError,
    RateLimitError,
    TarashException,
    ValidationError,
)
from tarash.tarash_gateway.lifecycle.generation import Moment
from tarash.tarash_gateway.lifecycle.pacing import Pace

_UTC = datetime(2026, 1, 1, tzinfo=UTC)
_SLOW = RateLimitError("slow down", status_code=429)
_HINTED = RateLimitError("slow down", status_code=429, retry_after=7.0)
_CROWDED = RateLimitError("too many running tasks", status_code=429, concurrent=True)


def _at(seconds: float) -> Moment:
    return Moment(monotonic=seconds, utc=_UTC, chance=0.5)


def _under_way(count: int, pace: Pace | None = None) -> Pace:
    pace = pace or Pace()
    for _ in range(count):
        pace = pace.begun()
    return pace


class _Account(RuleBasedStateMachine):
    """Calls that begin when the pace allows it, and a provider that answers as it likes."""

    def __init__(self) -> None:
        super().__init__()
        self.pace = Pace()
        self.now = 0.0
        self.sent: list[int] = []

    @rule(count=st.integers(1, 40))
    def begin(self, count: int) -> None:
        for _ in range(count):
            if self.pace.delay(self.now) > 0:
                return
            self.sent.append(self.pace.cuts)
            self.pace = self.pace.begun()
            # Never more at once than the limits that hold at this moment.
            assert self.pace.under_way <= self.pace.most_under_way
            assert self.pace.under_way + self.pace.jobs <= self.pace.most_jobs
            assert self.now >= self.pace.resting_until

    @precondition(lambda self: self.sent)
    @rule(job=st.booleans())
    def accept(self, job: bool) -> None:  # noqa: FBT001 - Hypothesis calls it
        self.sent.pop(0)
        self.pace = self.pace.accepted(job=job)

    @precondition(lambda self: self.sent)
    @rule(
        hint=st.none() | st.floats(0, 1e9),
        concurrent=st.booleans(),
        status=st.sampled_from([429, 503, 400, None]),
    )
    def refuse(self, hint: float | None, *, concurrent: bool, status: int | None) -> None:
        error: TarashException = RateLimitError("no", retry_after=hint, concurrent=concurrent)
        if status == 503:
            error = HTTPError("no", status_code=503, retry_after=hint)
        elif status == 400:
            error = ValidationError("no")
        self.pace = self.pace.refused(error, self.sent.pop(0), _at(self.now))

    @precondition(lambda self: self.sent)
    @rule()
    def interrupt(self) -> None:
        self.sent.pop()
        self.pace = self.pace.given_up()

    @precondition(lambda self: self.pace.jobs)
    @rule(ended=st.booleans())
    def end(self, *, ended: bool) -> None:
        self.pace = self.pace.ended() if ended else self.pace.left()

    @rule()
    def resume(self) -> None:
        self.pace = self.pace.resumed()

    @rule(seconds=st.floats(0, 100))
    def pass_time(self, seconds: float) -> None:
        self.now += seconds

    @invariant()
    def it_is_sound(self) -> None:
        assert self.pace.under_way == len(self.sent)
        assert self.pace.jobs >= 0
        assert self.pace.most_under_way >= 1
        assert self.pace.most_jobs >= 1

    @invariant()
    def nobody_starves(self) -> None:
        # No rest is longer than the longest hint that is believed.
        assert self.pace.resting_until <= self.now + 3600
        later = max(self.now, self.pace.resting_until)
        delay = self.pace.delay(later)
        # After it, a submission may begin, or something is under way whose end makes room.
        assert delay == 0 or (delay == math.inf and self.pace.under_way + self.pace.jobs > 0)
        idle = attrs.evolve(self.pace, under_way=0, jobs=0)
        assert idle.delay(later) == 0


def test_whatever_the_provider_answers_nobody_exceeds_the_pace_and_nobody_starves() -> None:
    run_state_machine_as_test(_Account)


def test_one_refusal_lets_everybody_rest_and_halves_what_is_under_way() -> None:
    # Given ten submissions under way.
    pace = _under_way(10)
    # When all of them are refused, because they came at the same time.
    for _ in range(10):
        pace = pace.refused(_HINTED, 0, _at(100.0))
    # Then that counts once, and everybody rests as long as the provider asked.
    assert (pace.most_under_way, pace.refusals, pace.delay(100.0)) == (5, 1, 7.0)
    assert pace.delay(107.0) == 0


def test_without_a_hint_the_rests_grow_until_a_submission_is_accepted() -> None:
    pace, now, rests = Pace(), 0.0, []
    # When one submission after the other is refused.
    for _ in range(7):
        pace = pace.begun().refused(_SLOW, pace.cuts, _at(now))
        rests.append(pace.delay(now))
        now += rests[-1]
    # Then the rests double up to ten seconds.
    assert rests == [0.5, 1.0, 2.0, 4.0, 8.0, 10.0, 10.0]
    # And an accepted one forgets them.
    accepted = pace.begun().accepted(job=True)
    assert accepted.begun().refused(_SLOW, accepted.cuts, _at(now)).delay(now) == 0.5


def test_the_number_at_once_grows_by_use_fast_at_first_and_slowly_after_a_refusal() -> None:
    # Given calls that come one after the other: they say nothing about more at once.
    pace = Pace()
    for _ in range(1_000):
        pace = pace.begun().accepted(job=False)
    assert pace.most_under_way == 32
    # When as many are under way as may be, one more is tried for each that is accepted.
    pace = _under_way(32, pace)
    for _ in range(16):
        pace = pace.accepted(job=False).begun()
    assert pace.most_under_way == 48
    # After a refusal, it is one more for four times around.
    pace = pace.refused(_SLOW, 0, _at(0.0))
    assert pace.most_under_way == 16
    while pace.under_way:
        pace = pace.given_up()
    pace = _under_way(16, pace)
    for _ in range(4 * 16):
        pace = pace.accepted(job=False).begun()
    assert 16.9 < pace.most_under_way < 17


def test_a_refusal_for_too_many_jobs_is_a_limit_of_jobs_and_no_rest() -> None:
    # Given an account with three jobs, and a fourth that is refused for their number.
    pace = _under_way(4)
    for _ in range(3):
        pace = pace.accepted(job=True)
    pace = pace.refused(_CROWDED, 0, _at(0.0))
    # Then the next one begins when one of them ends, and not by the clock.
    assert (pace.most_jobs, pace.delay(1e6)) == (3, math.inf)
    assert pace.most_under_way == 32
    pace = pace.ended()
    assert pace.delay(0.0) == 0
    # And once all have ended, a fourth is tried again.
    for _ in range(3):
        pace = pace.begun().accepted(job=True)
        pace = pace.ended()
    assert pace.most_jobs >= 4


def test_a_crowded_account_without_a_job_of_ours_is_tried_again_after_a_rest() -> None:
    # Given that somebody else uses the account.
    pace = Pace().begun().refused(_CROWDED, 0, _at(0.0))
    # Then nothing of ours ends that could be waited for.
    assert (pace.most_jobs, pace.delay(0.0), pace.delay(0.5)) == (1, 0.5, 0)


def test_a_job_that_was_accepted_after_all_raises_the_limit() -> None:
    # Given two submissions at the same time, of which the refused one is answered first.
    pace = _under_way(3).refused(_CROWDED, 0, _at(0.0))
    pace = pace.accepted(job=True).accepted(job=True)
    # Then the provider runs two.
    assert pace.most_jobs == 2


def test_other_errors_say_nothing_about_the_pace() -> None:
    for error in (ValidationError("no"), HTTPError("no", status_code=500), _unsent()):
        assert Pace().begun().refused(error, 0, _at(0.0)) == Pace()


def _unsent() -> HTTPConnectionError:
    return HTTPConnectionError("refused", request_sent=False)
