"""Faults below HTTP's meaning, at every stage of every provider: bounded, and no job is lost."""

from collections.abc import Iterator

import pytest

from tarash.tarash_gateway import SubmissionUnknownError
from tarash.tarash_gateway.exceptions import TarashException

from . import matrix
from .dialects import DIALECTS
from .matrix import Trial, Verdict
from .server import running
from .wire import WIRE_FAULTS

_TRIALS = [
    Trial(dialect=name, stage=stage, fault=fault)
    for name, dialect in DIALECTS.items()
    for stage in dialect.stages
    for fault in WIRE_FAULTS
]


@pytest.fixture(scope="module")
def verdicts() -> Iterator[list[Verdict]]:
    with running() as server:
        yield matrix.run(server, asynchronous=False, chosen=_TRIALS, workers=6)


def test_every_exchange_ends_in_time_and_with_a_declared_error(verdicts: list[Verdict]) -> None:
    assert [(v.trial.name, repr(v.stray)) for v in verdicts if v.stray is not None] == []
    assert [v.trial.name for v in verdicts if v.seconds > matrix.TIMEOUT + 1] == []


def test_no_call_pays_for_more_than_one_job(verdicts: list[Verdict]) -> None:
    assert [v.trial.name for v in verdicts if len(v.seen.accepted) > 1] == []


def test_a_submission_is_unknown_and_everything_behind_it_recovers(
    verdicts: list[Verdict],
) -> None:
    for verdict in verdicts:
        if verdict.trial.stage == "submit":
            assert isinstance(verdict.error, SubmissionUnknownError), verdict.trial.name
            assert isinstance(verdict.error, TarashException)
        elif verdict.trial.stage != "download" or verdict.trial.fault != "gzip bomb":
            assert verdict.outcome == "returned", (verdict.trial.name, verdict.cell)
