"""What the log says of a call: little at INFO, everything at DEBUG, no key anywhere."""

import logging
import subprocess
import sys

import pytest
from tests.support import fal_replies as fal

from tarash.tarash_gateway import (
    HTTPConnectionError,
    SubmissionUnknownError,
    VideoGenerationRequest,
    generate_video,
)
from tarash.tarash_gateway.testing import Reply, ScriptedHttp, fake_effects

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
