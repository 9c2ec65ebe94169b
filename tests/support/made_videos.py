"""Video files made by FFmpeg (through PyAV), and what FFmpeg says about them."""

import itertools
import tempfile
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import attrs
import av

_SIDES: Final = {"yuv420p": (66, 50), "yuv444p": (67, 51)}
_FAST: Final[dict[str, dict[str, str]]] = {
    "libx264": {"preset": "ultrafast"},
    "libx265": {"preset": "ultrafast", "x265-params": "log-level=none"},
    "libsvtav1": {"preset": "11", "svtav1-params": "lp=1"},
    "libvpx-vp9": {"deadline": "realtime", "cpu-used": "8"},
}
CODECS: Final = {"libx264": "h264", "libx265": "h265", "libsvtav1": "av1", "libvpx-vp9": "vp9"}
# 100 units a second: pictures that stand for 0.01 s to 0.5 s.
_UNEVEN: Final = (0, 10, 15, 40, 41, 60, 110, 113, 150)


@attrs.frozen(kw_only=True)
class Made:
    """How a file is made.

    Attributes:
        form: FFmpeg's name of the container.
        codec: FFmpeg's name of the encoder.
        layout: ``movflags`` of the container.
        sound: Whether it has a sound track.
        first: Place of its first picture, in frames: a file that begins late has an edit list.
        rate: Frames a second; 0 for uneven ones.
        pixels: Pixel format; with ``yuv444p`` the sides are odd.
        reordered: Whether pictures refer to later ones, which adds an edit list.
    """

    form: str
    codec: str
    layout: str = ""
    sound: bool = False
    first: int = 0
    rate: int = 25
    pixels: str = "yuv420p"
    reordered: bool = False

    def __str__(self) -> str:
        shape = (self.form, self.codec, self.layout, self.first, self.rate, self.pixels)
        return "-".join(map(str, shape)) + ("-sound" * self.sound) + ("-b" * self.reordered)

    def file(self) -> bytes:
        """Return the bytes of the file."""
        # moov can be moved to the front of a real file only.
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "made")
            self._write(path)
            return path.read_bytes()

    def _write(self, path: Path) -> None:
        options = dict(_FAST[self.codec])
        if self.reordered:
            options |= {"bf": "2"}
        layout = {"movflags": self.layout} if self.layout else {}
        with av.open(str(path), "w", format=self.form, options=layout) as container:
            stream: Any = container.add_stream(self.codec, rate=self.rate or 100, options=options)
            width, height = _SIDES[self.pixels]
            stream.width, stream.height, stream.pix_fmt = width, height, self.pixels
            sound: Any = None
            if self.sound:
                sound = container.add_stream(
                    "libopus" if self.form == "webm" else "aac", rate=48000
                )
                sound.layout = "stereo"
            for place in self._places():
                frame = av.VideoFrame(width, height, self.pixels)
                for plane in frame.planes:
                    plane.update(bytes(plane.buffer_size))
                frame.pts, frame.time_base = place, Fraction(1, self.rate or 100)
                container.mux(stream.encode(frame))
            container.mux(stream.encode(None))
            if sound is not None:
                for packet in _silence(sound, self._places()[-1] / (self.rate or 100)):
                    container.mux(packet)

    def _places(self) -> tuple[int, ...]:
        even = tuple(range(self.first, self.first + 2 * self.rate // 3 + 3))
        return even if self.rate else _UNEVEN


def _silence(stream: Any, seconds: float) -> Iterator[Any]:
    for place in range(int(seconds * 48000 / 1024)):
        frame = av.AudioFrame("fltp", "stereo", 1024)
        frame.sample_rate, frame.pts = 48000, place * 1024
        for plane in frame.planes:
            plane.update(bytes(plane.buffer_size))
        yield from stream.encode(frame)
    yield from stream.encode(None)


_MP4: Final = ("", "faststart", "frag_keyframe+empty_moov", "frag_keyframe+delay_moov")
_FORMS: Final = {
    "mp4": ("libx264", "libx265", "libsvtav1", "libvpx-vp9"),
    "mov": ("libx264", "libx265"),
    "webm": ("libvpx-vp9", "libsvtav1"),
}


def two_hundred() -> list[Made]:
    """Return 200 ways to make a file, spread over everything in which files differ."""
    pairs = [(form, codec) for form, codecs in _FORMS.items() for codec in codecs]
    ways = itertools.product((False, True), (0, 7), (25, 24, 60, 0), range(4))
    made = []
    for (form, codec), (sound, first, rate, layout) in itertools.product(pairs, ways):
        odd = codec in {"libx264", "libvpx-vp9"} and rate == 24
        made.append(
            Made(
                form=form,
                codec=codec,
                layout="" if form == "webm" else _MP4[layout],
                sound=sound,
                first=first if rate and form != "webm" else 0,
                rate=rate,
                pixels="yuv444p" if odd else "yuv420p",
                reordered=codec in {"libx264", "libx265"} and bool(layout % 2),
            )
        )
    distinct = list(dict.fromkeys(made))
    # A stride that has no divisor in common with the ways takes all kinds.
    return [distinct[place * 37 % len(distinct)] for place in range(200)]
