"""google-genai and this library, pointed at one recorder, ask for the same things.

Release 2.19.0 still submits Veo jobs with a key. What 3.6.1 sends to Vertex AI is on a tape.
"""

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import pytest
import yaml
from google import genai
from google.genai import types
from google.oauth2.credentials import Credentials
from tests.support.recorder import Answer, Recorded, Recorder, recorder

from tarash.tarash_gateway import VideoGenerationConfig, VideoGenerationRequest, generate_video
from tarash.tarash_gateway.http.messages import HttpRequest, JsonBody
from tarash.tarash_gateway.lifecycle.keys import authenticate_request
from tarash.tarash_gateway.providers.base import Job, Target
from tarash.tarash_gateway.providers.google.provider import PROVIDER
from tarash.tarash_gateway.values.media import MediaContent
from tarash.tarash_gateway.values.secrets import Secret

_KEY: Final = "AQ.key"
_MODEL: Final = "veo-3.1-generate-preview"
_JOB: Final = f"models/{_MODEL}/operations/vz341u0pmdlc"
_FILE: Final = "/v1beta/files/qu4d28uipuqh:download?alt=media"
_URI: Final = f"https://generativelanguage.googleapis.com{_FILE}"
_PNG: Final = b"\x89PNG\r\n\x1a\n"
_JPEG: Final = b"\xff\xd8\xff\xe0"
_MP4: Final = b"\x00\x00\x00\x0cftypmp42\x00\x00\x00\x08mdat"
# What the official client was given when the tape was recorded.
_TAPED: Final = b"\x00\x00\x00\x00ftypmp42"
_IMAGE: Final = types.Image(image_bytes=_PNG, mime_type="image/png")
_OUR_PNG: Final = MediaContent(_PNG, "image/png")
# What the server decides by. The official client accepts "*/*", we JSON; the rest names the
# client's own software. It calls the nothing under a GET JSON as well.
_CREDENTIALS: Final = ("x-goog-api-key", "authorization")


def _answer(asked: Recorded) -> Answer:
    if ":download" in asked.path:
        return Answer(body=_MP4, headers={"Content-Type": "video/mp4"})
    if "/interactions" in asked.path:
        running = asked.method == "POST" and not asked.path.endswith("cancel")
        part = {"type": "video", "mime_type": "video/mp4", "data": base64.b64encode(_MP4).decode()}
        steps = [{"type": "model_output", "content": [part]}]
        body: Any = {"id": "v1_abc", "object": "interaction", "model": "gemini-omni-1.1-flash"}
        done = {"status": "completed", "steps": steps}
        return _json(body | ({"status": "in_progress"} if running else done))
    if asked.method == "POST":
        return _json({"name": _JOB})
    samples = [{"video": {"uri": _URI}}]
    response = {"generateVideoResponse": {"generatedSamples": samples}}
    return _json({"name": _JOB, "done": True, "response": response})


def _json(value: object) -> Answer:
    return Answer(body=json.dumps(value).encode())


@contextmanager
def _server(**client: Any) -> Iterator[tuple[Recorder, genai.Client]]:
    with recorder(_answer) as running, pytest.MonkeyPatch.context() as patch:
        for name in ("GOOGLE_API_KEY", "GEMINI_API_KEY", "GOOGLE_CLOUD_PROJECT"):
            patch.delenv(name, raising=False)
        options = types.HttpOptions(base_url=running.url)
        official = genai.Client(http_options=options, **client)
        try:
            yield running, official
        finally:
            official.close()


def _essence(asked: Recorded) -> tuple[str, str, object, list[str | None]]:
    credentials = [asked.headers.get(name) for name in _CREDENTIALS]
    kind = asked.headers.get("content-type") if asked.body else None
    body = json.loads(asked.body) if asked.body else None
    return asked.method, asked.path, body, [*credentials, kind]


def _ours(server: Recorder, model: str, request: VideoGenerationRequest, **more: Any) -> list[Any]:
    config = VideoGenerationConfig(
        provider="google",
        model=model,
        base_url=server.url,
        api_key=_KEY,
        poll_interval=0,
        **more,
    )
    response = generate_video(config, request, providers={"google": PROVIDER})
    assert response.video == MediaContent(_MP4, "video/mp4")
    return [_essence(asked) for asked in server.take()]


_Source = types.GenerateVideosSource
_Config = types.GenerateVideosConfig


@pytest.mark.parametrize(
    ("source", "config", "request_"),
    [
        pytest.param(
            _Source(prompt="T0 text"), None, VideoGenerationRequest(prompt="T0 text"), id="text"
        ),
        pytest.param(
            _Source(prompt="T1 all"),
            _Config(
                number_of_videos=1,
                duration_seconds=8,
                aspect_ratio="16:9",
                resolution="1080p",
                person_generation="allow_adult",
                negative_prompt="blur",
                enhance_prompt=True,
            ),
            VideoGenerationRequest(
                prompt="T1 all",
                duration_seconds=8,
                aspect_ratio="16:9",
                resolution="1080p",
                negative_prompt="blur",
                enhance_prompt=True,
                extra_params={"person_generation": "allow_adult", "number_of_videos": 1},
            ),
            id="every option",
        ),
        pytest.param(
            _Source(prompt="T2 image", image=_IMAGE),
            None,
            VideoGenerationRequest(prompt="T2 image", image_list=[_OUR_PNG]),
            id="image",
        ),
        pytest.param(
            _Source(prompt="T3 last", image=_IMAGE),
            _Config(last_frame=types.Image(image_bytes=_JPEG, mime_type="image/jpeg")),
            VideoGenerationRequest(
                prompt="T3 last",
                image_list=[
                    _OUR_PNG,
                    {"image": MediaContent(_JPEG, "image/jpeg"), "type": "last_frame"},
                ],
            ),
            id="first and last frame",
        ),
        pytest.param(
            _Source(prompt="T4 refs"),
            _Config(
                reference_images=[
                    types.VideoGenerationReferenceImage(
                        image=_IMAGE, reference_type=types.VideoGenerationReferenceType.ASSET
                    )
                ]
                * 2
            ),
            VideoGenerationRequest(
                prompt="T4 refs", image_list=[{"image": _OUR_PNG, "type": "asset"}] * 2
            ),
            id="references",
        ),
        pytest.param(
            _Source(prompt="T5 extend", video=types.Video(uri=_URI)),
            _Config(resolution="720p"),
            VideoGenerationRequest(prompt="T5 extend", video=_URI, resolution="720p"),
            id="extension",
        ),
    ],
)
def test_a_veo_job_sends_what_the_official_client_sends(
    source: types.GenerateVideosSource,
    config: types.GenerateVideosConfig | None,
    request_: VideoGenerationRequest,
) -> None:
    with _server(api_key=_KEY) as (server, client):
        operation = client.models.generate_videos(model=_MODEL, source=source, config=config)
        done = client.operations.get(operation)
        assert done.response is not None
        assert done.response.generated_videos is not None
        client.files.download(file=done.response.generated_videos[0])
        theirs = [_essence(asked) for asked in server.take()]
        ours = _ours(server, _MODEL, request_)
    # Submission, poll, and the download below the base URL whatever host the URI names.
    assert len(theirs) == 3
    assert ours == theirs


# The client reads a field of its own that it calls deprecated.
_ITS_OWN_WARNING: Final = "ignore:.*DEPRECATED:DeprecationWarning"
_TEXT_PART: Final = {"type": "text", "text": "O1 <FIRST_FRAME>"}
_IMAGE_PART: Final = {"type": "image", "data": "iVBORw0KGgo=", "mime_type": "image/png"}
_VIDEO_URI: Final = "https://generativelanguage.googleapis.com/v1beta/files/abc123"


@pytest.mark.filterwarnings(_ITS_OWN_WARNING)
@pytest.mark.parametrize(
    ("arguments", "request_"),
    [
        pytest.param({"input": "O0"}, VideoGenerationRequest(prompt="O0"), id="text"),
        pytest.param(
            {
                "input": [_TEXT_PART, _IMAGE_PART],
                "generation_config": {"seed": 0, "video_config": {"task": "image_to_video"}},
                "response_format": {
                    "type": "video",
                    "aspect_ratio": "9:16",
                    "duration": "4s",
                    "resolution": "1080p",
                },
            },
            VideoGenerationRequest(
                # Roles in the prompt are the caller's: else ours would be put before it.
                prompt="O1 <FIRST_FRAME>",
                image_list=[_OUR_PNG],
                seed=0,
                aspect_ratio="9:16",
                duration_seconds=4,
                resolution="1080p",
                extra_params={"task": "image_to_video"},
            ),
            id="image",
        ),
        pytest.param(
            {
                "input": [
                    {"type": "text", "text": "O2"},
                    {"type": "video", "uri": _VIDEO_URI},
                ],
                "generation_config": {"video_config": {"task": "edit"}},
                "store": True,
            },
            VideoGenerationRequest(
                prompt="O2", video=_VIDEO_URI, extra_params={"task": "edit", "store": True}
            ),
            id="video",
        ),
    ],
)
def test_an_interaction_sends_what_the_official_client_sends(
    arguments: dict[str, Any], request_: VideoGenerationRequest
) -> None:
    model = "gemini-omni-1.1-flash"
    with _server(api_key=_KEY) as (server, client):
        client.interactions.create(
            model=model, background=True, response_modalities=["video"], **arguments
        )
        client.interactions.get("v1_abc")
        theirs = [_essence(asked) for asked in server.take()]
        ours = _ours(server, model, request_)
    assert ours == theirs


@pytest.mark.filterwarnings(_ITS_OWN_WARNING)
@pytest.mark.parametrize("model", [_MODEL, "gemini-omni-1.1-flash"])
def test_a_webhook_is_asked_for_as_the_official_client_asks(model: str) -> None:
    hook = "https://example.com/hook?for=a%20kite"
    with _server(api_key=_KEY) as (server, client):
        if model == _MODEL:
            client.models.generate_videos(
                model=model,
                source=_Source(prompt="T9 hook"),
                config=_Config(webhook_config=types.WebhookConfig(uris=[hook])),
            )
        else:
            client.interactions.create(
                model=model,
                background=True,
                input="T9 hook",
                response_modalities=["video"],
                webhook_config={"uris": [hook]},
            )
        (theirs,) = server.take()
        request = VideoGenerationRequest(prompt="T9 hook")
        ours, *_ = _ours(server, model, request, webhook_url=hook)
    assert ours == _essence(theirs)


def test_a_cancel_sends_what_the_official_client_sends() -> None:
    with _server(api_key=_KEY) as (server, client):
        client.interactions.cancel("v1_abc")
        (theirs,) = server.take()
        target = _target("gemini-omni-1.1-flash", server.url, _KEY)
        assert target.provider.cancel is not None
        ours = authenticate_request(target, target.provider.cancel(target, Job(id="v1_abc")))
    method, path, body, (key, *_) = _essence(theirs)
    assert (ours.method, ours.url, ours.body) == (method, f"{server.url}{path}", body)
    assert ours.credential == {"x-goog-api-key": key}


# Vertex AI.

_SETTINGS: Final = {"project": "my-project", "location": "us-central1"}


def _target(model: str, base_url: str, key: str, **more: Any) -> Target:
    config = VideoGenerationConfig(provider="google", model=model, base_url=base_url, **more)
    assert PROVIDER.variant is not None
    return Target(provider=PROVIDER.variant(config, {}), config=config, key=Secret(key))


def test_vertex_gets_the_token_as_the_official_client_gives_it() -> None:
    model = "veo-3.1-generate-001"
    credentials = Credentials("FAKE_OAUTH_TOKEN")
    with _server(vertexai=True, credentials=credentials, **_SETTINGS) as (server, client):
        client.models.generate_videos(
            model=model, source=_Source(prompt="V0"), config=_Config(number_of_videos=1)
        )
        (theirs,) = server.take()
        target = _target(
            model,
            server.url,
            "FAKE_OAUTH_TOKEN",
            api_version="v1beta1",
            provider_config=_SETTINGS,
        )
        submission = target.provider.submit(target, VideoGenerationRequest(prompt="V0")).unwrap()
        ours = authenticate_request(target, submission.request)
    method, path, body, (_, token, _) = _essence(theirs)
    assert _sent(ours) == (method, path, body)
    assert ours.credential == {"Authorization": token}


_TAPE: Final = Path(__file__).parents[2] / "cassettes" / "google" / "sdk_vertex.yaml"
_BUCKET_IMAGE: Final = "gs://b/i.png"
_VEO_JOB: Final = Job(
    id="projects/my-project/locations/us-central1/publishers/google/models/veo-3.1-generate-001"
    "/operations/9d2fc0b5-5bdf-4b5f-9a41-82970515e20b"
)
_STORIES: Final[dict[str, tuple[str, VideoGenerationRequest]]] = {
    "text": ("veo-3.1-generate-001", VideoGenerationRequest(prompt="V0 text")),
    "every option": (
        "veo-3.1-generate-001",
        VideoGenerationRequest(
            prompt="V1 all",
            image_list=[_BUCKET_IMAGE],
            duration_seconds=8,
            seed=0,
            aspect_ratio="16:9",
            resolution="1080p",
            negative_prompt="blur",
            enhance_prompt=True,
            generate_audio=True,
            extra_params={
                "number_of_videos": 1,
                "output_gcs_uri": "gs://b/o/",
                "fps": 24,
                "person_generation": "allow_adult",
                "pubsub_topic": "projects/my-project/topics/t",
                "compression_quality": "LOSSLESS",
                "resize_mode": "PAD",
                "labels": {"k": "v"},
            },
        ),
    ),
    "first and last frame": (
        "veo-3.1-generate-001",
        VideoGenerationRequest(
            prompt="V2 last",
            image_list=[_OUR_PNG, {"image": _BUCKET_IMAGE, "type": "last_frame"}],
        ),
    ),
    "references": (
        "veo-3.1-generate-001",
        VideoGenerationRequest(
            prompt="V3 refs",
            image_list=[
                {"image": _BUCKET_IMAGE, "type": "asset"},
                {"image": _OUR_PNG, "type": "asset"},
            ],
        ),
    ),
    "styles": (
        "veo-2.0-generate-exp",
        VideoGenerationRequest(
            prompt="V3 style", image_list=[{"image": _OUR_PNG, "type": "style"}]
        ),
    ),
    "extension from a bucket": (
        "veo-3.1-generate-001",
        VideoGenerationRequest(
            prompt="V4 ext", video="gs://b/v.mp4", extra_params={"output_gcs_uri": "gs://b/o/"}
        ),
    ),
    "extension from bytes": (
        "veo-3.1-generate-001",
        VideoGenerationRequest(prompt="V5 ext", video=MediaContent(_TAPED, "video/mp4")),
    ),
    "interaction": (
        "gemini-omni-1.2-flash",
        VideoGenerationRequest(
            prompt="O4 vertex",
            duration_seconds=4.5,
            aspect_ratio="9:16",
            resolution="1080p",
            seed=0,
            extra_params={"task": "text_to_video", "gcs_uri": "gs://b/o/"},
        ),
    ),
    "interaction with media": (
        "gemini-omni-1.2-flash",
        VideoGenerationRequest(prompt="O5 edit", image_list=[_OUR_PNG], video="gs://b/v.mp4"),
    ),
}


def _recorded() -> dict[str, tuple[str, str, Any]]:
    tape = yaml.safe_load(_TAPE.read_text(encoding="utf-8"))
    return {
        played["response"]["headers"]["X-Story"][0]: _asked(played["request"])
        for played in tape["interactions"]
    }


def _asked(request: dict[str, Any]) -> tuple[str, str, Any]:
    body = json.loads(request["body"]) if request["body"] else None
    return request["method"], _path(request["uri"]), body


def _path(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def _sent(request: HttpRequest) -> tuple[str, str, Any]:
    body = request.body.value if isinstance(request.body, JsonBody) else None
    return request.method, _path(request.url), body


def _vertex(model: str) -> Target:
    # The client says v1beta1 always; we say v1 for stable models, unless told otherwise.
    make = partial(_target, model, "http://127.0.0.1", "token", api_version="v1beta1")
    location = "global" if model.startswith("gemini") else "us-central1"
    return make(provider_config={"project": "my-project", "location": location})


def _as_theirs(story: str, sent: tuple[str, str, Any]) -> tuple[str, str, Any]:
    """Take out what we send and the official client does not."""
    method, path, body = sent
    if "instances" in body and story != "every option":
        # One video is asked for always: Google's pages disagree on the default number.
        parameters = {k: v for k, v in body["parameters"].items() if k != "sampleCount"}
        rest = {name: value for name, value in body.items() if name != "parameters"}
        return method, path, rest | ({"parameters": parameters} if parameters else {})
    if story == "interaction with media":
        # The prompt names the roles of Omni's images. Source: google-gemini/gemini-skills,
        # skills/gemini-omni-flash-api/SKILL.md, 2026-08.
        text, *parts = body["input"][0]["content"]
        bare = {**text, "text": text["text"].removeprefix("[# Sources <FIRST_FRAME>@Image1] ")}
        return method, path, {**body, "input": [{"type": "user_input", "content": [bare, *parts]}]}
    return sent


@pytest.mark.parametrize("story", _STORIES)
def test_a_submission_to_vertex_is_the_newest_client_s(story: str) -> None:
    model, request = _STORIES[story]
    target = _vertex(model)
    submission = target.provider.submit(target, request).unwrap()
    assert submission.adjusted == ()
    assert _as_theirs(story, _sent(submission.request)) == _recorded()[story]


def test_asking_vertex_for_a_job_is_the_newest_client_s() -> None:
    tape, veo, omni = _recorded(), _vertex("veo-3.1-generate-001"), _vertex("gemini-omni-1.2-flash")
    assert _sent(veo.provider.poll(veo, _VEO_JOB)) == tape["poll"]
    job = Job(id="v1_abc")
    assert _sent(omni.provider.poll(omni, job)) == tape["interaction poll"]
    assert omni.provider.cancel is not None
    assert _sent(omni.provider.cancel(omni, job)) == tape["interaction cancel"]


def test_every_story_of_the_tape_is_compared() -> None:
    asked = {"poll", "interaction poll", "interaction cancel"}
    assert set(_recorded()) == set(_STORIES) | asked
