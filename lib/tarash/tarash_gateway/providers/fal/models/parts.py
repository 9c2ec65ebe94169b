"""What the families of fal's table have in common: short builders, images, videos and switches."""

from collections.abc import Mapping
from typing import Final

import attrs

from ....catalog.limits import MediaLimits
from ....catalog.rows import Choice, ImageSlot, Length, ModelRow, NumberForm, Switch, VideoSlot


def rows(ids: tuple[str, ...], row: ModelRow) -> dict[str, ModelRow]:
    """Return the same row for several endpoints."""
    return dict.fromkeys(ids, row)


def ratios(*values: str) -> Choice:
    """Return the aspect ratios that an endpoint takes; none: it takes any.

    >>> ratios("16:9", "9:16").values
    ('16:9', '9:16')
    """
    return Choice(field="aspect_ratio", values=values)


def lines(*values: int | str) -> Choice:
    """Return the resolutions that an endpoint takes, numbers in lines; none: it takes any.

    >>> lines("auto", 720, 1080).values
    ('auto', '720p', '1080p')
    """
    names = (f"{value}p" if isinstance(value, int) else value for value in values)
    return Choice(field="resolution", values=tuple(names))


def seconds(*choices: float, form: NumberForm = "number") -> Length:
    """Return the lengths that an endpoint takes.

    The JSON type of a length differs: fal's schema of each endpoint has it.

    >>> seconds(4, 6, 8, form="seconds").choices
    (4, 6, 8)
    """
    return Length(choices=choices, form=form)


def limited(
    table: Mapping[str, ModelRow],
    images: MediaLimits | None = None,
    video: MediaLimits | None = None,
) -> dict[str, ModelRow]:
    """Return rows with limits of the images and of the video that they take.

    >>> limited({"m": ModelRow(images=(IMAGE,))}, MediaLimits(inline=7))["m"].image_limits.inline
    7
    """
    return {
        model: attrs.evolve(
            row,
            image_limits=images if row.images else None,
            video_limits=video if row.video else None,
        )
        for model, row in table.items()
    }


# Aspect ratios that several families share.
WIDE: Final = ratios("16:9", "9:16")
WIDE_OR_AUTO: Final = ratios("auto", "16:9", "9:16")
THREE_RATIOS: Final = ratios("16:9", "9:16", "1:1")
THREE_RATIOS_OR_AUTO: Final = ratios("auto", "16:9", "9:16", "1:1")
FIVE_RATIOS: Final = ratios("16:9", "9:16", "1:1", "4:3", "3:4")
SIX_RATIOS: Final = ratios("16:9", "9:16", "1:1", "4:3", "3:4", "21:9")
SIX_RATIOS_OR_AUTO: Final = ratios("auto", "16:9", "9:16", "1:1", "4:3", "3:4", "21:9")

# Switches.
AUDIO: Final = Switch(field="generate_audio")
EXPANSION: Final = Switch(field="enable_prompt_expansion")

# Images. A subject is a picture that is not a frame; a bare image of a request may stand there.
IMAGE: Final = ImageSlot(field="image_url", roles=("first_frame",), required=True)
IMAGE_MAYBE: Final = ImageSlot(field="image_url", roles=("first_frame",))
SUBJECT: Final = ImageSlot(field="image_url", roles=("first_frame", "reference"), required=True)
SUBJECT_MAYBE: Final = ImageSlot(field="image_url", roles=("first_frame", "reference"))
START: Final = ImageSlot(field="start_image_url", roles=("first_frame",), required=True)
START_MAYBE: Final = ImageSlot(field="start_image_url", roles=("first_frame",))
END: Final = ImageSlot(field="end_image_url", roles=("last_frame",))
END_MUST: Final = ImageSlot(field="end_image_url", roles=("last_frame",), required=True)
IMAGES: Final = ImageSlot(field="image_urls", roles=("reference", "asset"), many=True)
REFERENCES: Final = ImageSlot(field="reference_image_urls", roles=("reference", "asset"), many=True)
REFERENCES_MUST: Final = ImageSlot(
    field="reference_image_urls", roles=("reference", "asset"), many=True, required=True
)

# Videos.
VIDEO: Final = VideoSlot(required=True)
VIDEO_MAYBE: Final = VideoSlot()
VIDEOS: Final = VideoSlot(field="video_urls", many=True)
REFERENCE_VIDEOS: Final = VideoSlot(field="reference_video_urls", many=True)

KEEP_SOUND: Final = Switch(field="keep_original_sound")
