"""What ends a call to Google, and what decides nothing: whole calls against scripted replies."""

from typing import Any, Final

import pytest
from tests.support.google_cases import (
    _BAD_KEY,
    _CELEBRITY,
    _EXHAUSTED,
    _NAME,
    _error,
    _info,
    _omni,
    _quota,
    _veo,
    _vertex,
)

from tarash.tarash_gateway import generate_video
from tarash.tarash_gateway.exceptions import (
    GenerationCancelledError,
    GenerationFailedError,
    HTTPError,
    TarashException,
)
from tarash.tarash_gateway.providers.google.provider import PROVIDER
from tarash.tarash_gateway.testing import ScriptedHttp, fake_effects, json_reply
from tarash.tarash_gateway.values.config import VideoGenerationConfig
from tarash.tarash_gateway.values.request import VideoGenerationRequest

_REFUSING: Final = [
    _error(429, "RESOURCE_EXHAUSTED", _EXHAUSTED),
    _error(429, "RESOURCE_EXHAUSTED", "Your prepayment credits are depleted."),
    _error(400, "INVALID_ARGUMENT", _BAD_KEY, _info("API_KEY_INVALID")),
    _error(400, "INVALID_ARGUMENT", _CELEBRITY),
    _error(403, "PERMISSION_DENIED", "no"),
    _error(404, "NOT_FOUND", "no"),
    _error(401, "UNAUTHENTICATED", "no"),
    _quota("PerDay", "59s"),
]


def _played(model: str, *replies: Any, **config: Any) -> tuple[TarashException, list[str]]:
    http = ScriptedHttp([json_reply(200, reply) for reply in replies])
    with pytest.raises(TarashException) as caught:
        generate_video(
            VideoGenerationConfig(provider="google", model=model, api_key="key", **config),
            VideoGenerationRequest(prompt="a kite"),
            effects=fake_effects(http=http),
            providers={"google": PROVIDER},
        )
    return caught.value, [request.url for request in http.requests]


@pytest.mark.parametrize("body", _REFUSING)
@pytest.mark.parametrize("status", [100, 103, 408, 499, 500, 502, 503, 504, 599])
def test_a_reply_that_decides_nothing_is_no_refusal_whatever_its_body_says(
    status: int, body: dict[str, Any]
) -> None:
    for target in (_veo(), _omni(), _vertex()):
        error = target.provider.failure(target, json_reply(status, body), "submit").error
        assert type(error) is HTTPError
        assert (error.status_code, error.raw_response) == (status, body)
        # A wait in the body does not say that nothing was accepted: only the header does.
        assert error.retry_after is None


def test_the_header_says_that_an_overloaded_google_accepted_nothing() -> None:
    reply = json_reply(503, _error(503, "UNAVAILABLE", "overloaded"), {"Retry-After": "7"})
    error = PROVIDER.failure(_veo(), reply, "submit").error
    assert isinstance(error, HTTPError)
    assert (error.status_code, error.retry_after) == (503, 7.0)


def test_a_poll_takes_the_wait_that_stands_in_the_body() -> None:
    error = PROVIDER.failure(_veo(), json_reply(503, _quota("PerMinute", "7s")), "poll").error
    assert isinstance(error, HTTPError)
    assert error.retry_after == 7.0


@pytest.mark.parametrize(
    ("model", "reply", "submission", "config"),
    [
        (
            "veo-9",
            {"name": _NAME, "done": True, "error": {"code": 8, "message": _EXHAUSTED}},
            ":predictLongRunning",
            {},
        ),
        (
            "veo-3.1-generate-001",
            {"name": _NAME, "done": True, "error": {"code": 8, "message": _EXHAUSTED}},
            ":predictLongRunning",
            {"provider_config": {"project": "p"}},
        ),
        (
            "gemini-omni-1.2-flash",
            {
                "id": "v1_a",
                "status": "failed",
                "steps": [{"error": {"code": 8, "message": _EXHAUSTED}}],
            },
            "/interactions",
            {},
        ),
    ],
)
def test_a_job_that_failed_at_once_is_not_submitted_again(
    model: str, reply: dict[str, Any], submission: str, config: dict[str, Any]
) -> None:
    error, urls = _played(model, *[reply] * 8, **config)
    assert type(error) is GenerationFailedError
    assert "no capacity for the job" in error.message
    # What the reply says of the job is its end: nothing is submitted or asked again.
    assert [url.endswith(submission) for url in urls] == [True]
    assert error.attempts[-1].job_ended
    assert error.request_id in {_NAME, "v1_a"}


@pytest.mark.parametrize(
    ("model", "accepted", "ended"),
    [
        ("veo-9", {"name": _NAME}, {"name": _NAME, "done": True, "response": {"videos": [{}]}}),
        (
            "gemini-omni-1.2-flash",
            {"id": "v1_a", "status": "in_progress"},
            {
                "id": "v1_a",
                "status": "completed",
                "steps": [{"type": "model_output", "content": [{"type": "video"}]}],
            },
        ),
    ],
)
def test_a_finished_job_without_a_video_is_not_asked_again(
    model: str, accepted: dict[str, Any], ended: dict[str, Any]
) -> None:
    error, urls = _played(model, accepted, *[ended] * 8)
    assert type(error) is GenerationFailedError
    assert len(urls) == 2
    assert error.attempts[-1].job_ended


def test_google_s_own_name_of_a_cancel_ends_the_chain() -> None:
    ended = {"name": _NAME, "done": True, "error": {"code": 1, "message": "by user"}}
    error, urls = _played("veo-9", {"name": _NAME}, ended)
    assert type(error) is GenerationCancelledError
    assert error.kind == "cancelled"
    assert len(urls) == 2
