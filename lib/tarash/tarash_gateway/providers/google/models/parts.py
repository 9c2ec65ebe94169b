"""What the families of Google's tables have in common: short builders, fields of Veo, sources."""

from collections.abc import Mapping
from datetime import date
from typing import Final, Literal, TypeAlias

import attrs

from ....catalog.rows import (
    Choice,
    ImageSlot,
    Length,
    ModelRow,
    Retirement,
    Switch,
    Together,
    VideoSlot,
)
from .fields import STYLES

Start: TypeAlias = Literal["plain", "references", "extension"]
Rows: TypeAlias = Mapping[Start, ModelRow]


def rows(
    plain: ModelRow, references: ModelRow | None = None, extension: ModelRow | None = None
) -> Rows:
    """Return the rows of a model; None for what it cannot start from.

    >>> list(rows(ModelRow(), extension=ModelRow()))
    ['plain', 'extension']
    """
    starts: dict[Start, ModelRow | None] = {
        "plain": plain,
        "references": references,
        "extension": extension,
    }
    return {start: row for start, row in starts.items() if row is not None}


def lines(*values: int | str) -> Choice:
    """Return the resolutions that a model takes, numbers in lines; none: it takes any.

    >>> lines(720, 1080, "4k").values
    ('720p', '1080p', '4k')
    """
    names = (f"{value}p" if isinstance(value, int) else value for value in values)
    return Choice(field="resolution", values=tuple(names))


def seconds(*choices: float) -> Length:
    """Return the lengths that a Veo model takes; none: it takes any.

    >>> seconds(4, 6, 8).choices
    (4, 6, 8)
    """
    return Length(field="durationSeconds", choices=choices)


def ends(on: date, successor: str, source: str, *, published: bool = True) -> Retirement:
    """Return the end of a model, published by Google unless the source is another one."""
    return Retirement(on=on, successor=successor, source=source, published=published)


def with_references(row: ModelRow, *images: ImageSlot) -> ModelRow:
    """Return the row of a Veo model for reference images, which it takes for eight seconds only."""
    return attrs.evolve(row, images=images, length=row.length and seconds(8))


def extension(row: ModelRow, length: Length, resolution: Choice | None) -> ModelRow:
    """Return the row of a Veo model for a video that it extends."""
    return attrs.evolve(row, images=(), video=VIDEO, length=length, resolution=resolution)


def unknown(row: ModelRow, *references: ImageSlot) -> Rows:
    """Return the rows of every Veo model without rows of its own."""
    return rows(
        row, attrs.evolve(row, images=references), attrs.evolve(row, images=(), video=VIDEO)
    )


# Fields that the Veo models of both hosts share.
RATIO: Final = Choice(field="aspectRatio", values=("16:9", "9:16"))
ENHANCE: Final = Switch(field="enhancePrompt")
# A Veo 3 job fails without it: "Veo 3 prompt enhancement cannot be disabled", as a public project
# recorded on 2026-10-08.
ALWAYS_ENHANCE: Final = Switch(field="enhancePrompt", always_on=True)
IMAGE: Final = ImageSlot(field="image", roles=("first_frame", "reference"))
LAST_FRAME: Final = ImageSlot(field="lastFrame", roles=("last_frame",))
ASSETS: Final = ImageSlot(field="referenceImages", roles=("asset", "reference"), many=True, most=3)
STYLE: Final = ImageSlot(field=STYLES, roles=("style",), many=True, most=1)
VIDEO: Final = VideoSlot(field="video", required=True)
FRAMES: Final = Together(
    field="lastFrame",
    beside=("image",),
    message="image_list has a last_frame image only: {model} needs a first_frame too",
)
ANY: Final = ModelRow(
    length=seconds(),
    aspect_ratio=Choice(field="aspectRatio", values=()),
    resolution=lines(),
    negative_prompt="negativePrompt",
    seed="seed",
    enhance=ENHANCE,
    images=(IMAGE, LAST_FRAME),
    rules=(FRAMES,),
    generic=True,
)

# Where the ends of models are published or reported.
DEPRECATIONS: Final = "ai.google.dev/gemini-api/docs/deprecations, 2026-10"
LITELLM: Final = "BerriAI/litellm, model_prices_and_context_window.json, 1.110.2, 2026-11"
