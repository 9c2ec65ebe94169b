"""Any number of callers with one key, in any order, killed anywhere: never two jobs at once."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.interleaving import KEY, Caller, Provider, Step, World, play
from tests.support.places import FilePlace, Place, SchemaPlace

from tarash.tarash_gateway import (
    AuthenticationError,
    GenerationFailedError,
    SubmissionUnknownError,
    VideoGenerationResponse,
)
from tarash.tarash_gateway.outcome import result_of

_FATES = ["done", "failed", "refused", "lost", "answer lost"]
# What becomes of the submissions, so that every end of an attempt comes first once.
_STORIES = [["done"], ["failed"], ["failed", "failed"], ["failed", "refused"], ["refused"]]
_STORIES += [["refused", "refused"], ["lost"], ["answer lost"], ["failed", "answer lost"]]
_stories = pytest.mark.parametrize("fates", _STORIES, ids=", ".join)
# Nothing here is about power failures: a disk in memory is as good, and ten times as fast.
_SHARED = Path("/dev/shm")  # noqa: S108 - each test has a folder of its own in it
# More steps than a call has.
_MANY = 40


@contextmanager
def _file() -> Iterator[Place]:
    with TemporaryDirectory(dir=_SHARED if _SHARED.is_dir() else None) as folder:
        yield FilePlace(Path(folder) / "journal.sqlite3")


@contextmanager
def _world(fates: Sequence[str], database: str | None = None) -> Iterator[World]:
    with _file() if database is None else nullcontext(SchemaPlace(database)) as place:
        yield World(place, Provider(iter(fates)))


def _check_the_end(world: World, callers: Sequence[Caller]) -> None:
    """Kill all callers, make the call once more, and look at what became of the key."""
    for caller in callers:
        caller.kill()
    # Later than any lease.
    world.seconds += 10_000.0
    last = Caller(world).finish()
    # At most one job may be charged.
    assert len(world.provider.alive) <= 1
    sent = world.provider.submissions
    if isinstance(last, AuthenticationError):
        # Everything was refused, and may be sent again.
        return
    states = _states(world)
    match last:
        case VideoGenerationResponse():
            # The video that is there is the one of that job.
            assert [last.request_id] == world.provider.alive
        case SubmissionUnknownError():
            # Nobody can know.
            assert {"intended", "unknown"} & states
        case _:
            assert isinstance(last, GenerationFailedError)
            assert "failed" in states
    # Whoever asks later has the same, and nothing more is sent.
    assert Caller(world).finish() == last
    assert world.provider.submissions == sent


def _states(world: World) -> set[str]:
    entries = result_of(world.place.journal().entries(pending=False)).unwrap()
    assert all(entry.generation.key == KEY for entry in entries)
    return {entry.state for entry in entries}


@_stories
@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_a_caller_may_die_before_any_of_its_effects(
    request: pytest.FixtureRequest, fates: list[str], kind: str
) -> None:
    database = request.getfixturevalue("postgres_database") if kind == "postgres" else None
    for steps in range(_MANY):
        # Given a caller that is killed after so many steps.
        with _world(fates, database) as world:
            caller = Caller(world)
            for _ in range(steps):
                caller.step()
            over = caller.ended
            # Then the next call has its result, or goes on, and nothing is paid for twice.
            _check_the_end(world, [caller])
        if over:
            return
    raise AssertionError(steps)


@pytest.mark.slow
@pytest.mark.parametrize("fates", [["done"], ["failed"], ["answer lost"]], ids=", ".join)
@pytest.mark.parametrize("late", [False, True], ids=["awake", "asleep"])
def test_two_callers_may_meet_anywhere(fates: list[str], *, late: bool) -> None:
    sleep: list[Step] = [("late", 0)] if late else []
    for first in range(14):
        for second in range(14):
            # Given a caller that stops for a while, or until its leases have ended.
            head: list[Step] = [("run", 0)] * 2 + [("run", 1)] * 2
            # When another one makes so many steps, and then both go on by turns.
            steps = [*head, *[("run", 0)] * first, *sleep, *[("run", 1)] * second]
            with _world(fates) as world:
                callers = play(world, [*steps, *[("run", 0), ("run", 1)] * 12], at_once=2)
                _check_the_end(world, callers)


# Mostly single steps, so that callers meet; now and then a longer way, a death, a long sleep.
_STEPS = st.sampled_from(
    [
        *[("run", place) for place in range(3)] * 6,
        *[("go", place) for place in range(3)] * 2,
        *[("kill", place) for place in range(3)],
        ("late", 0),
    ]
)


@settings(max_examples=120)
@given(
    fates=st.lists(st.sampled_from(_FATES), min_size=1, max_size=5),
    # Long enough for several callers to get to their ends: Hypothesis prefers short lists.
    schedule=st.lists(_STEPS, min_size=40, max_size=120),
)
def test_no_order_of_calls_and_deaths_pays_for_a_second_job(
    fates: list[str], schedule: list[Step]
) -> None:
    # Given callers that run, sleep and die in some order, and a provider with its moods.
    with _world(fates) as world:
        _check_the_end(world, play(world, schedule))
