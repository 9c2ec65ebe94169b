"""Small real media files for pages: what they upload, and what the simulated providers serve."""

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from functools import lru_cache
from typing import Any, Final

import attrs
import av
from PIL import Image

from tarash.tarash_gateway.mock.render import frame_size

# Two pictures a second: encoding a usual video would take longer than the rest of its page.
_RATE: Final = 2
_FAST: Final = {"preset": "ultrafast", "threads": "1", "flags": "+bitexact", "crf": "40"}
_LENGTH: Final = ("duration", "seconds", "durationSeconds", "duration_seconds", "n_seconds")
_RATIO: Final = ("aspect_ratio", "aspectRatio", "ratio")
_SIZE: Final = ("resolution", "size")
_DEFAULT_SECONDS: Final = 5.0
_GREY: Final = 128


@attrs.frozen(kw_only=True)
class Wanted:
    """What a submission asks for, as far as a field says it in any provider's words."""

    seconds: float = _DEFAULT_SECONDS
    width: int = 1280
    height: int = 720

    @property
    def content(self) -> bytes:
        """A playable MP4 of this length and size."""
        return clip(self.seconds, self.width, self.height)


def wanted(body: Mapping[str, Any]) -> Wanted:
    """Read the length and the size of a video from the body of a submission."""
    fields = dict(_leaves(body))
    found = re.search(r"\d+(\.\d+)?", str(_first(fields, _LENGTH)))
    size, ratio = str(_first(fields, _SIZE)), str(_first(fields, _RATIO))
    if re.fullmatch(r"\d{3,}:\d{3,}", ratio):
        # Runway's ratios are sizes.
        size, ratio = ratio.replace(":", "x"), ""
    if {"width", "height"} <= fields.keys():
        size = f"{fields['width']}x{fields['height']}"
    width, height = frame_size(size, ratio)
    return Wanted(
        seconds=float(found[0]) if found else _DEFAULT_SECONDS, width=width, height=height
    )


def _leaves(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _leaves(inner, key)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _leaves(inner, name)
    elif value is not None:
        yield name, value


def _first(fields: Mapping[str, Any], names: Sequence[str]) -> Any:
    return next((fields[name] for name in names if name in fields), "")


@lru_cache(maxsize=64)
def clip(seconds: float, width: int, height: int) -> bytes:
    """Return a playable MP4 of one grey."""
    file = io.BytesIO()
    frame = av.VideoFrame(width, height, "yuv420p")
    for plane in frame.planes:
        plane.update(bytes([_GREY]) * plane.buffer_size)
    with av.open(file, "w", format="mp4", options={"fflags": "+bitexact"}) as container:
        stream: Any = container.add_stream("libx264", rate=_RATE, options=dict(_FAST))
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for place in range(round(seconds * _RATE)):
            frame.pts, frame.time_base = place, Fraction(1, _RATE)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return file.getvalue()


@lru_cache
def picture(name: str) -> bytes:
    """Return a PNG of 1280 x 720 pixels."""
    file = io.BytesIO()
    shade = sum(name.encode()) % 128
    Image.new("RGB", (1280, 720), (shade, 120, 160)).save(file, "PNG")
    return file.getvalue()


def input_files() -> dict[str, bytes]:
    """Return the files that every page finds in its folder."""
    prompts = "prompt,duration_seconds\na kite over the sea,5\na kite in the rain,8\n"
    return {
        **{name: picture(name) for name in ("kite.png", "first.png", "last.png")},
        **{name: clip(5, 1280, 720) for name in ("clip.mp4", "kite.mp4")},
        "prompts.csv": prompts.encode(),
    }
