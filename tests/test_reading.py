"""Replies that nest without end are unreadable, and nothing later falls over them."""

import json
import pickle

import pytest
from returns.result import Failure
from tests.support import fal_replies as fal

from tarash.tarash_gateway import VideoGenerationRequest, generate_video
from tarash.tarash_gateway.exceptions import TarashException, UnexpectedReplyError
from tarash.tarash_gateway.http.messages import HttpResponse
from tarash.tarash_gateway.http.reading import json_of
from tarash.tarash_gateway.testing import ScriptedHttp, fake_effects

_DEEP = {
    "lists": b"[" * 100_000 + b"]" * 100_000,
    "objects": b'{"a":' * 5_000 + b"1" + b"}" * 5_000,
    "just too deep": b'{"a":' + b"[" * 200 + b"]" * 200 + b"}",
}


@pytest.mark.parametrize("how", _DEEP)
def test_a_value_without_end_is_no_json(how: str) -> None:
    outcome = json_of(HttpResponse(status=200, body=_DEEP[how]))
    assert isinstance(outcome, Failure)
    error = outcome.failure()
    assert isinstance(error, UnexpectedReplyError)
    assert pickle.loads(pickle.dumps(error)) == error  # noqa: S301 - our own


def test_a_value_of_the_greatest_depth_is_read() -> None:
    body = b"[" * 200 + b"]" * 200
    value = json_of(HttpResponse(status=200, body=body)).unwrap()
    assert json.dumps(value).encode() == body


@pytest.mark.parametrize("place", [1, 2], ids=["poll", "result"])
def test_a_job_whose_reply_has_no_end_is_kept_and_its_error_can_be_stored(place: int) -> None:
    deep = HttpResponse(status=200, body=b'{"status": ' + b"[" * 900 + b"]" * 900 + b"}")
    replies = [*fal.success()[:place], *[deep] * 50]
    with pytest.raises(TarashException) as caught:
        generate_video(
            fal.config(max_poll_attempts=5),
            VideoGenerationRequest(prompt="a kite"),
            effects=fake_effects(http=ScriptedHttp(replies)),
        )
    error = caught.value
    assert error.generation is not None
    assert json.loads(error.generation.to_json())
    assert pickle.loads(pickle.dumps(error)) == error  # noqa: S301 - our own
    assert repr(error)
