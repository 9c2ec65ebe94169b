"""Paths, buffers and open files of any class are taken, or refused with what is taken."""

import asyncio
import io
import pathlib
import tempfile
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import Any, NoReturn

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tarash.tarash_gateway import (
    ImageInput,
    MediaContent,
    MockConfig,
    MockResponse,
    ValidationError,
    VideoGenerationConfig,
    VideoGenerationRequest,
    generate_video,
    generate_video_async,
    plan_video,
)
from tarash.tarash_gateway.codec import from_json, to_json
from tarash.tarash_gateway.mock.clips import packaged_clip
from tarash.tarash_gateway.testing import fake_effects
from tarash.tarash_gateway.values.files import MediaFile, UploadedMedia
from tarash.tarash_gateway.values.media import Media, as_media

_PNG = b"\x89PNG\r\n\x1a\n" + bytes(8)
_GIF = b"GIF89a" + bytes(8)
_CLIP = packaged_clip("1:1").content


class _Path:
    """A path of a class that is not pathlib's."""

    def __init__(self, path: Any) -> None:
        self._path = path

    def __fspath__(self) -> Any:
        if isinstance(self._path, Exception):
            raise self._path
        return self._path


class _File:
    """A file of a class that is not io's."""

    def __init__(self, content: Any) -> None:
        self._content = content

    def read(self) -> Any:
        if isinstance(self._content, Exception):
            raise self._content
        return self._content


class _Hostile:
    """An object whose attributes cannot be asked for."""

    def __getattr__(self, name: str) -> NoReturn:
        raise RuntimeError(name)


def _refusal(value: Any, field: str = "image_list[0]") -> str:
    with pytest.raises(ValidationError) as found:
        as_media(field, value)
    assert field in found.value.message
    return found.value.message


@pytest.mark.parametrize("form", [bytes, bytearray, memoryview, io.BytesIO, _File])
def test_bytes_come_in_every_container(form: Callable[[bytes], Any]) -> None:
    assert as_media("video", form(_CLIP)) == MediaContent(_CLIP, "video/mp4")
    assert as_media("image", form(_PNG)) == MediaContent(_PNG, "image/png")


@pytest.mark.parametrize("form", [bytearray, memoryview])
def test_a_dictionary_takes_every_buffer(form: Callable[[bytes], Any]) -> None:
    given_ = {"content": form(_PNG), "content_type": "image/png"}
    assert as_media("image", given_) == MediaContent(_PNG, "image/png")


def test_bytes_that_are_changed_later_do_not_change_the_request() -> None:
    buffer = bytearray(_PNG)
    request = VideoGenerationRequest(prompt="p", image_list=[buffer])
    buffer[:] = _GIF
    assert request.image_list[0].image == MediaContent(_PNG, "image/png")


@pytest.mark.parametrize(
    "path", [_Path("a/b.png"), _Path(b"a/b.png"), PurePosixPath("a/b.png"), Path("a/b.png")]
)
def test_a_path_of_any_class_is_a_path(path: Any) -> None:
    assert as_media("image", path) == Path("a/b.png")


@pytest.mark.parametrize("path", [OSError("gone"), None, 7])
def test_a_path_that_has_no_path_is_refused(path: object) -> None:
    assert "pass a pathlib.Path" in _refusal(_Path(path))


def test_a_file_is_read_from_where_it_stands(tmp_path: Path) -> None:
    place = tmp_path / "clip"
    place.write_bytes(b"head" + _CLIP)
    with place.open("rb") as file:
        file.seek(4)
        request = VideoGenerationRequest(prompt="p", video=file)
        assert file.read() == b""
    # The file is closed, and the request has its bytes.
    assert request.video == MediaContent(_CLIP, "video/mp4")
    with tempfile.NamedTemporaryFile() as temporary:
        temporary.write(_PNG)
        temporary.seek(0)
        assert as_media("image", temporary) == MediaContent(_PNG, "image/png")


def test_a_file_of_unknown_bytes_goes_by_its_name(tmp_path: Path) -> None:
    place = tmp_path / "clip.mov"
    place.write_bytes(b"?")
    with place.open("rb") as file:
        assert as_media("video", file) == MediaContent(b"?", "video/quicktime")


def test_a_text_file_is_refused_with_what_to_do(tmp_path: Path) -> None:
    place = tmp_path / "clip.mp4"
    place.write_bytes(_CLIP)
    with place.open(encoding="utf-8") as file:
        assert _refusal(file) == (
            "image_list[0] is a file that was opened as text: open it with the mode 'rb'"
        )
    assert "opened as text" in _refusal(io.StringIO("text"))
    assert "opened as text" in _refusal(_File("text"))


def test_a_file_that_cannot_be_read_is_refused() -> None:
    closed = io.BytesIO(_PNG)
    closed.close()
    assert "could not be read (I/O operation on closed file.)" in _refusal(closed)
    assert "could not be read (the disk is gone)" in _refusal(_File(OSError("the disk is gone")))
    assert "seek to its beginning" in _refusal(io.BytesIO())
    assert "must be bytes, not None" in _refusal(_File(None))
    released = memoryview(_PNG)
    released.release()
    assert "released" in _refusal(released)


@pytest.mark.parametrize("value", [b"", b"<html>", bytearray(b"?"), io.BytesIO(b"RIFF0000WAVE")])
def test_bytes_of_no_image_and_no_video_are_refused_with_what_is_taken(value: object) -> None:
    assert "JPEG, PNG, WebP, GIF, HEIC, AVIF, MP4, MOV, WebM" in _refusal(value)


@pytest.mark.parametrize("value", [None, 5, object(), [], {}, {"content": b"x"}])
def test_what_is_no_medium_is_refused_with_the_forms(value: object) -> None:
    assert "a path, an open binary file" in _refusal(value)


def test_an_object_that_refuses_to_be_asked_is_refused() -> None:
    assert "a path, an open binary file" in _refusal(_Hostile())


def _view(content: bytes) -> memoryview:
    return memoryview(content)


_VALUES = st.one_of(
    st.none(),
    st.integers(),
    st.text(),
    st.binary(),
    st.binary().map(bytearray),
    st.binary().map(_view),
    st.binary().map(io.BytesIO),
    st.text().map(io.StringIO),
    st.sampled_from(
        [OSError("x"), None, 5, "x", b"x", "\0", "a\ud800", _PNG, b"\xff\xfe", ValueError()]
    ).flatmap(lambda inner: st.sampled_from([_Path(inner), _File(inner)])),
    st.just(_Hostile()),
    st.dictionaries(st.sampled_from(["content", "content_type", "image"]), st.binary() | st.text()),
    st.text().map(lambda text: f"data:{text}"),
)


@given(_VALUES)
def test_any_value_is_a_medium_or_is_refused(value: object) -> None:
    try:
        medium = as_media("video", value)
    except ValidationError:
        return
    assert isinstance(medium, Media)
    assert as_media("video", medium) == medium


# The type of bytes.


@pytest.mark.parametrize(
    ("declared", "content", "kind"),
    [
        ("image/jpg", b"?", "image/jpeg"),
        ("image/pjpeg", b"\xff\xd8\xff\xe0", "image/jpeg"),
        ("IMAGE/X-PNG", _PNG, "image/png"),
        ("video/x-quicktime", b"?", "video/quicktime"),
        ("audio/x-m4a", b"\0\0\0\x14ftypM4A ", "audio/mp4"),
        ("audio/m4a", b"?", "audio/mp4"),
        ("image/png; charset=binary", _PNG, "image/png"),
        ("image/heif", b"\0\0\0\x10ftypheic\0\0\0\0", "image/heic"),
        ("video/x-m4v", b"\0\0\0\x10ftypM4V \0\0\0\0", "video/mp4"),
        ("video/mp4", b"\0\0\0\x10ftypM4V \0\0\0\0", "video/mp4"),
        ("application/octet-stream", _GIF, "image/gif"),
        ("", _GIF, "image/gif"),
        ("", b"?", "application/octet-stream"),
        ("image/bmp", b"?", "image/bmp"),
    ],
)
def test_an_alias_becomes_the_registered_name(declared: str, content: bytes, kind: str) -> None:
    medium = as_media("image", MediaContent(content, declared))
    assert medium == MediaContent(content, kind)
    assert isinstance(medium, MediaContent)
    assert medium.declared is None


def test_the_bytes_win_over_the_declared_type() -> None:
    medium = as_media("image", MediaContent(_GIF, "image/png"))
    assert medium == MediaContent(_GIF, "image/gif")
    assert isinstance(medium, MediaContent)
    assert medium.declared == "image/png"
    assert "declared" not in repr(medium)
    assert dict(medium) == {"content": _GIF, "content_type": "image/gif"}
    assert as_media("image", medium) is medium


_WARNING = "was declared as 'image/jpeg', but its bytes are image/png: image/png is used"
_VEO = VideoGenerationConfig(
    provider="fal", model="fal-ai/veo3.1/image-to-video", api_key="k", unsupported="error"
)


@pytest.mark.parametrize(
    "image",
    [
        MediaContent(_PNG, "image/jpeg"),
        {"content": _PNG, "content_type": "image/jpeg"},
        "data:image/jpeg;base64,iVBORw0KGgoAAAAAAAAAAA==",
        ImageInput(image=MediaContent(_PNG, "image/jpeg")),
        {"image": {"content": _PNG, "content_type": "image/jpeg"}},
    ],
)
def test_a_wrong_declaration_is_a_warning_and_nothing_more(image: Any) -> None:
    request = VideoGenerationRequest(prompt="p", image_list=[image])
    plan = plan_video(_VEO, request, effects=fake_effects())
    assert plan.warnings == (f"image_list[0] {_WARNING}",)
    assert str((plan.body or {})["image_url"]).startswith("data:image/png;base64,")


def test_a_video_and_every_model_of_a_chain_warn_too() -> None:
    config = VideoGenerationConfig(provider="fal", model="fal-ai/veo3.1/extend-video", api_key="k")
    request = VideoGenerationRequest(prompt="p", video=MediaContent(_CLIP, "video/webm"))
    plan = plan_video(config, request, effects=fake_effects())
    assert "video was declared as 'video/webm', but its bytes are video/mp4: video/mp4 is used" in (
        plan.warnings
    )


async def test_the_mock_s_own_video_warns() -> None:
    video = MediaContent(_CLIP, "video/webm")
    mock = MockConfig(responses=[MockResponse(output_video=video)])
    config = attrs.evolve(_VEO, api_key=None, mock=mock)
    request = VideoGenerationRequest(prompt="p", image_list=[_PNG])
    response = generate_video(config, request, effects=fake_effects())
    assert response.video == MediaContent(_CLIP, "video/mp4")
    assert response.warnings[0] == (
        "mock.responses[0].output_video was declared as 'video/webm', but its bytes are "
        "video/mp4: video/mp4 is used"
    )
    again = await generate_video_async(config, request, effects=fake_effects())
    assert again.warnings == response.warnings


def test_a_type_that_the_bytes_show_is_not_mentioned() -> None:
    request = VideoGenerationRequest(prompt="p", image_list=[MediaContent(_PNG, "image/x-png")])
    assert plan_video(_VEO, request, effects=fake_effects()).warnings == ()


# JSON.


def test_a_request_with_each_form_survives_json(tmp_path: Path) -> None:
    uploaded = UploadedMedia(url="runway://a", content_type="image/png")
    request = VideoGenerationRequest(
        prompt="p",
        image_list=[_PNG, Path("a.png"), "https://example.com/a.png", uploaded],
        video=io.BytesIO(_CLIP),
    )
    assert from_json(to_json(request), VideoGenerationRequest) == request
    wrong = VideoGenerationRequest(prompt="p", video=MediaContent(_CLIP, "video/webm"))
    assert from_json(to_json(wrong), VideoGenerationRequest) == wrong
    place = tmp_path / "a.mp4"
    file = MediaFile(path=place, size=9, content_type="video/mp4", read=lambda *_: (b"",))
    back = from_json(
        to_json(VideoGenerationRequest(prompt="p", video=file)), VideoGenerationRequest
    )
    assert back.video == place


def test_a_request_is_made_in_any_thread() -> None:
    async def make() -> VideoGenerationRequest:
        return await asyncio.to_thread(VideoGenerationRequest, prompt="p", video=io.BytesIO(_CLIP))

    assert asyncio.run(make()).video == MediaContent(_CLIP, "video/mp4")


def test_pathlib_s_own_suffixes_need_no_bytes() -> None:
    assert as_media("image", pathlib.PurePath("a.heic")) == Path("a.heic")
