"""The official client and this library, pointed at one recorder, ask for the same things."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final, TypeAlias

import pytest
from openai import AzureOpenAI, OpenAI
from tests.support.pictures import png
from tests.support.recorder import Answer, Recorded, Recorder, recorder

from tarash.tarash_gateway import (
    ImageType,
    ValidationError,
    VideoGenerationConfig,
    VideoGenerationRequest,
    generate_video,
    plan_video,
)
from tarash.tarash_gateway.providers.azure_openai.provider import PROVIDER as AZURE
from tarash.tarash_gateway.providers.openai.provider import PROVIDER as OPENAI
from tarash.tarash_gateway.values.media import MediaContent

# Its video methods say on each call that OpenAI's own servers have none any more.
pytestmark = pytest.mark.filterwarnings("ignore:The Sora API is scheduled:DeprecationWarning")

_PNG: Final = MediaContent(png(720, 1280) + bytes(range(64)), "image/png")
_MP4: Final = MediaContent(b"\x00\x00\x00\x18ftypmp42" + b"0" * 64, "video/mp4")
_PNG_FILE: Final = ("input_reference.png", _PNG.content, "image/png")
_MP4_FILE: Final = ("video.mp4", _MP4.content, "video/mp4")
_ID: Final = "video_123"
_PROVIDERS: Final = {"openai": OPENAI, "azure-openai": AZURE}
# What the server decides by; the rest names the client's own software.
_HEADERS: Final = ("authorization", "api-key", "openai-organization", "openai-project", "accept")

_Call: TypeAlias = Callable[[OpenAI], object]


def _answer(asked: Recorded) -> Answer:
    if asked.path.partition("?")[0].endswith("/content"):
        return Answer(body=_MP4.content, headers={"Content-Type": "video/mp4"})
    # A job that is done at once would be fetched without a poll.
    status = "queued" if asked.method == "POST" else "completed"
    video = {"id": _ID, "object": "video", "status": status, "seconds": "8"}
    return Answer(body=json.dumps(video).encode())


@contextmanager
def _openai() -> Iterator[tuple[Recorder, OpenAI]]:
    with recorder(_answer) as server:
        client = OpenAI(
            api_key="sk-1",
            organization="org-1",
            project="proj-1",
            base_url=f"{server.url}/v1",
            max_retries=0,
        )
        with client:
            yield server, client


@contextmanager
def _azure(api_version: str) -> Iterator[tuple[Recorder, AzureOpenAI]]:
    with recorder(_answer) as server:
        client = AzureOpenAI(
            api_key="key-1",
            # Given an endpoint instead, it leaves "v1" out: no page of Microsoft's knows that path.
            base_url=f"{server.url}/openai/v1/",
            api_version=api_version,
            max_retries=0,
        )
        with client:
            yield server, client


def _ours(server: Recorder, provider: str, request: VideoGenerationRequest, **more: Any) -> None:
    settings = {"organization": "org-1", "project": "proj-1"}
    config = VideoGenerationConfig(
        provider=provider,
        model="openai/sora-2",
        poll_interval=0,
        provider_config=settings if provider == "openai" else {},
        base_url=f"{server.url}/v1" if provider == "openai" else server.url,
        api_key="sk-1" if provider == "openai" else "key-1",
        **more,
    )
    response = generate_video(config, request, providers=_PROVIDERS)
    assert response.video == _MP4


def _parts(asked: Recorded) -> list[tuple[str, bytes]]:
    """Return the head and the content of each part of a form."""
    mark = b"--" + asked.headers["content-type"].partition("boundary=")[2].encode()
    _, *chunks, end = asked.body.split(mark)
    assert end == b"--\r\n"
    pairs = (chunk.removeprefix(b"\r\n").partition(b"\r\n\r\n") for chunk in chunks)
    return [(head.decode(), content.removesuffix(b"\r\n")) for head, _, content in pairs]


def _body(asked: Recorded) -> Any:
    kind = asked.headers.get("content-type", "").partition(";")[0]
    if kind == "multipart/form-data":
        return kind, _parts(asked)
    return kind, json.loads(asked.body) if asked.body else None


def _essence(asked: Recorded) -> Any:
    headers = {name: asked.headers.get(name) for name in _HEADERS}
    return asked.method, asked.path, headers, _body(asked)


def _as_json(asked: Recorded) -> Any:
    """Return a form of texts as the JSON that says the same."""
    head = 'Content-Disposition: form-data; name="'
    fields = {h.removeprefix(head).removesuffix('"'): c.decode() for h, c in _parts(asked)}
    return *_essence(asked)[:3], ("application/json", fields)


_FULL: Final = VideoGenerationRequest(
    prompt="a fox runs — slowly", duration_seconds=8, resolution="720p", aspect_ratio="16:9"
)
_IMAGE: Final = VideoGenerationRequest(
    prompt="a fox runs — slowly",
    duration_seconds=8,
    aspect_ratio="9:16",
    image_list=[{"image": _PNG, "type": "reference"}],
    characters=[{"id": "char_1"}, {"id": "char_2"}],
    flag=True,
)


def _text_call(client: OpenAI) -> object:
    return client.videos.create(
        prompt="a fox runs — slowly", model="sora-2", seconds="8", size="1280x720"
    )


def _image_call(client: OpenAI) -> object:
    return client.videos.create(
        prompt="a fox runs — slowly",
        model="sora-2",
        seconds="8",
        size="720x1280",
        input_reference=_PNG_FILE,
        extra_body={"characters": [{"id": "char_1"}, {"id": "char_2"}], "flag": True},
    )


_REMIX: Final = VideoGenerationRequest(prompt="bow", remix_video_id="video/1")
_REMIX_BY_ITS_NAME: Final = VideoGenerationRequest(prompt="bow", video_id="video/1")
_EDIT: Final = VideoGenerationRequest(prompt="bow", video=_MP4)
_EXTENSION: Final = VideoGenerationRequest(prompt="bow", duration_seconds=8, video=_MP4)


def _remix_call(client: OpenAI) -> object:
    return client.videos.remix("video/1", prompt="bow")


def _edit_call(client: OpenAI) -> object:
    # The API wants a model beside an upload, for which the client has no argument.
    return client.videos.edit(prompt="bow", video=_MP4_FILE, extra_body={"model": "sora-2"})


def _extension_call(client: OpenAI) -> object:
    return client.videos.extend(prompt="bow", seconds="8", video=_MP4_FILE)


@pytest.mark.parametrize(
    ("request_", "call"),
    [
        pytest.param(_FULL, _text_call, id="text"),
        pytest.param(_IMAGE, _image_call, id="image"),
        pytest.param(_REMIX, _remix_call, id="remix"),
        pytest.param(_REMIX_BY_ITS_NAME, _remix_call, id="video_id"),
        pytest.param(_EDIT, _edit_call, id="edit"),
        pytest.param(_EXTENSION, _extension_call, id="extension"),
    ],
)
def test_a_generation_sends_what_the_official_client_sends(
    request_: VideoGenerationRequest, call: _Call
) -> None:
    with _openai() as (server, client):
        call(client)
        client.videos.retrieve(_ID)
        client.videos.download_content(_ID)
        theirs = server.take()
        _ours(server, "openai", request_)
        ours = server.take()
    assert [_essence(asked) for asked in ours] == [_essence(asked) for asked in theirs]


def test_openai_itself_is_sent_the_same_text_as_json() -> None:
    # It takes both, and JSON has lists and objects.
    with _openai() as (server, client):
        _text_call(client)
        (theirs,) = server.take()
    config = VideoGenerationConfig(
        provider="openai", model="sora-2", base_url="https://eu.api.openai.com/v1", api_key="sk-1"
    )
    plan = plan_video(config, _FULL, providers=_PROVIDERS)
    assert ("application/json", plan.body) == _as_json(theirs)[3]


def test_what_the_official_client_cannot_send_goes_as_the_reference_says() -> None:
    # Its types allow objects in place of files, and its code refuses them.
    with _openai() as (server, client):
        with pytest.raises(RuntimeError):
            client.videos.create(
                prompt="a", input_reference={"image_url": "https://example.com/a.png"}
            )
        with pytest.raises(RuntimeError):
            client.videos.edit(prompt="a", video={"id": "video_1"})
        assert server.take() == []
        image = VideoGenerationRequest(prompt="a", image_list=["https://example.com/a.png"])
        _ours(server, "openai", image)
        create, *_ = server.take()
        edit_request = VideoGenerationRequest(prompt="a", video=f"{server.url}/v1/videos/video_1")
        _ours(server, "openai", edit_request)
        edit, *_ = server.take()
    reference = {"image_url": "https://example.com/a.png"}
    assert _body(create)[1] == {"prompt": "a", "model": "sora-2", "input_reference": reference}
    assert (edit.path, _body(edit)[1]) == (
        "/v1/videos/edits",
        {"prompt": "a", "video": {"id": "video_1"}},
    )


def test_a_last_frame_has_no_place_in_either() -> None:
    frames: list[ImageType] = [
        {"image": _PNG, "type": "first_frame"},
        {"image": _PNG, "type": "last_frame"},
    ]
    with _openai() as (server, _):
        with pytest.raises(ValidationError, match="last_frame"):
            _ours(server, "openai", VideoGenerationRequest(prompt="a", image_list=frames))
        assert server.take() == []


@pytest.mark.parametrize("version", ["v1", "preview"])
@pytest.mark.parametrize(
    ("request_", "call"),
    [
        pytest.param(_IMAGE, _image_call, id="image"),
        pytest.param(_REMIX, _remix_call, id="remix"),
    ],
)
def test_azure_is_asked_as_the_official_client_asks(
    request_: VideoGenerationRequest, call: _Call, version: str
) -> None:
    with _azure(version) as (server, client):
        call(client)
        client.videos.retrieve(_ID)
        client.videos.download_content(_ID, variant="video")
        theirs = server.take()
        _ours(server, "azure-openai", request_, api_version=version)
        ours = server.take()
    assert [_essence(asked) for asked in ours] == [_essence(asked) for asked in theirs]


def test_a_text_is_sent_to_azure_as_json() -> None:
    # As at OpenAI.
    with _azure("preview") as (server, client):
        _text_call(client)
        (theirs,) = server.take()
        _ours(server, "azure-openai", _FULL, api_version="preview")
        ours, *_ = server.take()
    assert _essence(ours) == _as_json(theirs)
