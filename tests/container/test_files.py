"""What a video file is, by its own bytes: FFmpeg is the witness."""

import io
import itertools
from collections.abc import Callable

import av
import pytest
from returns.result import Failure, Success
from tests.support.made_videos import CODECS, Made, two_hundred

from tarash.tarash_gateway.container.examine import examine
from tarash.tarash_gateway.container.facts import VideoFacts
from tarash.tarash_gateway.container.pieces import BUDGET, Pieces


def _read(file: bytes) -> tuple[VideoFacts, int]:
    """Return the facts of a file, and how many of its bytes were read for them."""
    pieces, read = Pieces(), 0
    while True:
        found = examine(pieces)
        assert isinstance(found, Success), found
        facts = found.unwrap()
        if isinstance(facts, VideoFacts):
            return facts, read
        part = file[facts.start : facts.start + facts.length]
        read += len(part)
        pieces = pieces.with_part(facts.start, part, len(file))


def _witnessed(file: bytes) -> tuple[int, int, float, float]:
    """Return the width, the height, the seconds and the longest frame that FFmpeg finds."""
    with av.open(io.BytesIO(file), "r") as container:
        stream = container.streams.video[0]
        base = stream.time_base
        assert base is not None
        frames = sorted(float(f.pts * base) for f in container.decode(video=0) if f.pts is not None)
        longest = max(after - before for before, after in itertools.pairwise(frames))
        if stream.duration is not None:
            seconds = float(stream.duration * base)
        else:
            seconds = (container.duration or 0) / 1_000_000
        return stream.width, stream.height, seconds, longest


@pytest.mark.parametrize("made", two_hundred(), ids=str)
def test_a_file_is_measured_as_ffmpeg_measures_it(made: Made) -> None:
    # given a file in one of 200 forms
    file = made.file()
    width, height, seconds, frame = _witnessed(file)
    # when its head is read
    facts, read = _read(file)
    # then its size is exact, its length is right within one frame, and the rest stayed unread
    assert (facts.width, facts.height) == (width, height)
    assert facts.seconds == pytest.approx(seconds, abs=frame + 0.001)
    assert facts.codec == CODECS[made.codec]
    assert facts.audio is made.sound
    assert read <= BUDGET
    assert examine(Pieces.of(file)) == Success(facts)


_SOME = (
    Made(form="mp4", codec="libx264", sound=True),
    Made(form="mp4", codec="libx264", layout="frag_keyframe+empty_moov", sound=True),
    Made(form="mov", codec="libx264", layout="faststart"),
    Made(form="webm", codec="libvpx-vp9", sound=True),
)


@pytest.mark.parametrize("made", _SOME, ids=str)
def test_the_usual_forms(made: Made) -> None:
    file = made.file()
    width, height, seconds, frame = _witnessed(file)
    facts, _ = _read(file)
    assert (facts.width, facts.height) == (width, height)
    assert facts.seconds == pytest.approx(seconds, abs=frame + 0.001)
    assert facts.fps == pytest.approx(25, rel=0.03)
    assert facts.audio is made.sound


def _turned(file: bytes) -> bytes:
    place = file.index(b"tkhd") + 4 + 40
    one, minus = (1 << 16).to_bytes(4, "big"), (0xFFFF << 16).to_bytes(4, "big")
    nothing = bytes(4)
    matrix = (nothing, one, nothing, minus, nothing, nothing)
    return file[:place] + b"".join(matrix) + file[place + 24 :]


def test_a_turned_picture_has_its_sides_as_shown() -> None:
    # given a phone's file: the picture lies on its side, and the track says how to turn it
    file = _turned(Made(form="mp4", codec="libx264").file())
    with av.open(io.BytesIO(file), "r") as container:
        assert next(container.decode(video=0)).rotation in {-90, 90}
    # then the sides are those that a viewer sees
    facts, _ = _read(file)
    assert (facts.width, facts.height) == (50, 66)


def _with_box(file: bytes) -> bytes:
    uuid = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")
    content = b"uuid" + uuid + bytes(4) + b"manifest\0" + bytes(8)
    return file + (len(content) + 4).to_bytes(4, "big") + content


def test_the_box_of_a_manifest_is_noticed() -> None:
    file = Made(form="mp4", codec="libx264").file()
    assert _read(file)[0].manifest == "absent"
    assert _read(_with_box(file))[0].manifest == "present"


def test_matroska_has_no_place_for_a_manifest() -> None:
    assert _read(Made(form="webm", codec="libvpx-vp9").file())[0].manifest == "unknown"


@pytest.mark.parametrize(
    "damage",
    [
        lambda _file: b"",
        lambda _file: b"<html>not found</html>",
        lambda file: file[:40],
        lambda file: file.replace(b"moov", b"free"),
        lambda file: file.replace(b"vide", b"meta"),
        lambda file: file[:4] + b"\0" * 500,
    ],
    ids=["nothing", "a page", "cut off", "no movie", "no picture", "zeros"],
)
def test_what_is_not_a_video_is_an_error(damage: Callable[[bytes], bytes]) -> None:
    file = Made(form="mp4", codec="libx264").file()
    assert isinstance(examine(Pieces.of(damage(file))), Failure)
