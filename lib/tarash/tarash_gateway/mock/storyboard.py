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
# The prompt is as large as it fits, in lines of normal text; the first size is for one line only.
_PROMPT_SIZES: Final = (2.0, 1.6, 1.3, 1.1, 0.9, 0.75, 0.65, 0.55)
_MOST_LINES: Final = 4
_NO_FONT: Final = (
    "No font of this machine has some letters of the prompt: install one, such as Noto."
)
# A picture of which only the URL is known, or which Pillow cannot open.
_UNKNOWN: Final = "no preview"
# A picture of the request stays for the first part of the clip, or for the last one, and then
# fades: in a part of the clip, but never slowly, because frames that change are slow to encode.
_STAY: Final = 0.12
_FADE_PART: Final = 0.18
_FADE_SECONDS: Final = 0.75


@attrs.frozen(kw_only=True, slots=False)
class Storyboard:
    """What all frames of a clip show.

    Attributes:
        story: The request.
        width: Pixels, even.
        height: Pixels, even.
        seconds: How long the clip is.
        seed: Chooses the colours.
    """

    story: Story
    width: int
    height: int
    seconds: float
    seed: int = 0

    @property
    def unit(self) -> int:
        """The height of a line of normal text, in pixels."""
        return max(6, round(min(self.width, self.height) / 24))

    @property
    def strip(self) -> int:
        """Pixels of the strip at the bottom that has the time code; even."""
        return min(self.height, 2 * round(self.unit * 0.95))

    def mix(self, part: float) -> tuple[float, float]:
        """Return how much of the first and of the last picture a moment shows, each 0 to 1.

        Args:
            part: The moment, from 0 to 1.
        """
        first = self._shown(part) if self.first is not None else 0.0
        last = self._shown(1 - part) if self.last is not None else 0.0
        return first, last

    def _shown(self, part: float) -> float:
        length = min(_FADE_PART, _FADE_SECONDS / self.seconds)
        return min(1.0, max(0.0, 1 - (part - _STAY) / length))

    @cached_property
    def first(self) -> Image.Image | None:
        """The first-frame picture, which fills the frame."""
        return self._filling(self.story.picture("first_frame"))

    @cached_property
    def last(self) -> Image.Image | None:
        """The last-frame picture, which fills the frame."""
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
        weight = max(1, self.unit // 14)
        right = margin * 1.4 + fonts.width_of("MOCK", size) + weight
        box = (margin * 0.6, margin * 0.6, right, margin + size * 1.1)
        ImageDraw.Draw(image).rounded_rectangle(box, radius=self.unit * 0.4, fill="#000000")
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
    def board(self) -> Image.Image:
        """The request in words, without the time code."""
        image = _gradient(self.seed, self.width, self.height)
        unit, margin = self.unit, self.unit
        y = self._badge(image) + unit * 1.35
        width = self.width - 2 * margin
        for line in self._place(width):
            fonts.draw(image, (margin, y), line, size=unit, colour=_GREY)
            y += unit * 1.3
        if fonts.lacks(self.story.prompt):
            for line in fonts.wrapped(_NO_FONT, self._small, width):
                fonts.draw(image, (margin, y), line, size=self._small, colour=_YELLOW)
                y += unit
        low = self.height - self.strip - unit * 0.6
        low = self._fields(image, low, width)
        low = self._tiles(image, low, width)
        self._prompt(image, (margin, y), width, low - y)
        self._clear_strip(image)
        return image

    @property
    def _small(self) -> int:
        return max(5, round(self.unit * 0.72))

    def _place(self, width: float) -> list[str]:
        """Return the provider and the model, in two lines where one is too short."""
        story = self.story
        line = f"{story.provider} · {story.model}"
        if fonts.width_of(line, self.unit) <= width:
            return [line]
        return [fonts.shortened(text, self.unit, width) for text in (story.provider, story.model)]

    def _fields(self, image: Image.Image, low: float, width: float) -> float:
        """Write the fields into the lower left corner; return what is left above them."""
        size, lines = self._small, list[str]()
        for field in (f"{name}: {value}" for name, value in self.story.fields):
            longer = f"{lines[-1]}   {field}" if lines else field
            if lines and fonts.width_of(longer, size) <= width:
                lines[-1] = longer
            else:
                lines.append(fonts.shortened(field, size, width))
        if len(lines) > _MOST_LINES:
            lines = [
                *lines[: _MOST_LINES - 1],
                fonts.shortened(f"{lines[_MOST_LINES - 1]} …", size, width),
            ]
        for place, line in enumerate(reversed(lines)):
            fonts.draw(image, (self.unit, low - place * size * 1.35), line, size=size, colour=_GREY)
        return low - len(lines) * size * 1.35 - self.unit * 0.2

    def _tiles(self, image: Image.Image, low: float, width: float) -> float:
        """Show the pictures as tiles; return what is left above them."""
        pictures = self.story.pictures
        if not pictures:
            return low
        side = int(min(self.unit * 3.6, (width + self.unit / 2) / len(pictures) - self.unit / 2))
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
                if (wide := fonts.width_of(_UNKNOWN, size)) < side:
                    middle = (left + (side - wide) / 2, top + (side + size) / 2)
                    fonts.draw(image, middle, _UNKNOWN, size=size, colour=_GREY)
            else:
                image.paste(ImageOps.fit(tile, (side, side)), box)
            label = picture.role.replace("_", " ")
            if fonts.width_of(label, size) <= side + self.unit / 4:
                fonts.draw(image, (left, top + side + size * 1.1), label, size=size, colour=_GREY)
        return top - self.unit * 0.4

    def _prompt(
        self, image: Image.Image, place: tuple[float, float], width: float, height: float
    ) -> None:
        """Write the prompt, as much of it as fits."""
        text = self.story.prompt
        size, lines = 0, list[str]()
        for lines_high in _PROMPT_SIZES:
            size = max(5, round(self.unit * lines_high))
            lines = fonts.wrapped(text, size, width)
            few = len(lines) == 1 or lines_high < _PROMPT_SIZES[0]
            if few and len(lines) * size * 1.35 <= height:
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
