"""What the log says of a call: little at INFO, everything at DEBUG, no key anywhere."""

import logging
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from tests.support import fal_replies as fal

from tarash.tarash_gateway import (
    GenerationFailedError,
    HTTPConnectionError,
    SqliteJournal,
    SubmissionUnknownError,
    VideoGenerationConfig,
    VideoGenerationRequest,
    generate_video,
)
from tarash.tarash_gateway.testing import Reply, ScriptedHttp, ScriptedVideo, fake_effects

_LOGGER = "tarash.tarash_gateway"


def _records(
    caplog: pytest.LogCaptureFixture, level: int, *replies: Reply
) -> list[logging.LogRecord]:
    caplog.set_level(logging.DEBUG, logger=_LOGGER)
    request = VideoGenerationRequest(prompt="a kite", duration_seconds=5)
    generate_video(
        fal.config(api_key="canary"), request, effects=fake_effects(http=ScriptedHttp(replies))
    )
    return [r for r in caplog.records if r.name == _LOGGER and r.levelno == level]


def test_a_call_is_submitted_and_settled(caplog: pytest.LogCaptureFixture) -> None:
    submitted, settled = _records(caplog, logging.INFO, *fal.success())
    assert submitted.getMessage() == "submitted: fal/fal-ai/veo3 accepted job job-1"
    assert settled.getMessage() == "settled: fal/fal-ai/veo3, job job-1: completed"
    told = vars(settled)
    assert (told["provider"], told["model"], told["request_id"]) == ("fal", "fal-ai/veo3", "job-1")
    assert (told["attempt_number"], told["state"]) == (1, "completed")


def test_each_exchange_is_told_at_debug(caplog: pytest.LogCaptureFixture) -> None:
    exchanges = _records(caplog, logging.DEBUG, *fal.success())
    base = "https://queue.fal.run/fal-ai/veo3"
    assert [r.getMessage().split(":")[0:2] for r in exchanges] == [
        ["POST https", f"{base.removeprefix('https:')}"],
        ["GET https", f"{base.removeprefix('https:')}/requests/job-1/status"],
        ["GET https", f"{base.removeprefix('https:')}/requests/job-1"],
    ]
    assert "canary" not in caplog.text


def test_what_was_adapted_is_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    (warned,) = _records(caplog, logging.WARNING, *fal.success())
    assert warned.getMessage().startswith("duration_seconds 5 became 6")


def test_an_unknown_submission_is_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    http = ScriptedHttp([HTTPConnectionError(message="no reply")])
    with pytest.raises(SubmissionUnknownError):
        generate_video(fal.config(), fal.REQUEST, effects=fake_effects(http=http))
    (warned,) = [r for r in caplog.records if r.levelno == logging.WARNING]
    assert warned.getMessage() == (
        "unknown submission: fal/fal-ai/veo3 may have accepted a job: no reply"
    )
    assert vars(warned)["may_have_been_paid"] is True


def test_each_attempt_ends_with_one_line_that_a_metric_can_count(
    caplog: pytest.LogCaptureFixture,
) -> None:
    # Given a config that is refused, and a fallback whose job fails after a poll.
    caplog.set_level(logging.INFO, logger=_LOGGER)
    script = ScriptedVideo().refuses(402).fails(provider="replicate")
    fallback = VideoGenerationConfig(provider="replicate", model="google/veo-3.1")
    config = fal.config(fallback_configs=[fallback])
    # When the chain is through.
    with pytest.raises(GenerationFailedError) as caught:
        generate_video(config, fal.REQUEST, effects=script.effects)
    # Then there is a line for each attempt, with what its record says.
    ended = [r for r in caplog.records if hasattr(r, "may_have_been_paid")]
    told = [(r.provider, r.state, r.may_have_been_paid) for r in map(_told, ended)]
    assert told == [("fal", "refused", False), ("replicate", "failed", True)]
    assert [r.elapsed_seconds for r in map(_told, ended)] == [
        attempt.elapsed_seconds for attempt in caught.value.attempts
    ]
    assert _told(ended[1]).elapsed_seconds > 0


def test_a_key_that_is_used_again_is_not_counted_again(
    caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    journal = SqliteJournal(tmp_path / "journal.sqlite3")
    effects = ScriptedVideo().completes().effects
    generate_video(fal.config(), fal.REQUEST, effects=effects, journal=journal, key="order-1")
    caplog.set_level(logging.DEBUG, logger=_LOGGER)
    caplog.clear()
    generate_video(fal.config(), fal.REQUEST, effects=effects, journal=journal, key="order-1")
    assert not [r for r in caplog.records if hasattr(r, "state")]


def _told(record: logging.LogRecord) -> SimpleNamespace:
    return SimpleNamespace(**vars(record))


def test_without_a_handler_nothing_is_printed() -> None:
    program = (
        "from tarash.tarash_gateway import *\n"
        "config = VideoGenerationConfig(provider='mock', model='m')\n"
        "generate_video(config, VideoGenerationRequest(prompt='p', generate_audio=True))\n"
    )
    ran = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert (ran.stdout, ran.stderr) == ("", "")
