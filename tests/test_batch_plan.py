"""What a batch does next: for every order in which requests come and calls end."""

from hypothesis import given
from hypothesis import strategies as st

from tarash.tarash_gateway.lifecycle.batch import BatchPlan


@given(
    seats=st.integers(1, 5),
    tolerated=st.none() | st.integers(1, 4),
    requests=st.integers(0, 30),
    slow=st.booleans(),
    data=st.data(),
)
def test_every_request_is_answered_once_and_no_seat_is_overfull(
    seats: int,
    tolerated: int | None,
    requests: int,
    slow: bool,  # noqa: FBT001 - Hypothesis passes it by name
    data: st.DataObject,
) -> None:
    # given a source whose requests come at once or later, and calls that end in any order
    plan, left, given_back, begun_after_stop = BatchPlan(seats=seats, tolerated=tolerated), 0, 0, 0
    left = requests
    while plan.move != "end":
        drawn_before = plan.drawn
        coming = plan.drawing and data.draw(st.booleans())
        ending = plan.running and data.draw(st.booleans())
        match plan.move:
            case "give":
                plan, given_back = plan.give(), given_back + 1
            case "draw":
                plan = plan.draw()
                coming = not slow or coming
            case "wait":
                # Something happens, or the driver would wait for ever.
                ending = bool(plan.running)
                coming = coming or not ending
        if coming and plan.drawing:
            plan, left = (plan.drew(), left - 1) if left else (plan.exhaust(), 0)
        elif ending and plan.running:
            plan = plan.finish(failed=data.draw(st.booleans()))
        # then no more calls run than there are seats, and results do not pile up
        assert plan.running <= seats
        assert plan.running + plan.waiting <= seats + 1
        assert given_back + plan.running + plan.waiting == plan.drawn
        begun_after_stop += plan.is_stopped and plan.drawn > drawn_before and not slow
    # and in the end every request that was drawn was answered
    assert given_back == plan.drawn == plan.done + plan.failed
    assert begun_after_stop == 0
    assert plan.drawn == requests or plan.is_cut_short
    assert not plan.is_cut_short or plan.failed >= (tolerated or 0)


def test_seats_are_taken_before_anything_is_waited_for() -> None:
    plan = BatchPlan(seats=3)
    for _ in range(3):
        assert plan.move == "draw"
        plan = plan.draw().drew()
    assert plan.move == "wait"
    # One request is drawn before each result that is handed over.
    plan = plan.finish(failed=False)
    assert plan.move == "draw"
    plan = plan.draw().drew()
    assert plan.move == "give"
    assert plan.give().move == "wait"


def test_nothing_is_drawn_after_too_many_failures() -> None:
    plan = BatchPlan(seats=3, tolerated=1).draw().drew().draw().drew().finish(failed=True)
    assert (plan.move, plan.is_stopped) == ("give", True)
    assert plan.give().move == "wait"
    assert plan.give().finish(failed=False).give().move == "end"
