"""Grey pictures in H.264, which need no encoder: each says no more than that it is grey.

Source, read 2026-11: ITU-T H.264 (08/2021): 7.3 (syntax), 7.4.5 (types of macroblocks), 8.3.3.3
(prediction without neighbours is half of the range), 9.1 (codes), A.3 (levels).
"""

import re
from collections.abc import Iterator
from typing import Final

_MACROBLOCK: Final = 16
# Of macroblock type I_16x16 with DC prediction, without a residual: eight bits.
_GREY: Final = 0x27
_FRAME_NUMBER_BITS: Final = 16
# Level by the macroblocks of a picture.
_LEVELS: Final = ((3600, 31), (8192, 40), (36864, 52))
_HIGHEST: Final = 62
_EMULATED: Final = re.compile(rb"\x00\x00(?=[\x00-\x03])")
_SEQUENCE, _PICTURE, _FIRST, _NEXT = b"\x67", b"\x68", b"\x65", b"\x41"


class _Bits:
    """Bits that become the content of a unit."""

    def __init__(self) -> None:
        self._bits: list[str] = []

    def u(self, number: int, width: int) -> "_Bits":
        """Append an unsigned number of so many bits."""
        self._bits.append(f"{number:0{width}b}")
        return self

    def ue(self, *numbers: int) -> "_Bits":
        """Append Exp-Golomb codes."""
        for number in numbers:
            code = f"{number + 1:b}"
            self._bits.append(code.rjust(2 * len(code) - 1, "0"))
        return self

    def unit(self, head: bytes, blocks: int = 0) -> bytes:
        """Return a unit of these bits, of so many grey macroblocks, and of the closing bit."""
        bits = "".join(self._bits)
        whole, rest = divmod(len(bits), 8)
        begun, tail = bits[: 8 * whole], bits[8 * whole :]
        grey = f"{_GREY:08b}"
        # The macroblocks do not begin with a byte: each byte has the end of one and the next one's.
        middle = bytes([int(tail + grey[: 8 - rest], 2), *([_between(grey, rest)] * (blocks - 1))])
        tail, middle = (grey[8 - rest :], middle) if blocks else (tail, b"")
        closed = f"{tail}1".ljust(-(-(len(tail) + 1) // 8) * 8, "0")
        content = _bytes(begun) + middle + _bytes(closed)
        return head + _EMULATED.sub(b"\x00\x00\x03", content)


def _between(grey: str, rest: int) -> int:
    return int(grey[8 - rest :] + grey[: 8 - rest], 2)


def _bytes(bits: str) -> bytes:
    return bytes(int(bits[place : place + 8], 2) for place in range(0, len(bits), 8))


def sequence(width: int, height: int) -> bytes:
    """Return the unit that says how large the pictures are: both sides even, in pixels."""
    across, down = _blocks(width), _blocks(height)
    bits = _Bits().u(66, 8).u(0xC0, 8).u(_level(across * down), 8)
    # Order as decoded, one reference, and no gaps.
    bits.ue(0, _FRAME_NUMBER_BITS - 4, 2, 1).u(0, 1)
    bits.ue(across - 1, down - 1).u(0b11, 2)
    cut = (0, (across * _MACROBLOCK - width) // 2, 0, (down * _MACROBLOCK - height) // 2)
    if any(cut):
        bits.u(1, 1).ue(*cut)
    else:
        bits.u(0, 1)
    return bits.u(0, 1).unit(_SEQUENCE)


def picture() -> bytes:
    """Return the unit that says how the pictures are coded: without a filter over their edges."""
    bits = _Bits().ue(0, 0).u(0, 2).ue(0, 0, 0).u(0, 3).ue(0, 0, 0)
    return bits.u(0b100, 3).unit(_PICTURE)


def frames(width: int, height: int, count: int) -> Iterator[bytes]:
    """Yield the units of so many equal pictures; those after the first skip every macroblock."""
    blocks = _blocks(width) * _blocks(height)
    first = _Bits().ue(0, 7, 0).u(0, _FRAME_NUMBER_BITS).ue(0).u(0, 2).ue(0, 1)
    yield first.unit(_FIRST, blocks)
    for number in range(1, count):
        bits = _Bits().ue(0, 5, 0).u(number % (1 << _FRAME_NUMBER_BITS), _FRAME_NUMBER_BITS)
        yield bits.u(0, 3).ue(0, 1, blocks).unit(_NEXT)


def _blocks(side: int) -> int:
    return -(-side // _MACROBLOCK)


def _level(blocks: int) -> int:
    return next((level for most, level in _LEVELS if blocks <= most), _HIGHEST)
