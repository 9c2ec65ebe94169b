"""fal's queue as aimock speaks it.

It takes a header in place of fal's host, and the URLs in its replies are at fal's own host: with
another ``base_url`` the library follows none of them.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Final

import attrs
import pytest
from tests.support.aimock import Aimock, aimock, labelled

from tarash.tarash_gateway import (
    MockConfig,
    TarashException,
    TimeoutError,
    ValidationError,
    VideoGenerationConfig,
    VideoGenerationRequest,
    VideoGenerationResponse,
    cancel_video,
    check_video,
    generate_video,
    resume_video,
    start_video,
)

pytestmark = pytest.mark.slow

_MODEL: Final = "fal-ai/veo3.1"
_PATH: Final = f"/fal/{_MODEL}"
_URL: Final = "https://v3.fal.media/files/kite.mp4"
_DONE: Final = {"json": {"video": {"url": _URL}, "seed": 7}, "billableUnits": 8}


@pytest.fixture
def server() -> Iterator[Aimock]:
    with aimock() as running:
        yield running


def _config(server: Aimock) -> VideoGenerationConfig:
    base = f"{server.url}/fal"
    return VideoGenerationConfig(
        provider="fal", model=_MODEL, base_url=base, api_key="id:secret", timeout=600
    )


def _generate(config: VideoGenerationConfig, prompt: str = "a kite") -> VideoGenerationResponse:
    request = VideoGenerationRequest(prompt=prompt, duration_seconds=8)
    return generate_video(config, request, measure=False, effects=labelled())


def test_a_job_is_submitted_polled_and_collected(server: Aimock) -> None:
    server.answers("a kite", "fal", _DONE)
    response = _generate(_config(server))
    assert response.video == _URL
    assert response.provider_metadata["billable_units"] == "8"
    submission, *polls, result = server.asked()
    assert submission == ("POST", _PATH, 200)
    job = f"{_PATH}/requests/{response.request_id}"
    assert polls == [("GET", f"{job}/status", 200)] * 3
    assert result == ("GET", job, 200)


def test_a_refusal_is_told_once(server: Aimock) -> None:
    # fal's own refusal is a list under "detail"; aimock answers with OpenAI's object.
    server.answers("a kite", "fal", {"status": 422, "error": {"message": "duration is wrong"}})
    with pytest.raises(ValidationError, match="duration is wrong"):
        _generate(_config(server))
    assert server.asked() == [("POST", _PATH, 422)]


def test_a_cancel_whose_answer_fal_does_not_have_confirms_nothing(server: Aimock) -> None:
    # fal answers CANCELLATION_REQUESTED with 202, or OK; aimock CANCELLED with 200. The first poll
    # finds the job in the queue, so that a confirmed cancel would let the chain go on.
    server.answers("a kite", "fal", _DONE)
    spare = VideoGenerationConfig(provider="fal", model=_MODEL, mock=MockConfig())
    config = attrs.evolve(_config(server), max_poll_attempts=1, fallback_configs=(spare,))
    with pytest.raises(TimeoutError) as caught:
        _generate(config)
    submission, poll, cancel = server.asked()
    assert (submission[0], poll[0]) == ("POST", "GET")
    assert cancel == ("PUT", poll[1].replace("/status", "/cancel"), 200)
    (attempt,) = caught.value.attempts
    assert attempt.cancellation == "failed"
    assert caught.value.generation is not None


def test_a_finished_job_cannot_be_cancelled_and_is_fetched(server: Aimock) -> None:
    server.answers("a kite", "fal", _DONE)
    request = VideoGenerationRequest(prompt="a kite")
    started = start_video(_config(server), request, effects=labelled())
    states = [check_video(started, effects=labelled()).status for _ in range(3)]
    assert states == ["queued", "processing", "completed"]
    assert cancel_video(started, effects=labelled()) == "too_late"
    assert resume_video(started, measure=False, effects=labelled()).video == _URL
    assert [asked for asked in server.asked() if asked[0] == "POST"] == [("POST", _PATH, 200)]


def test_under_all_faults_at_once_no_job_is_paid_twice(server: Aimock) -> None:
    prompts = [f"kite number {number}." for number in range(40)]
    for prompt in prompts:
        server.answers(prompt, "fal", _DONE)
    server.chaos(dropRate=0.15, malformedRate=0.15, disconnectRate=0.15, rateLimitRate=0.15)
    ends: Counter[str] = Counter()
    for prompt in prompts:
        before = len(server.journal())
        ends[_end(server, prompt)] += 1
        submissions = [asked for asked in server.asked()[before:] if asked[0] == "POST"]
        # A 429 is the only answer that says that nothing was accepted.
        perhaps = [asked for asked in submissions if asked[2] != 429]
        assert len(perhaps) <= 1, submissions
    # Both happen, or this run would show nothing.
    assert ends["completed"] > 5
    assert ends["submission_unknown"] > 5
    # A job that was accepted is never lost behind its submission.
    assert set(ends) <= {"completed", "submission_unknown", "rate_limit"}


def _end(server: Aimock, prompt: str) -> str:
    try:
        return _generate(_config(server), prompt).status
    except TarashException as error:
        return error.kind
