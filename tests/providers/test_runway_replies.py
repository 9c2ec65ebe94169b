"""What is sent to Runway and how its replies are read: wire/runway.md: replies."""

import json
from typing import Any, Final

import pytest
from returns.result import Failure
from tests.support.runway_cases import _ID, _JOB, _MP4, _PNG, _TASK, _submit, _target
from tests.test_matrix import _VALUES, _is_the_default, _sent, _words

from tarash.tarash_gateway import (
    AuthenticationError,
    ContentModerationError,
    GenerationFailedError,
    HTTPError,
    InsufficientCreditsError,
    NotFoundError,
    RateLimitError,
    TarashException,
    ValidationError,
)
from tarash.tarash_gateway.exceptions import UnexpectedReplyError
from tarash.tarash_gateway.http.messages import HttpResponse
from tarash.tarash_gateway.providers.base import Job, Progress, Video
from tarash.tarash_gateway.providers.runway.models import ENDPOINTS
from tarash.tarash_gateway.providers.runway.provider import PROVIDER
from tarash.tarash_gateway.testing import json_reply

_DOCS: Final = "https://docs.dev.runwayml.com/api"


_PLAIN: Final = _VALUES.keys() - {"image_list", "video", "extra_params"}


@pytest.mark.parametrize(
    ("model", "endpoint"),
    [(model, endpoint) for model, rows in ENDPOINTS.items() for endpoint in rows],
)
def test_no_field_of_an_endpoint_is_dropped_silently(model: str, endpoint: str) -> None:
    """As the matrix of fields, with the media that lead to each endpoint."""
    row = ENDPOINTS[model][endpoint]
    least: dict[str, Any] = {
        "image_list": [
            {"image": _PNG, "type": slot.roles[0]} for slot in row.images if slot.required
        ],
        "video": _MP4 if row.video is not None and row.video.required else None,
        "extra_params": dict.fromkeys(row.required, "needed"),
    }
    url = "https://runway.example"
    bare = _submit(model, url, **least).unwrap()
    assert bare.request.url == f"{url}/v1/{endpoint}"
    for name in _PLAIN:
        for value in _VALUES[name]:
            submission = _submit(model, url, **{**least, name: value}).unwrap()
            told = any(word in line for line in submission.adjusted for word in _words(name))
            assert (
                told
                or _sent(submission.request) != _sent(bare.request)
                or _is_the_default(bare, name, value)
            ), (name, value)
            assert set(submission.adjusted) <= set(submission.warnings)


@pytest.mark.parametrize(
    ("body", "status", "percent"),
    [
        ({"status": "PENDING", "estimatedCost": {"credits": 63}}, "queued", None),
        ({"status": "THROTTLED", "estimatedCost": {"credits": 63}}, "queued", None),
        ({"status": "RUNNING", "progress": 0.02}, "processing", 2.0),
        ({"status": "RUNNING", "progress": 0.29}, "processing", 29.0),
        ({"status": "RUNNING", "progress": 1}, "processing", 100.0),
        ({"status": "RUNNING", "progress": 10**400}, "processing", None),
        ({"status": "RUNNING", "progress": None}, "processing", None),
        ({"status": "RUNNING", "progress": True}, "processing", None),
        ({"status": "REHEARSING"}, "processing", None),
    ],
)
def test_an_unfinished_task_tells_where_it_stands(
    body: dict[str, Any], status: str, percent: float | None
) -> None:
    payload = {**_TASK, **body}
    progress = PROVIDER.polled(_target(), _JOB, json_reply(200, payload)).unwrap()
    assert isinstance(progress, Progress)
    assert (progress.status, progress.percent, progress.raw) == (status, percent, payload)


@pytest.mark.parametrize(
    ("output", "content_type", "others"),
    [
        (["https://e.com/a.mp4?_jwt=x"], "video/mp4", None),
        (["https://e.com/a.mov?_jwt=x"], "video/quicktime", None),
        (["https://e.com/a.zip", "https://e.com/a.wav"], None, ["https://e.com/a.wav"]),
    ],
)
def test_a_finished_task_has_a_video_and_its_cost(
    output: list[str], content_type: str | None, others: list[str] | None
) -> None:
    payload = {**_TASK, "status": "SUCCEEDED", "output": output, "cost": {"credits": 63}}
    video = PROVIDER.polled(_target(), _JOB, json_reply(200, payload)).unwrap()
    assert isinstance(video, Video)
    assert (video.request_id, video.video) == (_ID, output[0])
    assert (video.content_type, video.metadata.get("other_outputs")) == (content_type, others)
    assert video.metadata["cost"] == {"credits": 63}
    assert video.metadata["createdAt"] == _TASK["createdAt"]
    assert video.raw == payload


@pytest.mark.parametrize(
    ("code", "failure", "expected", "words"),
    [
        (
            "SAFETY.INPUT.TEXT",
            "The input was flagged by our content moderation system.",
            ContentModerationError,
            "change the prompt",
        ),
        ("SAFETY.INPUT.IMAGE", "x", ContentModerationError, "SAFETY.INPUT.IMAGE"),
        ("SAFETY.INPUT.VIDEO", "x", ContentModerationError, "SAFETY.INPUT.VIDEO"),
        ("SAFETY.OUTPUT.VIDEO", "x", ContentModerationError, "SAFETY.OUTPUT.VIDEO"),
        ("INPUT_PREPROCESSING.SAFETY.TEXT", "x", ContentModerationError, "SAFETY"),
        ("INPUT_PREPROCESSING.INTERNAL", "x", GenerationFailedError, "try again"),
        ("ASSET.INVALID", "too long", ValidationError, "too long"),
        (
            "INTERNAL.BAD_OUTPUT.CODE01",
            "An unexpected error occurred.",
            GenerationFailedError,
            "An unexpected error occurred.",
        ),
        ("INTERNAL.BAD_OUTPUT.01", "x", GenerationFailedError, "INTERNAL.BAD_OUTPUT.01"),
        ("INTERNAL", "x", GenerationFailedError, "INTERNAL"),
        ("THIRD_PARTY.UNAVAILABLE", "x", GenerationFailedError, "try again later"),
        ("SOMETHING.NEW", "x", GenerationFailedError, "SOMETHING.NEW"),
        (None, "x", GenerationFailedError, "no code"),
        (7, None, GenerationFailedError, "no reason was given"),
        ("", [], GenerationFailedError, "no code"),
    ],
)
def test_a_failure_code_is_one_of_our_errors(
    code: object, failure: object, expected: type[TarashException], words: str
) -> None:
    payload = {**_TASK, "status": "FAILED", "failure": failure, "failureCode": code}
    error = PROVIDER.polled(_target(), _JOB, json_reply(200, payload)).failure()
    assert type(error) is expected
    assert words in error.message
    assert error.raw_response == payload


_TOO_LONG: Final = {
    "error": "Validation of body failed",
    "issues": [
        {
            "code": "too_big",
            "maximum": 30,
            "type": "number",
            "inclusive": True,
            "origin": "number",
            "message": "Asset duration must be at most 30 seconds",
            "path": ["videoUri"],
        }
    ],
    "docUrl": _DOCS,
}


_EMPTY: Final = {
    "error": "Validation of body failed",
    "issues": [
        {
            "expected": "string",
            "code": "invalid_type",
            "path": ["model"],
            "message": "Invalid input: expected string, received undefined",
        },
        {
            "code": "invalid_union",
            "errors": [],
            "note": "No matching discriminator",
            "discriminator": "model",
            "path": ["model"],
            "message": "Invalid input",
        },
    ],
    "docUrl": _DOCS,
}


@pytest.mark.parametrize(
    ("status", "body", "headers", "expected", "words", "wait"),
    [
        (
            400,
            _TOO_LONG,
            {},
            ValidationError,
            "videoUri: Asset duration must be at most 30 seconds",
            None,
        ),
        (400, _EMPTY, {}, ValidationError, "undefined; model: Invalid input", None),
        (
            400,
            {
                "error": "Validation of body failed",
                "issues": [{"path": ["contentModeration", 0], "message": "Invalid option"}],
            },
            {},
            ValidationError,
            "contentModeration.0: Invalid option",
            None,
        ),
        (400, {"error": "Validation of body failed"}, {}, ValidationError, "Validation", None),
        (
            400,
            {"error": "You do not have enough credits to run this task.", "docUrl": _DOCS},
            {},
            InsufficientCreditsError,
            "buy credits",
            None,
        ),
        (402, {"error": "Payment required"}, {}, InsufficientCreditsError, "buy credits", None),
        (400, {"error": "The URL cannot be fetched."}, {}, ValidationError, "fetched", None),
        (
            400,
            {"error": "The prompt was flagged by our content moderation system."},
            {},
            ContentModerationError,
            "change the prompt",
            None,
        ),
        (401, {"error": "Unauthorized"}, {}, AuthenticationError, "RUNWAYML_API_SECRET", None),
        (403, {"error": "Suspended"}, {}, AuthenticationError, "permissions", None),
        (404, {"error": "Could not find Task"}, {}, NotFoundError, "Could not find Task", None),
        (405, {"error": "Method not allowed"}, {}, HTTPError, "HTTP 405", None),
        (409, {"message": "Conflict"}, {}, ValidationError, "Conflict", None),
        (413, {"error": "Too large"}, {}, ValidationError, "Too large", None),
        (414, {"error": "URI too long"}, {}, ValidationError, "URI too long", None),
        (415, None, {}, ValidationError, "refused the request", None),
        (422, {"error": {"message": "No"}}, {}, ValidationError, "No", None),
        (
            429,
            {"error": "Your daily task limit has been reached."},
            {},
            RateLimitError,
            "wait until tomorrow",
            None,
        ),
        (429, {"error": "Slow down"}, {"Retry-After": "7"}, RateLimitError, "try again", 7.0),
        (500, {"error": "Internal"}, {}, HTTPError, "HTTP 500", None),
        (502, None, {}, HTTPError, "HTTP 502", None),
        (503, {"error": "Busy"}, {"Retry-After": "3"}, HTTPError, "HTTP 503", 3.0),
        (504, [], {}, HTTPError, "HTTP 504", None),
    ],
)
@pytest.mark.parametrize("to", ["submit", "poll"])
def test_an_error_body_is_one_of_our_errors(  # noqa: PLR0917 - a table's columns
    to: Any,
    status: int,
    body: object,
    headers: dict[str, str],
    expected: type[TarashException],
    words: str,
    wait: float | None,
) -> None:
    refusal = PROVIDER.failure(_target(), json_reply(status, body, headers), to)
    assert type(refusal.error) is expected
    assert words in refusal.error.message
    assert getattr(refusal.error, "retry_after", None) == wait
    assert refusal.error.status_code in {None, status}
    assert refusal.of == "exchange"
    if isinstance(body, dict):
        assert refusal.error.raw_response == body


def test_an_error_that_is_no_json_is_shown() -> None:
    reply = HttpResponse(status=503, body=b"<html>upstream</html>")
    error = PROVIDER.failure(_target(), reply, "poll").error
    assert "upstream" in error.message
    assert error.raw_response == "<html>upstream</html>"


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b"{}", b'{"id": null}', b'{"id": " "}'])
def test_an_acceptance_without_an_id_is_none(body: bytes) -> None:
    outcome = PROVIDER.accepted(_target(), HttpResponse(status=200, body=body))
    assert isinstance(outcome, Failure)
    assert isinstance(outcome.failure(), UnexpectedReplyError)


@pytest.mark.parametrize(
    "body",
    [
        {"id": 17},
        {"id": "17", "estimatedCost": "63", "status": 5},
        {"id": 17, "estimatedCost": [None], "createdAt": 0},
    ],
)
def test_a_good_id_is_kept_whatever_stands_beside_it(body: dict[str, Any]) -> None:
    """The task is paid for: no field beside its id can lose it."""
    assert PROVIDER.accepted(_target(), json_reply(200, body)).unwrap() == Job(id="17")


def test_an_acceptance_has_the_task_s_id() -> None:
    reply = HttpResponse(
        status=200, body=json.dumps({"id": _ID, "estimatedCost": {"credits": 63}}).encode()
    )
    assert PROVIDER.accepted(_target(), reply).unwrap() == Job(id=_ID)
