"""Google's long-running predictions for Veo as aimock speaks them.

Its operations are not below a model, as Google's are, but at the top: the library asks for the name
that the reply gives, whatever it is.
"""

import re
from collections.abc import Iterator
from typing import Final

import pytest
from tests.support.aimock import Aimock, aimock, labelled

from tarash.tarash_gateway import (
    ContentModerationError,
    SubmissionUnknownError,
    TarashException,
    ValidationError,
    VideoGenerationConfig,
    VideoGenerationRequest,
    VideoGenerationResponse,
    generate_video,
)

pytestmark = pytest.mark.slow

_MODEL: Final = "veo-3.1-generate-preview"
_SUBMIT: Final = f"/v1beta/models/{_MODEL}:predictLongRunning"
_URL: Final = "https://cdn.example.com/kite.mp4"
_DONE: Final = {"video": {"id": "1", "status": "completed", "url": _URL}}


@pytest.fixture
def server() -> Iterator[Aimock]:
    with aimock() as running:
        yield running


def _generate(server: Aimock) -> VideoGenerationResponse:
    config = VideoGenerationConfig(
        provider="google", model=_MODEL, base_url=server.url, api_key="k-1", timeout=600
    )
    request = VideoGenerationRequest(prompt="a kite", duration_seconds=8, aspect_ratio="16:9")
    return generate_video(config, request, measure=False, effects=labelled())


def test_an_operation_is_polled_until_it_is_done(server: Aimock) -> None:
    server.answers("a kite", "video", _DONE)
    response = _generate(server)
    assert response.video == _URL
    submission, *polls = server.asked()
    assert submission == ("POST", _SUBMIT, 200)
    assert len(polls) == 3
    assert len(set(polls)) == 1
    assert re.fullmatch(r"/v1beta/operations/[0-9a-f-]{36}", polls[0][1])


@pytest.mark.parametrize(
    ("reason", "kind"),
    [
        ("The prompt was blocked by the safety filter", ContentModerationError),
        ("the picture cannot be read", ValidationError),
    ],
)
def test_a_failed_operation_tells_its_reason(
    server: Aimock, reason: str, kind: type[TarashException]
) -> None:
    server.answers("a kite", "video", {"video": {"id": "1", "status": "failed", "error": reason}})
    with pytest.raises(kind, match=reason):
        _generate(server)


def test_what_is_not_scripted_is_no_lost_job(server: Aimock) -> None:
    # In its strict mode aimock answers 503 without Retry-After: a job may exist.
    with pytest.raises(SubmissionUnknownError):
        _generate(server)
    assert server.asked() == [("POST", _SUBMIT, 503)]


@pytest.mark.parametrize("fault", ["dropRate", "malformedRate", "disconnectRate"])
def test_what_may_have_been_accepted_is_not_sent_again(server: Aimock, fault: str) -> None:
    server.answers("a kite", "video", _DONE)
    server.chaos(**{fault: 1.0})
    with pytest.raises(SubmissionUnknownError):
        _generate(server)
    assert len(server.asked()) == 1
