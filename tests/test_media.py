"""Every form in which a user may give a picture or a video."""

import base64
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tarash.tarash_gateway import ImageInput, MediaContent
from tarash.tarash_gateway.media import (
    as_image,
    as_media,
    as_url,
    content_type_of,
    describe,
    is_cut_off,
    sniff,
)
from tarash.tarash_gateway.mock.clips import packaged_clip

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
    medium = MediaContent(content, kind)
    assert as_media("image", as_url(medium)) == medium


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (_PNG, "image/png"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"),
        (b"\x00\x00\x00\x18ftypisom", "video/mp4"),
        (b"\x00\x00\x00\x14ftypqt  ", "video/quicktime"),
        (b"<html>", None),
    ],
)
def test_the_first_bytes_tell_the_type(content: bytes, kind: str | None) -> None:
    assert sniff(content) == kind


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
    assert describe(medium) == "image/png, 16 bytes"
    assert describe(Path("folder/a.png")) == "file a.png"
    assert describe("https://example.com/a.png?token=x") == "a URL"


def test_a_path_as_a_url_is_a_file_url() -> None:
    assert as_url(Path("a.png")).startswith("file://")
    assert as_url("https://example.com/a.png") == "https://example.com/a.png"


@given(st.integers(1, len(packaged_clip("1:1").content) - 1))
def test_a_part_of_a_video_is_no_video(length: int) -> None:
    content = packaged_clip("1:1").content
    assert not is_cut_off(content)
    beginning = content[:length]
    # Between two boxes, or within a box's head, nothing tells.
    assert is_cut_off(beginning) or _box_begins_at_or_before(content, length)


@given(st.binary(max_size=64))
def test_any_bytes_are_cut_off_or_not(content: bytes) -> None:
    assert is_cut_off(b"\0\0\0\x10ftyp" + content) in {True, False}
    assert not is_cut_off(b"\x1a\x45\xdf\xa3webm" + content)


def _box_begins_at_or_before(content: bytes, place: int) -> bool:
    start = 0
    while start < place:
        start += int.from_bytes(content[start : start + 4], "big")
        if 0 <= place - start < 8:
            return True
    return place < 8


def test_what_stands_behind_the_last_box_does_not_matter() -> None:
    assert not is_cut_off(packaged_clip("1:1").content + b"0000000000000000 trailing notes")
