"""What the families of Runway's table have in common: endpoints, sizes, lengths and media."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, TypeAlias

from ....catalog.rows import Choice, ImageSlot, Length, ModelRow, Size, Switch, VideoSlot

Rows: TypeAlias = Mapping[str, ModelRow]
Sizes: TypeAlias = Mapping[str, tuple[int, int]]

SDK: Final = "runwayml/sdk-python 5.24.0, src/runwayml/types, 2026-11"
SKILLS: Final = "runwayml/skills, 2026-04"

TEXT: Final = "text_to_video"
IMAGE: Final = "image_to_video"
VIDEO: Final = "video_to_video"

# Images whose native field holds several of them, each with its place: the part before the colon
# is the native name.
LAST: Final = "promptImage:last"
KEYFRAMES: Final = MappingProxyType({"keyframes:first": 0.0, "keyframes:last": 1.0})
# Media that stand in objects, ``{"uri": ...}``, and the type that such an object names.
OBJECTS: Final = MappingProxyType(
    {"references": None, "referenceVideos": "video", "character": "image", "reference": "video"}
)

# Sizes: native value to what Runway means by it. 960:960 is the square of the 720p class, and
# 1470:630 its 21:9: by their true sides a "720p" would become the next smaller class.

HD: Final = {"1280:720": (1280, 720), "720:1280": (720, 1280)}
FULL_HD: Final = {"1920:1080": (1920, 1080), "1080:1920": (1080, 1920)}
UHD: Final = {"3840:2160": (3840, 2160), "2160:3840": (2160, 3840)}
SQUARE_720: Final = {"960:960": (720, 720)}
SQUARE_1080: Final = {"1440:1440": (1080, 1080)}


def ratio(*classes: Sizes, required: bool = False) -> Size:
    """Return the size field of an endpoint that takes the sizes of these classes.

    >>> ratio(HD, SQUARE_720).sizes["960:960"]
    (720, 720)
    """
    sizes = {native: sides for sizes in classes for native, sides in sizes.items()}
    return Size(field="ratio", sizes=sizes, required=required)


def auto_ratio(*values: str) -> Choice:
    """Return the resolutions of an endpoint whose videos have the shape of their input.

    >>> auto_ratio("720p").wire
    {'720p': 'auto_720p'}
    """
    return Choice(field="ratio", values=values, wire={value: f"auto_{value}" for value in values})


def lines(*values: str) -> Choice:
    """Return the resolutions that an endpoint takes in a field of their own.

    >>> lines("768p", "2k").field
    'resolution'
    """
    return Choice(field="resolution", values=values)


# Lengths are whole seconds, as a JSON number; "auto" is sent through extra_params. The types of the
# client give no bounds. Those of Runway's OpenAPI description
# (docs.dev.runwayml.com/openapi.json) are here as clients that read it and probed the API state
# them, 2026-08 to 2026-10; of kling_4 none states any.
ANY_LENGTH: Final = Length()
FIVE_OR_TEN: Final = Length(choices=(5, 10))
TWO_TO_TEN: Final = Length(low=2, high=10)
THREE_TO_FIFTEEN: Final = Length(low=3, high=15)

AUDIO: Final = Switch(field="audio")

FIRST_FRAME: Final = ImageSlot(field="promptImage", roles=("first_frame",), required=True)
FRAMES: Final = (FIRST_FRAME, ImageSlot(field=LAST, roles=("last_frame",)))
# Where the endpoint's sizes are fixed, a picture of another ratio is cropped around its centre:
# docs.dev.runwayml.com/assets/inputs, 2026-11.
CROPS: Final = "crops"
VIDEO_URI: Final = VideoSlot(field="videoUri", required=True)
PROMPT_VIDEO: Final = VideoSlot(field="promptVideo", required=True)


def references(most: int | None = None, kind: str | None = None) -> ImageSlot:
    """Return the slot for reference images.

    Args:
        most: Most images, or None if it is not known.
        kind: The type that their objects name, or None if they name none.

    >>> references(7).most
    7
    """
    return ImageSlot(
        field="references", roles=("reference", "asset"), many=True, most=most, kind=kind
    )
