"""What error replies of Azure OpenAI mean."""

from typing import Any, Final

import pytest
from tests.support.azure_openai_cases import _config, _target

from tarash.tarash_gateway import (
    AuthenticationError,
    ContentModerationError,
    HTTPError,
    InsufficientCreditsError,
    NotFoundError,
    RateLimitError,
    TarashException,
    ValidationError,
)
from tarash.tarash_gateway.testing import json_reply


def _said(message: str, kind: str | None = None, code: Any = None, param: Any = None) -> Any:
    return {"error": {"message": message, "type": kind, "param": param, "code": code}}


_USER: Final = "video_generation_user_error"


_NO_DEPLOYMENT: Final = (
    "The API deployment 'sora-2' for this resource does not exist. If you created the deployment "
    "within the last 5 minutes, please wait a moment and try again."
)


_FILTERED: Final = {
    "error": {
        "message": "The response was filtered due to the prompt triggering Azure OpenAI's content "
        "management policy. Please modify your prompt and retry. ...",
        "type": None,
        "param": "prompt",
        "code": "content_filter",
        "status": 400,
        "innererror": {"code": "ResponsibleAIPolicyViolation", "content_filter_result": {}},
    }
}


_FLAT: Final = {
    "code": "bad",
    "message": "no",
    "param": "prompt",
    "type": None,
    "inner_error": {"code": "ResponsibleAIPolicyViolation", "error_details": {}},
}


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (404, _said(_NO_DEPLOYMENT, _USER), NotFoundError),
        (400, _said(_NO_DEPLOYMENT, _USER), NotFoundError),
        (404, {"error": {"code": "DeploymentNotFound", "message": "none"}}, NotFoundError),
        (400, {"error": {"code": "DeploymentNotFound", "message": "none"}}, NotFoundError),
        (404, {"error": {"code": "404", "message": "Resource not found"}}, NotFoundError),
        (
            400,
            _said(
                "Missing required parameter: 'model'.",
                "invalid_request_error",
                "missing_required_parameter",
                "model",
            ),
            ValidationError,
        ),
        (400, _said("Unsupported resolution", _USER), ValidationError),
        (400, _FILTERED, ContentModerationError),
        (400, _FLAT, ContentModerationError),
        (400, {"error": _FLAT}, ContentModerationError),
        (400, _said("Blocked", _USER, "moderation_blocked"), ContentModerationError),
        (401, {"statusCode": 401, "message": "Unauthorized."}, AuthenticationError),
        (403, {"error": {"code": "403", "message": "Public access is off"}}, AuthenticationError),
        (429, _said("Too many running tasks", _USER), RateLimitError),
        (429, _said("Out of quota", None, "insufficient_quota"), InsufficientCreditsError),
        (500, {"code": "internal_error", "message": "oops", "type": "error"}, HTTPError),
        (408, {"error": {"code": "Timeout", "message": "The operation was timeout."}}, HTTPError),
    ],
)
@pytest.mark.parametrize("model", ["sora-2", "sora"])
def test_an_error_reply(
    model: str, status: int, body: Any, expected: type[TarashException]
) -> None:
    target = _target(_config(model))
    reply = json_reply(status, body, {"Retry-After": "30"})
    refusal = target.provider.failure(target, reply, "submit")
    assert (type(refusal.error), refusal.of) == (expected, "exchange")
    assert refusal.error.raw_response == body
    if isinstance(refusal.error, RateLimitError):
        assert refusal.error.retry_after == 30.0
    source = body.get("error", body)
    assert source["message"][:300] in refusal.error.message
