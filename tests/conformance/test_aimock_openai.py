"""OpenAI's dialect as aimock speaks it, which wrote it down from OpenAI's reference.

Where it deviates from OpenAI's published description, a test's name says so.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import pytest
from tests.support.aimock import Aimock, aimock, labelled

from tarash.tarash_gateway import (
    ContentModerationError,
    GenerationFailedError,
    NotFoundError,
    RateLimitError,
    SubmissionUnknownError,
    TarashException,
    TimeoutError,
    VideoGenerationConfig,
    VideoGenerationRequest,
    VideoGenerationResponse,
    generate_video,
)

pytestmark = pytest.mark.slow

_PROMPT: Final = "a kite over the sea"
_URL: Final = "https://cdn.example.com/kite.mp4"
_DONE: Final = {"video": {"id": "video_1", "status": "completed", "url": _URL}}


@pytest.fixture
def server() -> Iterator[Aimock]:
    with aimock() as running:
        yield running


def _generate(server: Aimock, prompt: str = _PROMPT) -> VideoGenerationResponse:
    config = VideoGenerationConfig(
        provider="openai", model="sora-2", base_url=f"{server.url}/v1", api_key="sk-1", timeout=600
    )
    request = VideoGenerationRequest(prompt=prompt, duration_seconds=8, aspect_ratio="16:9")
    return generate_video(config, request, measure=False, effects=labelled())


def test_a_video_is_made_although_replies_lack_the_word_object(server: Aimock) -> None:
    server.answers(_PROMPT, "video", _DONE)
    response = _generate(server)
    assert response.video == _URL
    assert "object" not in response.raw_response
    assert server.asked() == [("POST", "/v1/videos", 200)]
    (noted,) = server.journal()
    assert noted["body"]["model"] == "sora-2"
    assert noted["body"]["messages"] == [{"role": "user", "content": _PROMPT}]


def test_a_finished_job_without_a_url_has_no_content_and_the_error_says_what_is_missing(
    server: Aimock,
) -> None:
    # OpenAI names no URL either, and has the file at /content. aimock does not, and notes no path
    # that it does not know.
    server.answers(_PROMPT, "video", {"video": {"id": "video_1", "status": "completed"}})
    with pytest.raises(
        NotFoundError, match=r"no such file of this job's video .*/content"
    ) as caught:
        _generate(server)
    assert caught.value.generation is not None
    assert caught.value.generation.request_id == "video_1"
    assert server.asked() == [("POST", "/v1/videos", 200)]


def test_a_failed_job_is_a_failure_although_its_reason_is_left_out(server: Aimock) -> None:
    failed = {"video": {"id": "video_1", "status": "failed", "error": "the model broke"}}
    server.answers(_PROMPT, "video", failed)
    with pytest.raises(GenerationFailedError, match="no reason was given"):
        _generate(server)


def test_a_job_that_never_ends_is_kept_and_submitted_once(server: Aimock) -> None:
    # "processing" is no word of OpenAI's: any word that is not known means that the job runs.
    server.answers(_PROMPT, "video", {"video": {"id": "video_1", "status": "processing"}})
    with pytest.raises(TimeoutError) as caught:
        _generate(server)
    assert caught.value.generation is not None
    submission, *polls = server.asked()
    assert submission == ("POST", "/v1/videos", 200)
    assert set(polls) == {("GET", "/v1/videos/video_1", 200)}


def _refusal(status: int, code: str, message: str) -> Mapping[str, Any]:
    return {
        "status": status,
        "error": {"type": "invalid_request_error", "code": code, "message": message},
    }


@pytest.mark.parametrize(
    ("refusal", "kind"),
    [
        pytest.param(
            _refusal(400, "moderation_blocked", "Your request was blocked"),
            ContentModerationError,
            id="moderation",
        ),
        pytest.param(
            _refusal(404, "model_not_found", "The model does not exist"), NotFoundError, id="model"
        ),
    ],
)
def test_a_refusal_is_told_once(
    server: Aimock, refusal: Mapping[str, Any], kind: type[TarashException]
) -> None:
    server.answers(_PROMPT, "video", refusal)
    with pytest.raises(kind):
        _generate(server)
    assert server.asked() == [("POST", "/v1/videos", refusal["status"])]


def test_a_refusal_for_now_is_asked_again_after_the_pause_that_it_names(server: Aimock) -> None:
    refusal = _refusal(429, "rate_limit_exceeded", "slow down")
    server.answers(_PROMPT, "video", {**refusal, "retryAfter": 7})
    with pytest.raises(RateLimitError) as caught:
        _generate(server)
    assert caught.value.retry_after == 7
    asked = server.asked()
    assert len(asked) > 1
    assert set(asked) == {("POST", "/v1/videos", 429)}


@pytest.mark.parametrize(
    ("fault", "status"), [("dropRate", 500), ("malformedRate", 200), ("disconnectRate", 0)]
)
def test_what_may_have_been_accepted_is_not_sent_again(
    server: Aimock, fault: str, status: int
) -> None:
    server.answers(_PROMPT, "video", _DONE)
    server.chaos(**{fault: 1.0})
    with pytest.raises(SubmissionUnknownError) as caught:
        _generate(server)
    assert len(caught.value.unknown) == 1
    assert server.asked() == [("POST", "/v1/videos", status)]
