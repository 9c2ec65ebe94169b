"""What stands inline in a finished reply of Google's is a whole video, or the job has failed."""

from base64 import b64encode
from typing import Any

import pytest
from tests.support.google_cases import _MP4, _NAME, _omni, _veo, _vertex

from tarash.tarash_gateway.exceptions import GenerationFailedError
from tarash.tarash_gateway.providers.base import Job, Target, Video
from tarash.tarash_gateway.testing import json_reply
from tarash.tarash_gateway.values.media import MediaContent


def _replies(data: str) -> list[tuple[Target, dict[str, Any]]]:
    part = {"type": "video", "mime_type": "video/mp4", "data": data}
    sample = {"videos": [{"bytesBase64Encoded": data, "mimeType": "video/mp4"}]}
    operation = {"name": _NAME, "done": True, "response": sample}
    steps = [{"type": "model_output", "content": [part]}]
    return [
        (_veo(), operation),
        (_vertex(), operation),
        (_omni(), {"id": "v1_a", "status": "completed", "steps": steps}),
    ]


@pytest.mark.parametrize(
    "content",
    [
        b"<!doctype html><title>sign in</title>",
        b'{"error": {"code": 500}}',
        b"\x89PNG\r\n\x1a\n" + b"0" * 16,
        b"\x00\x00\x00\x0cftypM4A \x00\x00\x00\x08mdat",
        b"\x00\x00\x00\x0cftypmp42",
        _MP4[:-4],
    ],
)
def test_inline_bytes_that_are_not_a_video_are_the_job_s_failure(content: bytes) -> None:
    for target, payload in _replies(b64encode(content).decode()):
        reply = json_reply(200, payload)
        error = target.provider.polled(target, Job(id="j"), reply).failure()
        assert type(error) is GenerationFailedError
        assert error.raw_response == payload


def test_inline_bytes_of_a_video_are_the_video() -> None:
    for target, payload in _replies(b64encode(_MP4).decode()):
        found = target.provider.polled(target, Job(id="j"), json_reply(200, payload)).unwrap()
        assert isinstance(found, Video)
        assert found.video == MediaContent(_MP4, "video/mp4")
