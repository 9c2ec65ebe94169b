"""Replicate's Python client and this library, pointed at one recorder, ask for the same things."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import pytest
from replicate.client import Client
from tests.support.recorder import Answer, Recorded, Recorder, recorder

from tarash.tarash_gateway import (
    VideoGenerationConfig,
    VideoGenerationRequest,
    generate_video,
    start_video,
)
from tarash.tarash_gateway.providers.replicate.provider import PROVIDER

_KEY = "r8_secret"
_JOB = "15eyanar9xrg80ckd3ytdz0hhr"
_VERSION = "39ed52f2a78e934b3ba6e2a89f5b1c712de7dfea535525255b1aa35c5565e08b"
_VIDEO = "https://replicate.delivery/czjl/a.mp4"
_FOX = "https://example.com/fox.png"
_SNOW = "https://example.com/snow.png"
_CLIP = "https://example.com/clip.mp4"
_PROVIDERS = {"replicate": PROVIDER}
# What the server decides by. The official client accepts "*/*", we JSON, which is all it sends
# here; the rest names the client's own software. `run` of that client adds "Prefer: wait", which
# holds the connection for a minute: for videos its `predictions.create` is the call to compare to.
_HEADERS = ("authorization", "content-type", "prefer")

_TEXT = (
    "google/veo-3.1",
    VideoGenerationRequest(
        prompt="A drone shot over mountain peaks — slowly",
        duration_seconds=6,
        aspect_ratio="16:9",
        resolution="1080p",
        generate_audio=False,
        seed=0,
        negative_prompt="fog",
    ),
    {
        "prompt": "A drone shot over mountain peaks — slowly",
        "duration": 6,
        "aspect_ratio": "16:9",
        "resolution": "1080p",
        "generate_audio": False,
        "seed": 0,
        "negative_prompt": "fog",
    },
)
_IMAGE = (
    "minimax/hailuo-2.3",
    VideoGenerationRequest(prompt="a fox", image_list=[_FOX], enhance_prompt=False),
    {"prompt": "a fox", "first_frame_image": _FOX, "prompt_optimizer": False},
)
_FIRST_AND_LAST = (
    "kwaivgi/kling-v2.1",
    VideoGenerationRequest(
        prompt="a fox",
        resolution="1080p",
        image_list=[_FOX, {"image": _SNOW, "type": "last_frame"}],
    ),
    {"prompt": "a fox", "mode": "pro", "start_image": _FOX, "end_image": _SNOW},
)
_REFERENCES = (
    "bytedance/seedance-2.0",
    VideoGenerationRequest(
        prompt="[Image1] like in [Video1]",
        image_list=[{"image": _FOX, "type": "reference"}, {"image": _SNOW, "type": "asset"}],
        video=_CLIP,
    ),
    {
        "prompt": "[Image1] like in [Video1]",
        "reference_images": [_FOX, _SNOW],
        "reference_videos": [_CLIP],
    },
)
_EDIT = (
    "runwayml/gen4-aleph",
    VideoGenerationRequest(prompt="make it night", video=_CLIP, seed=7),
    {"prompt": "make it night", "video": _CLIP, "seed": 7},
)
_OF_VERSION = (
    f"lightricks/ltx-video:{_VERSION}",
    VideoGenerationRequest(prompt="a kite", extra_params={"steps": 40}),
    {"prompt": "a kite", "steps": 40},
)
_DEPLOYED = (
    "deployments/acme/clips",
    VideoGenerationRequest(prompt="a kite", duration_seconds=5),
    {"prompt": "a kite", "duration": 5},
)
_CASES = pytest.mark.parametrize(
    ("model", "request_", "arguments"),
    [_TEXT, _IMAGE, _FIRST_AND_LAST, _REFERENCES, _EDIT, _OF_VERSION, _DEPLOYED],
)


def _answer(status: str, asked: Recorded) -> Answer:
    base = f"http://{asked.headers['host']}/v1/predictions/{_JOB}"
    prediction = {
        "id": _JOB,
        "model": "owner/name",
        "version": "hidden",
        "input": {},
        "logs": "",
        "error": None,
        "status": "starting" if asked.method == "POST" else status,
        "urls": {"get": base, "cancel": f"{base}/cancel"},
    }
    if asked.path.endswith("/cancel"):
        return _json(200, {**prediction, "status": "canceled", "logs": None, "output": None})
    if asked.method == "POST":
        return _json(201, prediction)
    return _json(200, {**prediction, "output": _VIDEO} if status == "succeeded" else prediction)


def _json(status: int, value: object) -> Answer:
    return Answer(status=status, body=json.dumps(value).encode())


@contextmanager
def _server(status: str) -> Iterator[tuple[Recorder, Client]]:
    with recorder(partial(_answer, status)) as running:
        client = Client(api_token=_KEY, base_url=running.url)
        yield running, client
        client._client.close()


def _create(client: Client, model: str, arguments: dict[str, Any], **more: Any) -> Any:
    if model.startswith("deployments/"):
        name = model.removeprefix("deployments/")
        return client.deployments.predictions.create(name, input=arguments, **more)
    if ":" in model:
        version = model.partition(":")[2]
        return client.predictions.create(version=version, input=arguments, **more)
    return client.models.predictions.create(model, input=arguments, **more)


def _essence(asked: Recorded) -> tuple[str, str, object, dict[str, str | None]]:
    headers = {name: asked.headers.get(name) for name in _HEADERS}
    body = json.loads(asked.body) if asked.body else None
    return asked.method, asked.path, body, headers


@_CASES
def test_a_generation_sends_what_the_official_client_sends(
    model: str, request_: VideoGenerationRequest, arguments: dict[str, Any]
) -> None:
    with _server("succeeded") as (server, client):
        prediction = _create(client, model, arguments)
        prediction.reload()
        theirs = server.take()
        config = VideoGenerationConfig(
            provider="replicate",
            model=model,
            base_url=server.url,
            api_key=_KEY,
            poll_interval=0,
        )
        response = generate_video(config, request_, providers=_PROVIDERS)
        ours = server.take()

    assert response.video == _VIDEO
    assert prediction.output == _VIDEO
    assert [_essence(asked) for asked in ours] == [_essence(asked) for asked in theirs]


@pytest.mark.parametrize(("model", "request_", "arguments"), [_TEXT, _OF_VERSION])
def test_a_cancel_sends_what_the_official_client_sends(
    model: str, request_: VideoGenerationRequest, arguments: dict[str, Any]
) -> None:
    with _server("processing") as (server, client):
        _create(client, model, arguments).cancel()
        _, theirs = server.take()
        config = VideoGenerationConfig(
            provider="replicate",
            model=model,
            base_url=f"{server.url}/v1",
            api_key=_KEY,
            poll_interval=0,
            max_poll_attempts=1,
            fallback_configs=[VideoGenerationConfig(provider="mock", model="mock")],
            # A running prediction is charged up to its cancel: only who chooses to pay goes on.
            fallback_on=["timeout"],
        )
        response = generate_video(config, request_, providers=_PROVIDERS)
        *_, ours = server.take()

    assert response.is_mock
    assert response.execution_metadata is not None
    left = response.execution_metadata.attempts[0]
    assert (left.error_type, left.cancellation) == ("TimeoutError", "charged")
    assert _essence(ours) == _essence(theirs)


def test_bytes_go_inline_as_with_the_clients_base64_strategy(tmp_path: Any) -> None:
    # By default the client uploads an open file first and sends the upload's URL; we send bytes
    # as a data URL, which it does on request: one exchange less, and nothing left behind.
    content = b"\x89PNG\r\n\x1a\n" + b"0" * 16
    path = tmp_path / "fox.png"
    path.write_bytes(content)
    with _server("succeeded") as (server, client):
        with path.open("rb") as file:
            client.models.predictions.create(
                "minimax/hailuo-2.3",
                input={"prompt": "a fox", "first_frame_image": file},
                file_encoding_strategy="base64",
            )
        (theirs,) = server.take()
        config = VideoGenerationConfig(
            provider="replicate",
            model="minimax/hailuo-2.3",
            base_url=server.url,
            api_key=_KEY,
            poll_interval=0,
        )
        request = VideoGenerationRequest(prompt="a fox", image_list=[path])
        generate_video(config, request, providers=_PROVIDERS)
        ours, _ = server.take()

    assert _essence(ours) == _essence(theirs)


@pytest.mark.parametrize("model", ["google/veo-3.1", f"owner/name:{_VERSION}", "deployments/a/b"])
def test_a_webhook_is_asked_for_as_the_official_client_asks(model: str) -> None:
    hook = "https://example.com/hook?for=a%20kite"
    with _server("succeeded") as (server, client):
        _create(
            client,
            model,
            {"prompt": "a fox"},
            webhook=hook,
            webhook_events_filter=["completed"],
        )
        (theirs,) = server.take()
        config = VideoGenerationConfig(
            provider="replicate", model=model, base_url=server.url, api_key=_KEY, webhook_url=hook
        )
        start_video(config, VideoGenerationRequest(prompt="a fox"), providers=_PROVIDERS)
        (ours,) = server.take()

    assert _essence(ours) == _essence(theirs)
