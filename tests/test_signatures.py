"""What is a video by its bytes: one check, whatever way the bytes come."""

import base64
import io
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from returns.result import Failure, Success

from tarash.tarash_gateway import MediaContent, UnexpectedReplyError
from tarash.tarash_gateway.container.pictures import picture_size
from tarash.tarash_gateway.http.messages import HttpResponse
from tarash.tarash_gateway.mock.clips import packaged_clip
from tarash.tarash_gateway.providers.kit import result_bytes, result_video
from tarash.tarash_gateway.values.content_types import content_type_of
from tarash.tarash_gateway.values.signatures import is_cut_off, sniff, video_type

_CLIP: Final = packaged_clip("1:1").content


def _box(name: bytes, body: bytes = b"") -> bytes:
    return (8 + len(body)).to_bytes(4, "big") + name + body


def _file(*brands: bytes, rest: bytes | None = None) -> bytes:
    """Return a file of boxes: its major brand, the compatible ones, and pictures and sound."""
    named = _box(b"ftyp", brands[0] + bytes(4) + b"".join(brands[1:]))
    return named + (_box(b"moov") + _box(b"mdat", b"frames") if rest is None else rest)


def _webm(body: bytes = b"cluster", *, size: bytes | None = None) -> bytes:
    head = b"\x42\x82\x84webm"
    told = bytes([0x80 | len(body)]) if size is None else size
    return (
        b"\x1a\x45\xdf\xa3" + bytes([0x80 | len(head)]) + head + b"\x18\x53\x80\x67" + told + body
    )


_OLD_MOVIE: Final = _box(b"wide") + _box(b"mdat", b"frames") + _box(b"moov")
_LARGE_BOX: Final = b"\0\0\0\x01mdat" + (24).to_bytes(8, "big") + b"12345678"
_AVI: Final = b"RIFF" + (16).to_bytes(4, "little") + b"AVI " + bytes(12)
_TRANSPORT: Final = (b"G" + bytes(187)) * 3
_OGG: Final = b"OggS" + bytes(24) + b"\x80theora" + bytes(40)

_VIDEOS: Final = {
    "a packaged clip": (_CLIP, "video/mp4"),
    "isom": (_file(b"isom", b"iso2", b"avc1", b"mp41"), "video/mp4"),
    "mp42": (_file(b"mp42", b"mp42", b"isom"), "video/mp4"),
    "a brand nobody knows": (_file(b"zzzz", b"yyyy"), "video/mp4"),
    "MSNV": (_file(b"MSNV", b"MSNV", b"mp42"), "video/mp4"),
    "M4V": (_file(b"M4V ", b"M4V ", b"mp42"), "video/x-m4v"),
    "MOV": (_file(b"qt  ", b"qt  "), "video/quicktime"),
    "MOV without a brand": (_OLD_MOVIE, "video/quicktime"),
    "3GP": (_file(b"3gp5", b"isom"), "video/3gpp"),
    "fragments": (
        _file(b"iso5", rest=_box(b"moov") + _box(b"moof") + _box(b"mdat")),
        "video/mp4",
    ),
    "a box of a large size": (_file(b"isom", rest=_LARGE_BOX), "video/mp4"),
    "a box to the end": (_file(b"isom", rest=b"\0\0\0\0mdatframes"), "video/mp4"),
    "a box of an unknown name": (_file(b"isom", rest=_box(b"abcd") + _box(b"mdat")), "video/mp4"),
    "notes behind the last box": (_CLIP + b"0000000000000000 trailing notes", "video/mp4"),
    "WebM": (_webm(), "video/webm"),
    "WebM of an unknown size": (_webm(size=b"\xff"), "video/webm"),
    "AVI": (_AVI, "video/x-msvideo"),
    "a transport stream": (_TRANSPORT, "video/mp2t"),
    "a program stream": (b"\0\0\x01\xba" + bytes(40), "video/mpeg"),
    "Ogg Theora": (_OGG, "video/ogg"),
    "FLV": (b"FLV\x01\x05\0\0\0\x09", "video/x-flv"),
}
_NO_VIDEOS: Final = {
    "nothing": b"",
    "HTML": b"<!doctype html><html><body>expired</body></html>",
    "JSON": b'{"error": "expired"}',
    "PNG": b"\x89PNG\r\n\x1a\n" + bytes(40),
    "JPEG": b"\xff\xd8\xff\xe0" + bytes(40),
    "GIF": b"GIF89a" + bytes(40),
    "WebP": b"RIFF\x24\0\0\0WEBPVP8 " + bytes(40),
    "HEIC": _file(b"heic", b"mif1", b"heic"),
    "HEIC by its other brand": _file(b"mif1", b"mif1", b"heic"),
    "a row of HEIC pictures": _file(b"msf1", b"hevc", b"isom"),
    "AVIF": _file(b"avif", b"mif1", b"miaf"),
    "a row of AVIF pictures": _file(b"avis", b"msf1", b"iso8"),
    "M4A": _file(b"M4A ", b"M4A ", b"mp42", b"isom"),
    "WAV": b"RIFF\x24\0\0\0WAVEfmt " + bytes(40),
    "Ogg Vorbis": b"OggS" + bytes(24) + b"\x01vorbis" + bytes(40),
    "MP3": b"ID3\x04" + bytes(40),
    "a ZIP": b"PK\x03\x04" + bytes(40),
    "a name without frames": _file(b"mp42", b"isom", rest=b""),
    "a name and a table without frames": _file(b"mp42", rest=_box(b"moov") + _box(b"free")),
    "a name to the end": b"\0\0\0\0ftypmp42" + bytes(100),
    "an old movie without a table": _box(b"wide") + _box(b"mdat", b"frames"),
    "half a clip": _CLIP[: len(_CLIP) // 2],
    "a clip but its last byte": _CLIP[:-1],
    "a cut large box": _file(b"isom", rest=_LARGE_BOX[:-1]),
    "the head of a large box": _file(b"isom", rest=_LARGE_BOX[:12]),
    "half a WebM": _webm()[:-1],
    "the head of a WebM": _webm()[:12],
    "a WebM's size, cut": b"\x1a\x45\xdf\xa3\x40",
    "no WebM": b"\x1a\x45\xdf\xa3\0\0\0\0",
    "half an AVI": _AVI[:-1],
}


@pytest.mark.parametrize(("content", "kind"), _VIDEOS.values(), ids=_VIDEOS)
def test_a_video_is_one_whatever_way_it_comes(content: bytes, kind: str) -> None:
    """Its type is what its bytes tell, not what the sender calls it."""
    url = "data:video/x-anything;base64," + base64.b64encode(content).decode()
    body = HttpResponse(status=200, headers={"Content-Type": "image/png"}, body=content)
    assert result_video("Acme", url, {}) == Success(MediaContent(content, kind))
    assert result_bytes("Acme", body) == Success(MediaContent(content, kind))


@pytest.mark.parametrize("content", _NO_VIDEOS.values(), ids=_NO_VIDEOS)
def test_bytes_that_are_no_video_are_not_returned_as_one(content: bytes) -> None:
    """Neither inside a reply nor as the body of one, though the sender says that they are."""
    url = "data:video/mp4;base64," + base64.b64encode(content).decode()
    plain = HttpResponse(status=200, headers={"Content-Type": "application/mp4"}, body=content)
    for outcome in (result_video("Acme", url, {"status": "done"}), result_bytes("Acme", plain)):
        assert isinstance(outcome, Failure)
        assert type(outcome.failure()) is UnexpectedReplyError
        assert "look at the provider's dashboard" in outcome.failure().message
    if sniff(content) is None or not (sniff(content) or "").startswith("video/"):
        called = HttpResponse(status=200, headers={"Content-Type": "video/mp4"}, body=content)
        assert isinstance(result_bytes("Acme", called), Failure)


def test_a_server_s_word_counts_for_a_whole_file_that_has_a_video_s_name() -> None:
    """A body is measured by its transfer: nothing more was to come, unlike inside a reply."""
    name = _file(b"mp42", rest=_box(b"free", b"more"))
    called = HttpResponse(status=200, headers={"Content-Type": "Video/MP4; a=b"}, body=name)
    assert result_bytes("Acme", called) == Success(MediaContent(name, "video/mp4"))
    cut = HttpResponse(status=200, headers={"Content-Type": "video/mp4"}, body=name[:-1])
    assert isinstance(result_bytes("Acme", cut), Failure)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        (None, "a value of type NoneType"),
        (5, "a value of type int"),
        ("", "an empty text"),
        ("runway://x", "the text 'runway://x'"),
        ("https://cdn.example/frame.png?token=x", "a picture, image/png"),
        ("https://cdn.example/frame.GIF#1", "a picture, image/gif"),
        ("data:video/mp4;base64,###", "valid, non-empty data"),
        ("data:video/mp4;base64," + base64.b64encode(_CLIP[:99]).decode(), "the beginning"),
        ("data:video/mp4;base64," + base64.b64encode(b"<html>").decode(), "6 bytes of no known"),
    ],
)
def test_what_is_no_video_is_named(url: object, words: str) -> None:
    error = result_video("Acme", url, {"id": "1"}).failure()
    assert words in error.message
    assert error.raw_response == {"id": "1"}


@pytest.mark.parametrize("url", ["https://cdn.example/a.mp4?x=.png", "https://cdn.example/a"])
def test_a_url_is_a_video_unless_it_names_a_picture(url: str) -> None:
    assert result_video("Acme", url, {}) == Success(url)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"),
        (b"\x00\x00\x00\x18ftypisom", "video/mp4"),
        (b"\x00\x00\x00\x14ftypqt  ", "video/quicktime"),
        (b"\x00\x00\x00\x18ftypavif", "image/avif"),
        (b"\x00\x00\x00\x18ftypheic", "image/heic"),
        (b"\x00\x00\x00\x18ftypmif1", "image/heif"),
        (b"\x00\x00\x00\x18ftypcrx ", "image/x-canon-cr3"),
        (b"\x1a\x45\xdf\xa3\x93\x42\x82\x88matroska", "video/x-matroska"),
        (b"<html>", None),
    ],
)
def test_the_first_bytes_tell_the_type(content: bytes, kind: str | None) -> None:
    assert sniff(content) == kind


# The brands that mp4ra.org/registered-types/brands lists for these formats, with the types that
# iana.org/assignments/media-types registers for them.
_REGISTERED: Final = {
    "image/heic": "heic heix heim heis",
    "image/heic-sequence": "hevc hevx hevm hevs",
    "image/heif": "mif1 mif2 miaf 1pic MiHB MiHA MiHE MiPr MiAn MiBu MiCm j2ki jpeg",
    "image/heif-sequence": "msf1",
    "image/avif": "avif avis avio MA1A MA1B",
    "image/avci": "avci",
    "image/avcs": "avcs",
    "audio/mp4": "M4A M4B M4P",
    "video/quicktime": "qt",
    "video/mp4": "isom iso2 iso3 iso4 iso5 iso6 iso8 iso9 mp41 mp42 avc1 dash cmfc cmff MSNV mp71",
    "video/3gpp": "3gp4 3gp5 3gp6 3gr6 3gs6 3ge6 3gg6 3gh9",
    "video/3gpp2": "3g2a 3g2b 3g2c",
}


@pytest.mark.parametrize(
    ("brand", "kind"),
    [(brand, kind) for kind, brands in _REGISTERED.items() for brand in brands.split()],
)
def test_each_registered_brand_has_its_type(brand: str, kind: str) -> None:
    major = brand.ljust(4).encode()
    assert sniff(_file(major, major, b"????")) == kind
    # A brand nobody knows as the major one: the compatible ones decide.
    assert sniff(_file(b"????", b"!!!!", major)) == kind


@pytest.mark.parametrize(
    ("brands", "kind"),
    [
        ((b"mif1", b"mif1", b"heic", b"hevc"), "image/heic"),
        ((b"msf1", b"msf1", b"hevc", b"heic"), "image/heic-sequence"),
        ((b"msf1", b"avis", b"msf1"), "image/avif"),
        ((b"MiHB", b"mif1", b"MiHB", b"heix"), "image/heic"),
        ((b"????", b"mif1", b"avif"), "image/avif"),
        ((b"heic", b"mif1", b"heic", b"isom"), "image/heic"),
        ((b"isom", b"heic"), "video/mp4"),
        ((b"qt  ", b"mp42"), "video/quicktime"),
    ],
)
def test_a_family_of_formats_is_the_coding_inside(brands: tuple[bytes, ...], kind: str) -> None:
    assert sniff(_file(*brands)) == kind


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "GIF", "AVIF", "TIFF", "BMP"])
def test_pictures_that_pillow_writes_have_pillow_s_types(form: str) -> None:
    file = io.BytesIO()
    Image.new("RGB", (32, 16)).save(file, form)
    assert content_type_of("", file.getvalue()) == Image.MIME[form]
    if form not in {"TIFF", "BMP"}:
        assert picture_size(file.getvalue()) == (32, 16)


@given(st.integers(1, len(_CLIP) - 1))
def test_a_part_of_a_video_is_no_video(length: int) -> None:
    beginning = _CLIP[:length]
    # Between two boxes, or within a box's head, nothing tells.
    assert is_cut_off(beginning) or _box_begins_at_or_before(_CLIP, length)


def _box_begins_at_or_before(content: bytes, place: int) -> bool:
    start = 0
    while start < place:
        start += int.from_bytes(content[start : start + 4], "big")
        if 0 <= place - start < 8:
            return True
    return place < 8


_STARTS: Final = st.sampled_from(
    [b"", b"\0\0\0\x10ftyp", b"\0\0\0\x18ftypmp42", b"\0\0\0\0ftyp", b"\0\0\0\x01ftyp"]
    + [content[:20] for content, _ in _VIDEOS.values()]
    + [content[:20] for content in _NO_VIDEOS.values()]
)


@given(_STARTS, st.binary(max_size=64), st.sampled_from(["", "video/mp4", "text/html"]))
def test_any_bytes_have_an_answer(start: bytes, content: bytes, told: str) -> None:
    kind = video_type(start + content, told=told)
    assert kind is None or kind.startswith("video/")
    assert kind is None or not is_cut_off(start + content)
    assert kind in {None, sniff(start + content)}


def test_a_row_of_empty_boxes_does_not_take_minutes() -> None:
    row = _file(b"mp42", rest=b"\0\0\0\x08free" * 200_000)
    assert video_type(row) is None


def test_the_clips_of_the_package_are_videos() -> None:
    folder = Path(__file__).parents[1] / "lib/tarash/tarash_gateway/mock/clips"
    clips = sorted(folder.glob("*.mp4"))
    assert clips
    assert {video_type(clip.read_bytes()) for clip in clips} == {"video/mp4"}
