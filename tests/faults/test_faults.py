"""Nothing is lost and nothing is paid twice, whatever the weather."""

import sys
from collections.abc import Iterator

import pytest

from tarash.tarash_gateway import (
    ContentModerationError,
    GenerationFailedError,
    SubmissionUnknownError,
)

from . import matrix
from .matrix import Verdict
from .server import Running, running

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    with running() as started:
        yield started


@pytest.fixture(scope="module", params=["blocking", "threads", "aiohttp"])
def verdicts(server: Running, request: pytest.FixtureRequest) -> list[Verdict]:
    return matrix.run(server, request.param)


def _named(verdicts: list[Verdict]) -> list[tuple[str, str]]:
    return [(verdict.trial.name, verdict.cell) for verdict in verdicts]


def test_no_call_pays_for_more_than_one_job(verdicts: list[Verdict]) -> None:
    assert _named([v for v in verdicts if len(v.seen.accepted) > 1]) == []


def test_no_job_that_may_bring_a_video_is_lost(verdicts: list[Verdict]) -> None:
    lost = [
        v
        for v in verdicts
        if v.seen.accepted
        and v.outcome != "returned"
        and not v.resumed
        # The job itself failed, or no answer ever named it.
        and not isinstance(
            v.error, GenerationFailedError | ContentModerationError | SubmissionUnknownError
        )
    ]
    assert _named(lost) == []


def test_one_fault_behind_the_submission_costs_nothing(verdicts: list[Verdict]) -> None:
    hurt = [
        v
        for v in verdicts
        if v.trial.stage != "submit"
        and not v.trial.always
        and v.trial.fault not in {"failed", "moderated"}
        # A result of fal's without a video is the end of the job.
        and (v.trial.dialect, v.trial.stage, v.trial.fault) != ("fal", "collect", "200 nulls")
        and v.outcome != "returned"
    ]
    assert _named(hurt) == []


def test_a_submission_is_unknown_only_where_a_job_may_exist(verdicts: list[Verdict]) -> None:
    for verdict in verdicts:
        if verdict.trial.stage == "submit" and verdict.error is not None:
            unknown = isinstance(verdict.error, SubmissionUnknownError)
            assert unknown is bool(verdict.seen.accepted), verdict.cell


def test_verdicts_of_the_provider_are_what_they_are(verdicts: list[Verdict]) -> None:
    ends = {"failed": "GenerationFailedError", "moderated": "ContentModerationError"}
    for verdict in verdicts:
        if verdict.trial.fault in ends:
            assert verdict.outcome == ends[verdict.trial.fault], verdict.trial.name


def test_nothing_goes_on_beyond_the_deadline(verdicts: list[Verdict]) -> None:
    # A call without a deadline would wait for half a minute, and a busy machine for some seconds.
    late = [v for v in verdicts if v.seconds > v.trial.times[0] + 15]
    assert [(v.trial.name, v.seconds) for v in late] == []


def test_every_exception_is_a_declared_one(verdicts: list[Verdict]) -> None:
    assert [(v.trial.name, repr(v.stray)) for v in verdicts if v.stray is not None] == []


def test_keys_go_to_the_provider_s_host_only(verdicts: list[Verdict]) -> None:
    for verdict in verdicts:
        assert set(verdict.seen.keys) <= {"127.0.0.1"}, verdict.trial.name


def test_no_message_has_the_key(verdicts: list[Verdict]) -> None:
    assert all(matrix.KEY not in f"{v.error!r} {v.error}" for v in verdicts)


def test_the_documented_table_is_what_happens(verdicts: list[Verdict]) -> None:
    lines = matrix.table(verdicts)
    sys.stdout.write(lines)
    assert lines == matrix.documented()
