"""A fixed spread of requests: what callers combine, whatever a model takes of it.

Nothing here looks at the model tables, so a table cannot hide a value from its own test.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, TypeAlias

import attrs

from tarash.tarash_gateway import VideoGenerationRequest
from tarash.tarash_gateway.values.media import ImageInput, ImageRole, MediaContent

Media: TypeAlias = str | MediaContent

# The roles of the images that a video starts from, and whether it starts from a video.
_STARTS: Final[Mapping[str, tuple[tuple[ImageRole, ...], bool]]] = {
    "text": ((), False),
    "first": (("first_frame",), False),
    "last": (("last_frame",), False),
    "frames": (("first_frame", "last_frame"), False),
    "reference": (("reference",), False),
    "references": (("reference", "reference", "reference"), False),
    "asset": (("asset",), False),
    "style": (("style",), False),
    "first and reference": (("first_frame", "reference"), False),
    "video": ((), True),
    "video and first": (("first_frame",), True),
    "video and reference": (("reference",), True),
}
_SECONDS: Final = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 15, 16, 20, 25, 30, 60, 4.5)
_RATIOS: Final = (
    *("16:9", "9:16", "1:1", "4:3", "3:4", "21:9", "9:21", "3:2", "2:3", "4:5", "5:4", "auto"),
)
_RESOLUTIONS: Final = ("360p", "480p", "540p", "720p", "768p", "1080p", "1440p", "4k", "1280x720")
# What is asked for beside the start, one or several at once.
_WISHES: Final[tuple[Mapping[str, Any], ...]] = (
    {},
    *(
        {
            "duration_seconds": seconds,
            "aspect_ratio": ratio,
            "resolution": resolution,
            "generate_audio": True,
            "negative_prompt": "fog",
            "seed": 7,
        }
        for seconds, ratio, resolution in (
            (4, "16:9", "1080p"),
            (5, "9:16", "720p"),
            (8, "1:1", "480p"),
            (10, "16:9", "4k"),
            (15, "9:16", "1080p"),
        )
    ),
    *({"duration_seconds": seconds} for seconds in _SECONDS),
    *({"aspect_ratio": ratio} for ratio in _RATIOS),
    *({"resolution": resolution} for resolution in _RESOLUTIONS),
    {"generate_audio": True},
    {"generate_audio": False},
    {"enhance_prompt": True},
    {"enhance_prompt": False},
    {"negative_prompt": "fog"},
    {"seed": 0},
    {"seed": 2**31 - 1},
)


# So many of the first requests of a start show whether a model takes the start at all: the bare
# one, and some with all that a model may want.
PROBES: Final = 6


def spread(
    image: Media, video: Media, extra: Mapping[str, Any]
) -> Iterator[Sequence[VideoGenerationRequest]]:
    """Return the requests of every start, one for every wish.

    Args:
        image: An image in a form that the provider takes.
        video: The same for a video.
        extra: Native parameters that the model cannot do without.
    """
    for roles, from_video in _STARTS.values():
        plain = VideoGenerationRequest(
            prompt="a kite over the sea",
            image_list=[ImageInput(image=image, type=role) for role in roles],
            video=video if from_video else None,
            extra_params=extra,
        )
        yield [attrs.evolve(plain, **wish) for wish in _WISHES]
