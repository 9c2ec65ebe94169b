"""The frames of the mock's clip: a storyboard that says what it stands for, drawn with Pillow."""

import colorsys
import hashlib
import io
from functools import cached_property
from typing import Final

import attrs
from PIL import Image, ImageDraw, ImageOps

from . import fonts
from .story import Story

_WHITE, _GREY, _YELLOW = "#ffffff", "#c3c9d4", "#ffd84d"
_LONGEST_PROMPT: Final = 2000
# The prompt is as large as it fits, in lines of normal text.
_PROMPT_SIZES: Final = (1.6, 1.3, 1.1, 0.9, 0.75, 0.65, 0.55)
# Parts of the clip during which a picture of the request fades into the board, or out of it.
_FADE: Final = (0.12, 0.30)


@attrs.frozen(kw_only=True, slots=False)
class Storyboard:
    """What all frames of a clip show.

    Attributes:
        story: The request.
        width: Pixels, even.
        height: Pixels, even.
        seed: Chooses the colours.
    """

    story: Story
    width: int
    height: int
    seed: int = 0

    @property
    def unit(self) -> int:
        """The height of a line of normal text, in pixels."""
        return max(6, round(min(self.width, self.height) / 24))

    @property
    def strip(self) -> int:
        """Pixels of the strip at the bottom that has the time code; even."""
        return min(self.height, 2 * round(self.unit * 0.95))

    def at(self, part: float) -> Image.Image:
        """Return the picture of a moment, without the strip: the same one for long stretches.

        Args:
            part: The moment, from 0 to 1.
        """
        return self._cached(*self.mix(part))

    def mix(self, part: float) -> tuple[float, float]:
        """Return how much of the first and of the last picture a moment shows, each 0 to 1."""
        first = _shown(part) if self._first is not None else 0.0
        last = _shown(1 - part) if self._last is not None else 0.0
        return first, last

    def _cached(self, first: float, last: float) -> Image.Image:
        picture = self._board
        if first and self._first is not None:
            picture = Image.blend(picture, self._first, first)
        if last and self._last is not None:
            picture = Image.blend(picture, self._last, last)
        return picture

    @cached_property
    def _first(self) -> Image.Image | None:
        return self._filling(self.story.picture("first_frame"))

    @cached_property
    def _last(self) -> Image.Image | None:
        return self._filling(self.story.picture("last_frame"))

    def _filling(self, content: bytes) -> Image.Image | None:
        """Return a picture that fills the frame, with the badge; None without one."""
        opened = _opened(content)
        if opened is None:
            return None
        filling = ImageOps.fit(opened, (self.width, self.height))
        self._badge(filling)
        self._clear_strip(filling)
        return filling

    def _badge(self, image: Image.Image) -> float:
        """Write MOCK into a corner; return where the next line may begin."""
        size, margin = round(self.unit * 1.9), self.unit
        width = fonts.width_of("MOCK", size)
        box = (margin * 0.6, margin * 0.6, margin * 1.4 + width, margin + size * 1.1)
        ImageDraw.Draw(image).rounded_rectangle(box, radius=self.unit * 0.4, fill="#000000")
        weight = max(1, self.unit // 14)
        fonts.draw(
            image,
            (margin, margin * 0.75 + size * 0.92),
            "MOCK",
            size=size,
            colour=_YELLOW,
            weight=weight,
        )
        return margin + size * 1.1

    def _clear_strip(self, image: Image.Image) -> None:
        box = (0, self.height - self.strip, self.width, self.height)
        ImageDraw.Draw(image).rectangle(box, fill="#000000")

    @cached_property
    def _board(self) -> Image.Image:
        image = _gradient(self.seed, self.width, self.height)
        unit, margin = self.unit, self.unit
        y = self._badge(image) + unit * 1.35
        width = self.width - 2 * margin
        place = f"{self.story.provider} · {self.story.model}"
        for line in fonts.wrapped(place, unit, width)[:2]:
            fonts.draw(image, (margin, y), line, size=unit, colour=_GREY)
            y += unit * 1.3
        low = self.height - self.strip - unit * 0.6
        low = self._fields(image, low, width)
        low = self._tiles(image, low, width)
        self._prompt(image, (margin, y), width, low - y)
        self._clear_strip(image)
        return image

    def _fields(self, image: Image.Image, low: float, width: float) -> float:
        """Write the fields into the lower left corner; return what is left above them."""
        size = max(5, round(self.unit * 0.72))
        text = "   ".join(f"{name}: {value}" for name, value in self.story.fields)
        lines = [line for line in fonts.wrapped(text, size, width) if line][:4]
        for place, line in enumerate(reversed(lines)):
            fonts.draw(image, (self.unit, low - place * size * 1.35), line, size=size, colour=_GREY)
        return low - len(lines) * size * 1.35 - self.unit * 0.2

    def _tiles(self, image: Image.Image, low: float, width: float) -> float:
        """Show the pictures as tiles; return what is left above them."""
        pictures = self.story.pictures
        if not pictures:
            return low
        side = int(min(self.unit * 3.6, (width + self.unit) / len(pictures) - self.unit / 2))
        if side < self.unit:
            return low
        size = max(5, round(self.unit * 0.55))
        top = low - side - size * 1.2
        for place, picture in enumerate(pictures):
            left = self.unit + place * (side + self.unit / 2)
            box = (round(left), round(top))
            tile = _opened(picture.content)
            if tile is None:
                fill = ImageDraw.Draw(image)
                fill.rectangle((*box, box[0] + side, box[1] + side), outline=_GREY, width=1)
                fonts.draw(image, (left + 2, top + side / 2), "URL", size=size, colour=_GREY)
            else:
                image.paste(ImageOps.fit(tile, (side, side)), box)
            label = picture.role.replace("_", " ")
            if fonts.width_of(label, size) <= side + self.unit / 2:
                fonts.draw(image, (left, top + side + size * 1.1), label, size=size, colour=_GREY)
        return top - self.unit * 0.4

    def _prompt(
        self, image: Image.Image, place: tuple[float, float], width: float, height: float
    ) -> None:
        """Write the prompt, as much of it as fits."""
        text = self.story.prompt[:_LONGEST_PROMPT]
        size, lines = 0, list[str]()
        for lines_high in _PROMPT_SIZES:
            size = max(5, round(self.unit * lines_high))
            lines = fonts.wrapped(text, size, width)
            if len(lines) * size * 1.35 <= height:
                break
        fitting = max(1, int(height / (size * 1.35)))
        if len(lines) > fitting:
            lines = [*lines[: fitting - 1], lines[fitting - 1][:-1] + "…"]
        for number, line in enumerate(lines):
            y = place[1] + size + number * size * 1.35
            fonts.draw(image, (place[0], y), line, size=size, colour=_WHITE)

    def strip_at(self, seconds: float, number: int, count: int) -> Image.Image:
        """Return the grey strip of one frame: its time code, its number, and how far it is.

        Args:
            seconds: When the frame is shown.
            number: Its number, from 1.
            count: How many frames there are.
        """
        strip = Image.new("L", (self.width, self.strip), 0)
        pen = ImageDraw.Draw(strip)
        pen.rectangle((0, 0, self.width * number // count, max(1, self.strip // 12)), fill=235)
        size = max(5, round(self.strip * 0.52))
        code = f"{int(seconds) // 60:02d}:{int(seconds) % 60:02d}.{int(seconds * 100) % 100:02d}"
        fonts.draw(strip, (self.unit, self.strip * 0.74), code, size=size, colour=_WHITE)
        place = f"frame {number} of {count}"
        left = self.width - self.unit - fonts.width_of(place, size)
        fonts.draw(strip, (left, self.strip * 0.74), place, size=size, colour=_WHITE)
        return strip


def _shown(part: float) -> float:
    begins, ends = _FADE
    return min(1.0, max(0.0, (ends - part) / (ends - begins)))


def _opened(content: bytes) -> Image.Image | None:
    """Return a picture as it is shown, or None for bytes that Pillow cannot open."""
    if not content:
        return None
    try:
        with Image.open(io.BytesIO(content)) as image:
            return ImageOps.exif_transpose(image).convert("RGB")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None


def _gradient(seed: int, width: int, height: int) -> Image.Image:
    hue = hashlib.sha256(str(seed).encode()).digest()[0] / 255
    colours = [
        tuple(round(255 * part) for part in colorsys.hsv_to_rgb(hue + shift, 0.55, value))
        for shift, value in ((0.0, 0.42), (0.06, 0.30), (0.12, 0.24), (0.2, 0.14))
    ]
    small = Image.new("RGB", (2, 2))
    small.putdata(colours)
    return small.resize((width, height), Image.Resampling.BICUBIC)
