"""The sound track of the mock's clip: a beep at each full second."""

import math
from array import array
from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from av import AudioFrame
    from av.audio.stream import AudioStream
    from av.packet import Packet

RATE: Final = 48_000
_FRAME: Final = 1024
_BEEP_SECONDS: Final = 0.12
_PITCH: Final = 880.0
_LOUDNESS: Final = 0.25


@cache
def _beep() -> bytes:
    """Return the samples of one beep, as 32-bit floats that fade out."""
    length = int(RATE * _BEEP_SECONDS)
    return array(
        "f",
        (
            _LOUDNESS * (1 - place / length) * math.sin(math.tau * _PITCH * place / RATE)
            for place in range(length)
        ),
    ).tobytes()


def packets(stream: "AudioStream", seconds: float) -> "Iterator[Packet[AudioStream]]":
    """Yield the encoded sound of a clip."""
    second = _beep().ljust(4 * RATE, b"\0")
    track = second * math.ceil(seconds)
    # The sound is never longer than the picture, so that the clip has the length of its picture.
    for start in range(0, int(seconds * RATE) // _FRAME * _FRAME, _FRAME):
        yield from stream.encode(_frame(track[4 * start : 4 * (start + _FRAME)], start))
    yield from stream.encode(None)


def _frame(samples: bytes, start: int) -> "AudioFrame":
    import av  # noqa: PLC0415 - the extra is optional

    frame = av.AudioFrame("fltp", "mono", _FRAME)
    frame.sample_rate, frame.pts, frame.time_base = RATE, start, Fraction(1, RATE)
    frame.planes[0].update(samples.ljust(4 * _FRAME, b"\0"))
    return frame
