"""fal-client and this library, pointed at one recorder, ask for the same things."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from urllib.parse import parse_qs, urlsplit

import fal_client
import fal_client.client
import pytest
from tests.support.recorder import Answer, Recorded, Recorder, recorder

from tarash.tarash_gateway import (
    VideoGenerationConfig,
    VideoGenerationRequest,
    generate_video,
    start_video,
)

_KEY = "key-id:key-secret"
_JOB = "80e732af-660e-45cd-bd63-580e4f2a94cc"
# What the server decides by. The official client accepts "*/*", we what fal's reference says; the
# rest names the client's own software.
_HEADERS = ("authorization", "content-type")

_TEXT = (
    "fal-ai/veo3.1/fast",
    VideoGenerationRequest(
        prompt="A drone shot over mountain peaks",
        duration_seconds=6,
        aspect_ratio="16:9",
        resolution="1080p",
        generate_audio=False,
        seed=0,
        negative_prompt="fog",
    ),
    {
        "prompt": "A drone shot over mountain peaks",
        "duration": "6s",
        "aspect_ratio": "16:9",
        "resolution": "1080p",
        "generate_audio": False,
        "seed": 0,
        "negative_prompt": "fog",
    },
)
_IMAGE = (
    "fal-ai/kling-video/v2.6/pro/image-to-video",
    VideoGenerationRequest(
        prompt="a fox runs through snow — slowly",
        duration_seconds=5,
        image_list=["https://example.com/fox.png"],
        generate_audio=True,
    ),
    {
        "prompt": "a fox runs through snow — slowly",
        "duration": "5",
        "start_image_url": "https://example.com/fox.png",
        "generate_audio": True,
    },
)
_CASES = pytest.mark.parametrize(("model", "request_", "arguments"), [_TEXT, _IMAGE])


def _answer(status: str, asked: Recorded) -> Answer:
    if asked.method == "POST":
        return _json(200, {"status": "IN_QUEUE", "request_id": _JOB} | _urls(asked))
    if asked.method == "PUT":
        return _json(202, {"status": "CANCELLATION_REQUESTED"})
    if asked.path.partition("?")[0].endswith("/status"):
        return _json(200, {"status": status, "logs": None, "metrics": {"inference_time": 1.5}})
    return _json(200, {"video": {"url": "https://v3.fal.media/files/a.mp4"}})


def _urls(asked: Recorded) -> dict[str, str]:
    app = "/".join(asked.path.split("/")[1:3])
    base = f"http://{asked.headers['host']}/{app}/requests/{_JOB}"
    return {"response_url": base, "status_url": f"{base}/status", "cancel_url": f"{base}/cancel"}


def _json(status: int, value: object) -> Answer:
    return Answer(status=status, body=json.dumps(value).encode())


@contextmanager
def _server(status: str) -> Iterator[tuple[Recorder, fal_client.SyncClient]]:
    with recorder(partial(_answer, status)) as running, pytest.MonkeyPatch.context() as patch:
        patch.setattr(fal_client.client, "QUEUE_URL_FORMAT", f"{running.url}/")
        client = fal_client.SyncClient(key=_KEY)
        yield running, client
        client._client.close()


def _essence(asked: Recorded) -> tuple[str, str, object, dict[str, str | None]]:
    path, _, query = asked.path.partition("?")
    # The official client spells the switch "true", its own documentation "1": both work.
    spelled = query.replace("logs=true", "logs=1")
    headers = {name: asked.headers.get(name) for name in _HEADERS}
    # It sends no body under a cancel, and so do we; a GET has none.
    body = json.loads(asked.body) if asked.body else None
    return asked.method, f"{path}?{spelled}" if spelled else path, body, headers


@_CASES
def test_a_generation_sends_what_the_official_client_sends(
    model: str, request_: VideoGenerationRequest, arguments: dict[str, object]
) -> None:
    with _server("COMPLETED") as (server, client):
        handle = client.submit(model, arguments=arguments)
        handle.status(with_logs=True)
        client.result(model, handle.request_id)
        theirs = server.take()
        config = VideoGenerationConfig(
            provider="fal", model=model, base_url=server.url, api_key=_KEY, poll_interval=0
        )
        response = generate_video(config, request_)
        ours = server.take()

    assert response.video == "https://v3.fal.media/files/a.mp4"
    # Its `result` asks once more whether the job is completed; we have just been told.
    submit, status, again, result = theirs
    assert _essence(again)[1].startswith(status.path.partition("?")[0])
    assert [_essence(asked) for asked in ours] == [_essence(a) for a in (submit, status, result)]


@_CASES
def test_a_cancel_sends_what_the_official_client_sends(
    model: str, request_: VideoGenerationRequest, arguments: dict[str, object]
) -> None:
    # A job that waits costs nothing once it is cancelled, so the chain goes on.
    with _server("IN_QUEUE") as (server, client):
        client.submit(model, arguments=arguments).cancel()
        _, theirs = server.take()
        config = VideoGenerationConfig(
            provider="fal",
            model=model,
            base_url=server.url,
            api_key=_KEY,
            poll_interval=0,
            max_poll_attempts=1,
            fallback_configs=[VideoGenerationConfig(provider="mock", model="mock")],
        )
        response = generate_video(config, request_)
        *_, ours = server.take()

    assert response.is_mock
    assert response.execution_metadata is not None
    left = response.execution_metadata.attempts[0]
    assert (left.error_type, left.cancellation) == ("TimeoutError", "confirmed")
    assert _essence(ours) == _essence(theirs)


def test_a_webhook_is_asked_for_as_the_official_client_asks() -> None:
    model, request, arguments = _TEXT
    hook = "https://example.com/hook?for=a%20kite&n=1+1"
    with _server("COMPLETED") as (server, client):
        client.submit(model, arguments=arguments, webhook_url=hook)
        (theirs,) = server.take()
        config = VideoGenerationConfig(
            provider="fal", model=model, base_url=server.url, api_key=_KEY, webhook_url=hook
        )
        start_video(config, request)
        (ours,) = server.take()

    # Both spell the same URL.
    assert parse_qs(urlsplit(ours.path).query) == {"fal_webhook": [hook]}
    assert parse_qs(urlsplit(theirs.path).query) == {"fal_webhook": [hook]}
    assert urlsplit(ours.path).path == urlsplit(theirs.path).path
    assert _essence(ours)[2:] == _essence(theirs)[2:]
