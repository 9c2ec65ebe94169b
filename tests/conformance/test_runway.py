"""Runway's client and this library, pointed at one recorder, ask for the same things."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, Final

import pytest
import runwayml
from tests.support.recorder import Answer, Recorded, Recorder, recorder

from tarash.tarash_gateway import VideoGenerationConfig, VideoGenerationRequest, generate_video
from tarash.tarash_gateway.mock.provider import PROVIDER as MOCK
from tarash.tarash_gateway.providers.runway.provider import PROVIDER
from tarash.tarash_gateway.values.media import MediaContent, as_url

_KEY: Final = "key_0123456789abcdef"
_JOB: Final = "17f20503-6c24-4c16-946b-35dbbce2af2f"
_URL: Final = "https://dnznrvs05pmza.cloudfront.net/a.mp4?_jwt=x"
# Runway takes no file below 512 bytes.
_PNG: Final = b"\x89PNG\r\n\x1a\n".ljust(512)
# What the server decides by; the rest names the client's own software.
_HEADERS: Final = ("authorization", "content-type", "x-runway-version", "accept")

_TEXT: Final = (
    "text_to_video",
    VideoGenerationRequest(
        prompt="A cat — on a sofa",
        duration_seconds=5,
        seed=0,
        extra_params={"contentModeration": {"publicFigureThreshold": "low"}},
    ),
    {
        "model": "gen4.5",
        "prompt_text": "A cat — on a sofa",
        "ratio": "1280:720",
        "duration": 5,
        "seed": 0,
        "content_moderation": {"public_figure_threshold": "low"},
    },
)
_VEO: Final = (
    "text_to_video",
    VideoGenerationRequest(
        prompt="A cat",
        duration_seconds=8,
        resolution="1080p",
        generate_audio=True,
        negative_prompt="blur",
        seed=42,
    ),
    {
        "model": "veo3.1_fast",
        "prompt_text": "A cat",
        "ratio": "1920:1080",
        "duration": 8,
        "audio": True,
        "negative_prompt": "blur",
        "seed": 42,
    },
)
_IMAGE: Final = (
    "image_to_video",
    VideoGenerationRequest(
        prompt="A cat",
        duration_seconds=5,
        aspect_ratio="21:9",
        image_list=["https://example.com/a.png"],
        seed=1,
    ),
    {
        "model": "gen4_turbo",
        "prompt_image": "https://example.com/a.png",
        "prompt_text": "A cat",
        "ratio": "1584:672",
        "duration": 5,
        "seed": 1,
    },
)
_FRAMES: Final = (
    "image_to_video",
    VideoGenerationRequest(
        prompt="The tide comes in",
        duration_seconds=8,
        image_list=[
            {"content": _PNG, "content_type": "image/png"},
            {"image": "runway://abc", "type": "last_frame"},
        ],
    ),
    {
        "model": "veo3.1",
        "prompt_text": "The tide comes in",
        "prompt_image": [
            {"uri": as_url(MediaContent(_PNG, "image/png")), "position": "first"},
            {"uri": "runway://abc", "position": "last"},
        ],
        "ratio": "1280:720",
        "duration": 8,
    },
)
_REFERENCES: Final = (
    "text_to_video",
    VideoGenerationRequest(
        prompt="A cat",
        resolution="1080p",
        aspect_ratio="1:1",
        image_list=[{"image": "https://example.com/a.png", "type": "reference"}],
        generate_audio=False,
        extra_params={"duration": "auto"},
    ),
    {
        "model": "seedance2",
        "prompt_text": "A cat",
        "ratio": "1440:1440",
        "references": [{"uri": "https://example.com/a.png"}],
        "audio": False,
        "duration": "auto",
    },
)
_KLING: Final = (
    "image_to_video",
    VideoGenerationRequest(
        prompt="A cat",
        image_list=[
            "https://example.com/a.png",
            {"image": "https://example.com/b.png", "type": "reference"},
        ],
    ),
    {
        "model": "klingO3_pro",
        "prompt_text": "A cat",
        "prompt_image": "https://example.com/a.png",
        "references": [{"uri": "https://example.com/b.png"}],
    },
)
_VIDEO: Final = (
    "video_to_video",
    VideoGenerationRequest(
        prompt="winter",
        video="https://example.com/v.mp4",
        image_list=[{"image": "https://example.com/k.png", "type": "reference"}],
    ),
    {
        "model": "seedance2",
        "prompt_text": "winter",
        "prompt_video": "https://example.com/v.mp4",
        "references": [{"uri": "https://example.com/k.png"}],
    },
)
_ALEPH: Final = (
    "video_to_video",
    VideoGenerationRequest(
        prompt="winter",
        video="https://example.com/v.mp4",
        image_list=["https://example.com/k.png"],
        aspect_ratio="16:9",
        seed=3,
    ),
    {
        "model": "aleph2",
        "prompt_text": "winter",
        "video_uri": "https://example.com/v.mp4",
        "keyframes": [{"uri": "https://example.com/k.png", "at": 0.0}],
        "target_aspect_ratio": "16:9",
        "seed": 3,
    },
)
_WAN: Final = (
    "text_to_video",
    VideoGenerationRequest(prompt="A cat", video="https://example.com/v.mp4"),
    {
        "model": "wan3",
        "prompt_text": "A cat",
        "reference_videos": [{"type": "video", "uri": "https://example.com/v.mp4"}],
    },
)
# These have no prompt: ours is left out with a warning.
_ACT: Final = (
    "character_performance",
    VideoGenerationRequest(
        prompt="-",
        aspect_ratio="16:9",
        image_list=["https://example.com/c.png"],
        video="https://example.com/r.mp4",
        extra_params={"bodyControl": True, "expressionIntensity": 3},
    ),
    {
        "model": "act_two",
        "character": {"type": "image", "uri": "https://example.com/c.png"},
        "reference": {"type": "video", "uri": "https://example.com/r.mp4"},
        "ratio": "1280:720",
        "body_control": True,
        "expression_intensity": 3,
    },
)
_UPSCALE: Final = (
    "video_upscale",
    VideoGenerationRequest(
        prompt="-",
        resolution="4k",
        video="https://example.com/v.mp4",
        extra_params={"fpsBoost": True},
    ),
    {
        "model": "magnific_video_upscaler_creative",
        "video_uri": "https://example.com/v.mp4",
        "resolution": "4k",
        "fps_boost": True,
    },
)
_HDR: Final = (
    "video_to_hdr",
    VideoGenerationRequest(prompt="-", video="https://example.com/v.mp4"),
    {"model": "ruby", "video_uri": "https://example.com/v.mp4"},
)
_CASES: Final = pytest.mark.parametrize(
    ("resource", "request_", "arguments"),
    [
        pytest.param(*case, id=f"{case[0]}-{case[2]['model']}")
        for case in (
            _TEXT,
            _VEO,
            _IMAGE,
            _FRAMES,
            _REFERENCES,
            _KLING,
            _VIDEO,
            _ALEPH,
            _WAN,
            _ACT,
            _UPSCALE,
            _HDR,
        )
    ],
)


def _answer(status: str, asked: Recorded) -> Answer:
    if asked.method == "DELETE":
        return Answer(status=204, body=b"", headers={})
    if asked.method == "POST":
        return _json({"id": _JOB, "estimatedCost": {"credits": 60}})
    task = {"id": _JOB, "createdAt": "2026-08-26T06:30:33.796Z", "status": status}
    return _json(task | ({"output": [_URL], "cost": {"credits": 60}} if status[0] == "S" else {}))


def _json(value: object) -> Answer:
    return Answer(body=json.dumps(value).encode())


@contextmanager
def _server(status: str) -> Iterator[tuple[Recorder, runwayml.RunwayML]]:
    with (
        recorder(partial(_answer, status)) as running,
        runwayml.RunwayML(api_key=_KEY, base_url=running.url) as client,
    ):
        yield running, client


def _essence(asked: Recorded) -> tuple[str, str, object, dict[str, str | None]]:
    headers = {name: asked.headers.get(name) for name in _HEADERS}
    if asked.method == "DELETE":
        # The official client takes any answer to a cancel, which has no body, and names a type of
        # the body that it does not send.
        headers |= {"accept": None, "content-type": None}
    return asked.method, asked.path, json.loads(asked.body) if asked.body else None, headers


def _config(url: str, model: str, **more: Any) -> VideoGenerationConfig:
    return VideoGenerationConfig(
        provider="runway", model=model, base_url=url, api_key=_KEY, poll_interval=0, **more
    )


@_CASES
def test_a_generation_sends_what_the_official_client_sends(
    resource: str, request_: VideoGenerationRequest, arguments: dict[str, Any]
) -> None:
    with _server("SUCCEEDED") as (server, client):
        created = getattr(client, resource).create(**arguments)
        client.tasks.retrieve(created.id)
        theirs = server.take()
        config = _config(server.url, arguments["model"])
        response = generate_video(config, request_, providers={"runway": PROVIDER})
        ours = server.take()

    assert response.video == _URL
    assert [_essence(asked) for asked in ours] == [_essence(asked) for asked in theirs]


def test_a_cancel_sends_what_the_official_client_sends() -> None:
    # A running task is charged all the same, and left alone.
    with _server("PENDING") as (server, client):
        client.tasks.delete(_JOB)
        (theirs,) = server.take()
        config = _config(
            server.url,
            "gen4.5",
            max_poll_attempts=1,
            fallback_configs=[VideoGenerationConfig(provider="mock", model="mock")],
        )
        response = generate_video(
            config,
            VideoGenerationRequest(prompt="A cat"),
            providers={"runway": PROVIDER, "mock": MOCK},
        )
        *_, ours = server.take()

    assert response.is_mock
    assert response.execution_metadata is not None
    left = response.execution_metadata.attempts[0]
    assert (left.error_type, left.cancellation) == ("TimeoutError", "confirmed")
    assert _essence(ours) == _essence(theirs)


def test_both_read_the_same_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    with recorder(partial(_answer, "SUCCEEDED")) as server:
        monkeypatch.setenv("RUNWAYML_API_SECRET", _KEY)
        monkeypatch.setenv("RUNWAYML_BASE_URL", f"{server.url}/prefix/")
        with runwayml.RunwayML() as client:
            client.text_to_video.create(
                model="gen4.5", prompt_text="A cat", ratio="1280:720", duration=5
            )
        (theirs,) = server.take()
        config = VideoGenerationConfig(provider="runway", model="gen4.5", poll_interval=0)
        request = VideoGenerationRequest(prompt="A cat")
        generate_video(config, request, providers={"runway": PROVIDER})
        ours, poll = server.take()

    assert _essence(ours) == _essence(theirs)
    assert poll.path == f"/prefix/v1/tasks/{_JOB}"
