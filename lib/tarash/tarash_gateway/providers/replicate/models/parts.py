"""What the families of Replicate's table have in common: short builders, images and rules."""

from typing import Final

from ....catalog.rows import (
    Choice,
    Ignored,
    ImageSlot,
    Length,
    ModelRow,
    Standard,
    Switch,
    Together,
)


def rows(names: tuple[str, ...], row: ModelRow) -> dict[str, ModelRow]:
    """Return the same row for several models."""
    return dict.fromkeys(names, row)


def ratios(*values: str) -> Choice:
    """Return the aspect ratios that a model takes; none: it takes any.

    >>> ratios("16:9", "9:16").values
    ('16:9', '9:16')
    """
    return Choice(field="aspect_ratio", values=values)


def lines(*values: str) -> Choice:
    """Return the resolutions that a model takes; none: it takes any.

    >>> lines("720p").field
    'resolution'
    """
    return Choice(field="resolution", values=values)


WIDE: Final = ratios("16:9", "9:16")
THREE_RATIOS: Final = ratios("16:9", "9:16", "1:1")
ANY_RATIO: Final = ratios()
LINES_720_1080: Final = lines("720p", "1080p")
LINES_480_720: Final = lines("480p", "720p")
LINES_480_720_1080: Final = lines("480p", "720p", "1080p")

FIVE_OR_TEN: Final = Length(choices=(5, 10))

AUDIO: Final = Switch(field="generate_audio")

# Images.
FIRST: Final = ("first_frame",)
LAST: Final = ("last_frame",)
REFERENCE: Final = ("reference", "asset")

IMAGE: Final = ImageSlot(field="image", roles=FIRST)
IMAGE_MUST: Final = ImageSlot(field="image", roles=FIRST, required=True)
START: Final = ImageSlot(field="start_image", roles=FIRST)
END: Final = ImageSlot(field="end_image", roles=LAST)
LAST_IMAGE: Final = ImageSlot(field="last_frame_image", roles=LAST)


def references(most: int | None = None) -> ImageSlot:
    """Return the slot for reference images.

    Args:
        most: Most images, or None if it is not known.

    >>> references(3).most
    3
    """
    return ImageSlot(field="reference_images", roles=REFERENCE, many=True, most=most)


# What models accept of two fields together.


def ignored(name: Standard, *beside: str) -> Ignored:
    """Return the rule of a model that ignores a standard field beside a native one."""
    return Ignored(name=name, beside=beside)


def last_needs_first(last: str, first: str = "image") -> Together:
    """Return the rule of a model that takes a last frame only with a first one.

    Args:
        last: The native field of the last frame.
        first: The native field of the first frame.
    """
    return Together(
        field=last,
        beside=(first,),
        message="image_list has a last_frame image: {model} takes it only beside a first_frame",
    )


NO_FRAMES_WITH_REFERENCES: Final = Together(
    field="reference_images",
    beside=("image", "last_frame_image"),
    apart=True,
    message="image_list has both frames and references: {model} takes only one kind",
)
