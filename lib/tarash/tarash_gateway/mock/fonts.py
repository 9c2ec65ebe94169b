"""Text in any script that the machine has a font for, drawn with Pillow (an optional extra)."""

import os
import sys
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import Final, TypeAlias

from PIL import Image, ImageDraw, ImageFont

Font: TypeAlias = ImageFont.FreeTypeFont

# Files of fonts with wide coverage, in the order of preference. Pillow's own font has the letters
# of western Europe; the others fill in what it lacks, where the machine has them.
_NAMES: Final = (
    "NotoSans-Regular.ttf",
    "DejaVuSans.ttf",
    "NotoSansCJK-Regular.ttc",
    "NotoSansArabic-Regular.ttf",
    "NotoNaskhArabic-Regular.ttf",
    "NotoSansHebrew-Regular.ttf",
    "NotoSansDevanagari-Regular.ttf",
    "NotoSansThai-Regular.ttf",
    "PingFang.ttc",
    "Hiragino Sans GB.ttc",
    "Arial Unicode.ttf",
    "msyh.ttc",
    "segoeui.ttf",
    "wqy-microhei.ttc",
    "NotoEmoji-Regular.ttf",
    "NotoColorEmoji.ttf",
    "Apple Color Emoji.ttc",
    "seguiemj.ttf",
)
_FOLDERS: Final = {
    "darwin": ("/System/Library/Fonts", "/Library/Fonts", "~/Library/Fonts"),
    "win32": ("%WINDIR%/Fonts",),
}
_ELSEWHERE: Final = (
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "~/.local/share/fonts",
    "~/.fonts",
)
# A font of coloured pictures has one size, in pixels.
_COLOURED: Final = {"NotoColorEmoji.ttf": 109, "Apple Color Emoji.ttc": 96}
# The size at which fonts are asked for letters: it does not matter, and small is fast.
_PROBE: Final = 16
_UNASSIGNED: Final = "\U0010fffe"
# By Unicode category: control and format characters, separators of lines, halves of UTF-16 pairs.
_SHOWN_AS: Final = {"Cc": " ", "Cf": "", "Zl": " ", "Zp": " ", "Cs": "\ufffd"}
_INVISIBLE: Final = frozenset("\u200c\u200d\ufe0e\ufe0f")


@lru_cache(maxsize=1)
def _paths() -> tuple[Path, ...]:
    found: dict[str, Path] = {}
    for folder in _FOLDERS.get(sys.platform, _ELSEWHERE):
        place = Path(os.path.expandvars(folder)).expanduser()
        for path in sorted(place.rglob("*.tt[fc]")) if place.is_dir() else ():
            if path.name in _NAMES:
                found.setdefault(path.name, path)
    return tuple(found[name] for name in _NAMES if name in found)


@lru_cache(maxsize=64)
def _fonts(size: int) -> tuple[Font, ...]:
    own = ImageFont.load_default(size)
    fonts = [own] if isinstance(own, ImageFont.FreeTypeFont) else []
    for path in _paths():
        try:
            fonts.append(ImageFont.truetype(str(path), _COLOURED.get(path.name, size)))
        except OSError:
            continue
    return tuple(fonts)


@lru_cache(maxsize=64)
def _picture_of_nothing(place: int) -> bytes:
    """Return what a font draws for a letter that it does not have."""
    return bytes(_fonts(_PROBE)[place].getmask(_UNASSIGNED))


@lru_cache(maxsize=4096)
def _place_of(letter: str) -> int:
    """Return the place of the first font that has a letter, or -1 if none has it."""
    for place, font in enumerate(_fonts(_PROBE)):
        try:
            if bytes(font.getmask(letter)) != _picture_of_nothing(place):
                return place
        except OSError:
            continue
    return -1


def lacks(text: str) -> bool:
    """Tell whether a text has letters that no font of this machine has."""
    return any(_place_of(letter) < 0 for letter in set(_visible(text)) if not _joins(letter))


def _joins(letter: str) -> bool:
    """Tell whether a letter is shown with the one before it, in the same font."""
    return letter in _INVISIBLE or unicodedata.combining(letter) != 0


def _runs(text: str, size: int) -> Iterator[tuple[Font, str]]:
    """Yield the parts of a text, each with a font that has its letters."""
    places: list[int] = []
    text, fonts = _visible(text), _fonts(size)
    for letter in text:
        # A space keeps words of one direction together; one of a coloured font is far too wide.
        joins = _joins(letter) or (
            letter.isspace() and bool(places) and fonts[places[-1]].size == size
        )
        places.append(places[-1] if joins and places else max(0, _place_of(letter)))
    for place, group in groupby(zip(places, text, strict=True), key=lambda pair: pair[0]):
        yield fonts[place], "".join(letter for _, letter in group)


def _is_right_to_left(text: str) -> bool:
    strong = (unicodedata.bidirectional(letter) for letter in text)
    return next((kind for kind in strong if kind in {"L", "R", "AL"}), "L") != "L"


@lru_cache(maxsize=4096)
def width_of(text: str, size: int) -> float:
    """Return the width in pixels of one line of text, ``size`` pixels high."""
    return sum(font.getlength(part) * _scale(font, size) for font, part in _runs(text, size))


def _scale(font: Font, size: int) -> float:
    return size / font.size


def draw(  # noqa: PLR0913 - what a line of text has
    image: Image.Image,
    place: tuple[float, float],
    text: str,
    *,
    size: int,
    colour: str,
    weight: int = 0,
) -> None:
    """Draw one line of text.

    Args:
        image: What to draw on.
        place: Left end and baseline, in pixels.
        text: The text, in any direction.
        size: Height of the letters in pixels.
        colour: Such as ``"#ffffff"``.
        weight: Pixels by which strokes are thickened.
    """
    pen, (x, baseline) = ImageDraw.Draw(image), place
    runs = list(_runs(text, size))
    for font, part in reversed(runs) if _is_right_to_left(text) else runs:
        width = font.getlength(part) * _scale(font, size)
        if font.size == size:
            pen.text((x, baseline), part, colour, font, anchor="ls", stroke_width=weight)
        else:
            _draw_scaled(image, (x, baseline), part, font, size)
        x += width


def _draw_scaled(
    image: Image.Image, place: tuple[float, float], text: str, font: Font, size: int
) -> None:
    """Draw coloured pictures, whose font has one size only."""
    width = max(1, int(font.getlength(text)))
    glyphs = Image.new("RGBA", (width, int(font.size * 1.3)))
    ImageDraw.Draw(glyphs).text((0, font.size), text, font=font, anchor="ls", embedded_color=True)
    scale = _scale(font, size)
    small = glyphs.resize((max(1, int(width * scale)), max(1, int(glyphs.height * scale))))
    image.paste(small, (int(place[0]), int(place[1] - size)), small)


def wrapped(text: str, size: int, width: float) -> list[str]:
    """Return the lines of a text that fit into a width; scripts without spaces break anywhere."""
    lines: list[str] = []
    for paragraph in text.splitlines():
        line, used = "", 0.0
        for word in _words(paragraph):
            wide = width_of(word.rstrip(), size)
            if line and used + wide > width:
                lines.append(line.rstrip())
                line, used = "", 0.0
            for piece in _pieces(word, wide, width):
                if line and used + width_of(piece, size) > width:
                    lines.append(line)
                    line, used = "", 0.0
                line, used = line + piece, used + width_of(piece, size)
        lines.append(line.rstrip())
    return lines


def shortened(text: str, size: int, width: float) -> str:
    """Return one line of a text, which ends with an ellipsis if it would not fit into a width."""
    if width_of(text, size) <= width:
        return text
    fits, too_long = 0, len(text)
    while too_long - fits > 1:
        middle = (fits + too_long) // 2
        if width_of(f"{text[:middle]}…", size) <= width:
            fits = middle
        else:
            too_long = middle
    return f"{text[:fits].rstrip()}…"


def _visible(text: str) -> str:
    r"""Return a text without control and format characters, for which fonts have odd pictures.

    >>> _visible("a\tb\ufeff"), _visible("\ud800")
    ('a b', '\ufffd')
    """
    return "".join(map(_visible_letter, text))


def _visible_letter(letter: str) -> str:
    if letter in _INVISIBLE:
        return letter
    return _SHOWN_AS.get(unicodedata.category(letter), letter)


def _pieces(word: str, wide: float, width: float) -> tuple[str, ...]:
    """Return a word as a whole, or its letters if it is wider than a line."""
    return (word,) if wide <= width else tuple(word)


def _words(text: str) -> Iterator[str]:
    """Yield pieces between which a line may be broken; each keeps the spaces after it."""
    word = ""
    for letter in text:
        wide = unicodedata.east_asian_width(letter) in {"W", "F"}
        # Marks such as a full stop do not begin a line.
        wide = wide and unicodedata.category(letter) not in {"Pe", "Pf", "Po"}
        if word and (wide or (word[-1].isspace() and not letter.isspace())):
            yield word
            word = ""
        word += letter
    if word:
        yield word
