"""What stands in the URL of a submission to fal, and what in the model's input."""

from typing import Any

import pytest

from tarash.tarash_gateway import (
    ValidationError,
    VideoGenerationConfig,
    VideoGenerationRequest,
    plan_video,
)

_CONFIG = VideoGenerationConfig(provider="fal", model="fal-ai/veo3")
_SUBMIT = "https://queue.fal.run/fal-ai/veo3"
_HOOK = "https://example.com/hook?of=a b&x=\u00e9#1"
_IN_QUERY = "https%3A%2F%2Fexample.com%2Fhook%3Fof%3Da%20b%26x%3D%C3%A9%231"


@pytest.mark.parametrize(
    "given", [{"fal_webhook": _HOOK}, {"extra_params": {"fal_webhook": _HOOK}}]
)
def test_a_webhook_stands_in_the_url(given: dict[str, Any]) -> None:
    plan = plan_video(_CONFIG, VideoGenerationRequest(prompt="a kite", **given))
    assert plan.url == f"{_SUBMIT}?fal_webhook={_IN_QUERY}"
    assert plan.body == {"prompt": "a kite"}
    assert plan.warnings == ()


def test_so_does_the_longest_queue_that_is_worth_the_wait() -> None:
    request = VideoGenerationRequest(
        prompt="a kite", fal_webhook="https://example.com", fal_max_queue_length=0
    )
    plan = plan_video(_CONFIG, request)
    assert plan.url == f"{_SUBMIT}?fal_webhook=https%3A%2F%2Fexample.com&fal_max_queue_length=0"
    assert plan.body == {"prompt": "a kite"}


def test_without_them_the_url_is_bare() -> None:
    request = VideoGenerationRequest(prompt="a kite", fal_webhook=None, auto_fix=False)
    plan = plan_video(_CONFIG, request)
    assert plan.url == _SUBMIT
    assert plan.body == {"prompt": "a kite", "auto_fix": False}


@pytest.mark.parametrize(
    "hook", ["", "example.com/hook", "ftp://example.com", 5, "https://", "//["]
)
def test_a_webhook_that_is_no_url_is_refused(hook: object) -> None:
    request = VideoGenerationRequest(prompt="a kite", extra_params={"fal_webhook": hook})
    with pytest.raises(ValidationError, match="fal_webhook must be a URL such as"):
        plan_video(_CONFIG, request)


@pytest.mark.parametrize("length", [-1, 1.5, "3", True])
def test_a_queue_length_that_is_no_number_is_refused(length: object) -> None:
    request = VideoGenerationRequest(prompt="a kite", extra_params={"fal_max_queue_length": length})
    with pytest.raises(ValidationError, match="fal_max_queue_length must be a whole number"):
        plan_video(_CONFIG, request)


def test_half_a_character_in_a_webhook_does_no_harm() -> None:
    request = VideoGenerationRequest(prompt="a kite", fal_webhook="https://example.com/\ud800")
    assert plan_video(_CONFIG, request).url == (
        f"{_SUBMIT}?fal_webhook=https%3A%2F%2Fexample.com%2F%ED%A0%80"
    )


@pytest.mark.parametrize("model", ["veo3", "fal-ai//veo3", "/"])
def test_a_model_that_is_no_endpoint_id_is_refused(model: str) -> None:
    config = VideoGenerationConfig(provider="fal", model=model)
    with pytest.raises(ValidationError, match="model must be a fal endpoint id"):
        plan_video(config, VideoGenerationRequest(prompt="a kite"))
