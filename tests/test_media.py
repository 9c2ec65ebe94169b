"""Every form in which a user may give a picture or a video."""

import base64
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tarash.tarash_gateway import ImageInput, MediaContent, ValidationError
from tarash.tarash_gateway.values.media import as_image, as_media, as_url, content_type_of

_PNG = b"\x89PNG\r\n\x1a\n" + bytes(8)


@pytest.mark.parametrize(
    ("given_", "kept"),
    [
        ("https://example.com/a.png", "https://example.com/a.png"),
        ("gs://bucket/a.png", "gs://bucket/a.png"),
        (Path("a.png"), Path("a.png")),
        (MediaContent(_PNG, "image/png"), MediaContent(_PNG, "image/png")),
        ({"content": _PNG, "content_type": "image/png"}, MediaContent(_PNG, "image/png")),
        (base64.b64encode(_PNG).decode(), MediaContent(_PNG, "image/png")),
        (
            "data:image/png;base64," + base64.b64encode(_PNG).decode(),
            MediaContent(_PNG, "image/png"),
        ),
        ("data:,hello", MediaContent(b"hello", "application/octet-stream")),
    ],
)
def test_a_medium_has_one_of_three_inner_forms(given_: object, kept: object) -> None:
    assert as_media("image", given_) == kept


def test_a_bare_medium_is_the_first_frame() -> None:
    assert as_image("image_list[0]", "https://example.com/a.png").type == "first_frame"
    last = as_image("image_list[0]", {"image": "https://example.com/a.png", "type": "last_frame"})
    assert last == ImageInput(image="https://example.com/a.png", type="last_frame")
    assert as_image("image_list[0]", last) is last


@given(st.binary(min_size=1), st.sampled_from(["image/png", "video/mp4"]))
def test_bytes_survive_the_way_through_a_data_url(content: bytes, kind: str) -> None:
    shown = content_type_of("", content)
    true_kind = kind if shown == "application/octet-stream" else shown
    assert as_media("image", as_url(MediaContent(content, kind))) == MediaContent(
        content, true_kind
    )


def test_a_file_without_known_bytes_goes_by_its_name() -> None:
    assert content_type_of("clip.MOV", b"?") == "video/quicktime"
    assert content_type_of("clip", b"?") == "application/octet-stream"


def test_content_reads_like_the_dictionary_it_came_from() -> None:
    medium = MediaContent(_PNG, "image/png")
    assert dict(medium) == {"content": _PNG, "content_type": "image/png"}
    assert len(medium) == 2
    with pytest.raises(KeyError):
        medium["name"]


def test_no_text_about_a_medium_has_its_content() -> None:
    medium = MediaContent(_PNG, "image/png")
    assert repr(medium) == "MediaContent(content=<16 bytes>, content_type='image/png')"


def test_a_path_as_a_url_is_a_file_url() -> None:
    assert as_url(Path("a.png")).startswith("file://")
    assert as_url("https://example.com/a.png") == "https://example.com/a.png"


@pytest.mark.parametrize("content", [b"\0\0\0\x14ftypM4A \0\0\0\0isom", b"RIFF\0\0\0\0WAVE"])
def test_a_sound_is_no_medium(content: bytes) -> None:
    with pytest.raises(ValidationError, match="image must be"):
        as_media("image", base64.b64encode(content).decode())
